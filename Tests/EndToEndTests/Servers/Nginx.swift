import Foundation
import Testing

/// nginx with TLS in front of a simulator: a server that nobody here wrote, in a folder of its own.
final class Nginx {
    /// Debian's program, as `scripts/servers` unpacks it; nil where it could not.
    static let path: String? = {
        let path = Plans.package.appending(path: ".build/servers/usr/sbin/nginx").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    /// What one request looked like to it.
    struct Line {
        var version: String
        var connection: String
        var method: String
        var status: Int
        var path: String
    }

    let folder: WorkFolder
    let port: Int
    private let program: Program

    var address: String { "https://127.0.0.1:\(port)" }
    var caFile: String { folder.file("ca.pem") }

    /// - Parameters:
    ///   - http: further lines of its `http` block.
    ///   - location: further lines for what goes to the simulator.
    static func start(
        before simulator: Simulator, http2: Bool = true, http: String = "", location: String = ""
    ) async throws -> Nginx {
        let nginx = try Nginx(simulator, http2, http, location)
        try await eventually("nginx listens: \(nginx.program.err)") { try nginx.isListening() }
        return nginx
    }

    private init(_ simulator: Simulator, _ http2: Bool, _ http: String, _ location: String) throws {
        folder = try WorkFolder()
        port = try Self.freePort()
        try Self.makeCertificate(folder)
        try folder.write(
            "nginx.conf",
            """
            daemon off;
            master_process off;
            pid nginx.pid;
            events {}
            http {
                log_format keyshift '$server_protocol $connection $request_method $status $uri';
                access_log access.log keyshift;
                client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;
                \(http)
                server {
                    listen 127.0.0.1:\(port) ssl\(http2 ? " http2" : "");
                    ssl_certificate server.pem; ssl_certificate_key server.key;
                    location / {
                        proxy_pass \(simulator.address);
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_next_upstream off;
                        \(location)
                    }
                    location @limited { add_header Retry-After 1 always; return 429; }
                }
            }

            """)
        program = try Program(
            try #require(Self.path), ["-p", folder.path, "-c", "nginx.conf", "-e", "error.log"],
            environment: [:], folder: folder.path)
    }

    /// A root of its own and a certificate from it for this address.
    private static func makeCertificate(_ folder: WorkFolder) throws {
        try folder.write("names", "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
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

    /// A port that was free a moment ago.
    private static func freePort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var place = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: place.sin_port))
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = UInt16(port).bigEndian
        place.sin_addr.s_addr = inet_addr("127.0.0.1")
        return place
    }

    private func isListening() throws -> Bool {
        guard program.isRunning else {
            let log = (try? folder.text("error.log")) ?? ""
            throw Late(description: "nginx ended: \(program.err)\(log)")
        }
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var place = Self.loopback(port: port)
        return withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// The requests that it has answered.
    func lines() throws -> [Line] {
        try folder.text("access.log").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 5, let status = Int(words[3]) else { return nil }
            return Line(
                version: words[0], connection: words[1], method: words[2], status: status, path: words[4])
        }
    }
}

extension Rig {
    /// keyshift talks to the simulator through this server from now on.
    func go(through nginx: Nginx) { environment["MONGODB_ATLAS_BASE_URL"] = nginx.address }
}
