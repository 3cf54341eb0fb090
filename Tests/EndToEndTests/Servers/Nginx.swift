import Foundation
import Testing

/// nginx with TLS in front of a simulator, in a folder of its own.
final class Nginx {
    /// What one request looked like to it.
    struct Line {
        var version: String
        var connection: String
        var method: String
        var status: Int
        var path: String
        var cookie: String
    }

    /// Lines of its configuration, each for one block.
    struct Lines {
        var http = ""
        var server = ""
        /// For what goes to the simulator.
        var location = ""
        var http2 = true
        /// On `::1` too.
        var ipv6 = false
    }

    let folder: WorkFolder
    let port: Int
    private let program: Program

    var address: String { "https://127.0.0.1:\(port)" }
    var caFile: String { folder.file("ca.pem") }

    static func start(before simulator: Simulator, _ lines: Lines = Lines()) async throws -> Nginx {
        let nginx = try Nginx(simulator, lines)
        try await Servers.await(nginx.program, nginx.port) { (try? nginx.folder.text("error.log")) ?? "" }
        return nginx
    }

    private init(_ simulator: Simulator, _ lines: Lines) throws {
        folder = try WorkFolder()
        port = try Port.free()
        try Self.makeCertificate(folder)
        let kind = "ssl\(lines.http2 ? " http2" : "")"
        try folder.write(
            "nginx.conf",
            """
            daemon off;
            master_process off;
            pid nginx.pid;
            events {}
            http {
                log_format keyshift '$server_protocol $connection $request_method $status $uri $http_cookie';
                access_log access.log keyshift;
                client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;
                \(lines.http)
                server {
                    listen 127.0.0.1:\(port) \(kind);
                    \(lines.ipv6 ? "listen [::1]:\(port) \(kind);" : "")
                    ssl_certificate server.pem; ssl_certificate_key server.key;
                    \(lines.server)
                    location / {
                        proxy_pass \(simulator.address);
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_next_upstream off;
                        \(lines.location)
                    }
                    location @limited { add_header Retry-After 1 always; return 429; }
                }
            }

            """)
        program = try Program(
            Servers.folder + "/usr/sbin/nginx", ["-p", folder.path, "-c", "nginx.conf", "-e", "error.log"],
            environment: [:], folder: folder.path)
    }

    /// A root of its own and a certificate from it for this address.
    private static func makeCertificate(_ folder: WorkFolder) throws {
        try folder.write("names", "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost\n")
        let new = "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        let script = """
            \(new) -x509 -days 2 -subj /CN=root -keyout ca.key -out ca.pem &&
            \(new) -subj /CN=server -keyout server.key -out server.csr &&
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
                -extfile names -out server.pem
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl made no certificate")
    }

    /// The requests that it has answered.
    func lines() throws -> [Line] {
        try folder.text("access.log").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 5).map(String.init)
            guard words.count == 6, let status = Int(words[3]) else { return nil }
            return Line(
                version: words[0], connection: words[1], method: words[2], status: status, path: words[4],
                cookie: words[5])
        }
    }
}

extension Rig {
    /// keyshift talks to the simulator through this server from now on.
    func go(through nginx: Nginx) { environment["MONGODB_ATLAS_BASE_URL"] = nginx.address }

    /// Plans and applies the whole fleet through the server, and checks it as after every run. Needs
    /// `--state state.json` among the simulator's flags.
    func migrate(
        through nginx: Nginx, concurrency: Int = 8, location: SourceLocation = #_sourceLocation
    ) async throws {
        let flags = [
            "--ca-file", nginx.caFile, "--concurrency", "\(concurrency)", "--request-timeout", "20s",
            "--backoff-base", "50ms", "--backoff-cap", "400ms",
        ]
        let planned = try await keyshift(
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"] + flags)
        #expect(planned.code == 0, "\(planned.testDescription)", sourceLocation: location)
        let applied = try await keyshift(
            ["apply", "fleet.job", "--rate", "none"] + answers + flags, within: .seconds(150))
        #expect(applied.code == 0, "\(applied.testDescription)", sourceLocation: location)
        let audit = try await prove(location: location)
        #expect(Set(audit.counts.keys) == ["changed"], sourceLocation: location)
    }
}
