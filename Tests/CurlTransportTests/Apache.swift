import AtlasAPI
import CurlTransport
import Foundation
import Testing

/// httpd with one protected file, in a folder of its own.
final class Apache {
    let port: UInt16
    private let folder: String
    private let process: Program

    /// `nonceLife`: seconds.
    init(nonceLife: Int) throws {
        let bound = Socket.bindToFreePort()
        close(bound.descriptor)
        port = bound.port
        var template = Array("/tmp/keyshift-apache-XXXXXX".utf8CString)
        folder = String(cString: try #require(mkdtemp(&template)))
        // Started by root it works as nobody, who must get at its files.
        chmod(folder, 0o755)
        let realm = "MMS Public API"
        let secret = "\(Sample.user):\(realm):\(Sample.password.reveal())"
        let modules = [
            "mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_digest",
        ]
        let loads = modules.map {
            "LoadModule \($0)_module \(Servers.folder)/usr/lib/apache2/modules/mod_\($0).so"
        }
        let configuration = """
            \(loads.joined(separator: "\n"))
            ServerRoot \(folder)
            DefaultRuntimeDir \(folder)
            PidFile httpd.pid
            User nobody
            Group nogroup
            ServerName 127.0.0.1
            Listen 127.0.0.1:\(port)
            KeepAliveTimeout 30
            MaxKeepAliveRequests 0
            ErrorLog error.log
            LogFormat "%>s %k" short
            CustomLog access.log short
            DocumentRoot \(folder)/files
            <Location />
                AuthType Digest
                AuthName "\(realm)"
                AuthDigestProvider file
                AuthUserFile \(folder)/users
                AuthDigestNonceLifetime \(nonceLife)
                Require valid-user
            </Location>

            """
        mkdir(folder + "/files", 0o755)
        for (name, text) in [
            ("httpd.conf", configuration), ("files/x", "{}"),
            ("users", "\(Sample.user):\(realm):\(MD5.hex(secret))\n"),
        ] { try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8) }
        let libraries = try String(contentsOfFile: Servers.folder + "/libraries", encoding: .utf8)
        process = try #require(
            Program(
                "/usr/bin/env",
                [
                    "LD_LIBRARY_PATH=" + libraries.trimmingCharacters(in: .whitespacesAndNewlines),
                    Servers.folder + "/usr/sbin/apache2", "-DFOREGROUND", "-f", folder + "/httpd.conf",
                ]))
        let isThere = Socket.waitForListener(port)
        try #require(
            isThere, "\((try? String(contentsOfFile: folder + "/error.log", encoding: .utf8)) ?? "")")
    }

    deinit {
        process.terminate()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func transport(trace: ((TransferTrace) -> Void)? = nil) throws -> CurlTransport {
        try CurlTransport(
            configuration: .init(baseAddress: "http://127.0.0.1:\(port)", connections: 8, trace: trace))
    }

    /// Statuses of all requests that it has seen, once `count` of them had this one: it answers first and logs then.
    func statuses(until count: Int, of status: Int) throws -> [Int] {
        for _ in 0..<500 {
            let statuses = try statuses()
            if statuses.count(where: { $0 == status }) >= count { return statuses }
            usleep(10_000)
        }
        return try statuses()
    }

    private func statuses() throws -> [Int] {
        try String(contentsOfFile: folder + "/access.log", encoding: .utf8).split(separator: "\n")
            .compactMap { Int($0.prefix(3)) }
    }
}
