import Foundation
import Testing

/// A proxy that carries CONNECT to one port only, for one user.
final class Tinyproxy {
    static let user = "operator"
    static let password = "proxy-pass-7731"

    let port: Int
    private let folder: WorkFolder
    private let program: Program

    /// What the variable names: `http://user:password@127.0.0.1:port`.
    func address(password: String = Tinyproxy.password) -> String {
        "http://\(Self.user):\(password)@127.0.0.1:\(port)"
    }

    static func start(to server: Int) async throws -> Tinyproxy {
        let proxy = try Tinyproxy(to: server)
        try await Servers.await(proxy.program, proxy.port) { (try? proxy.folder.text("log")) ?? "" }
        return proxy
    }

    private init(to server: Int) throws {
        folder = try WorkFolder()
        port = try Port.free()
        try folder.write(
            "tinyproxy.conf",
            """
            Port \(port)
            Listen 127.0.0.1
            Allow 127.0.0.1
            Timeout 60
            MaxClients 100
            LogFile "\(folder.file("log"))"
            LogLevel Connect
            BasicAuth \(Self.user) \(Self.password)
            ConnectPort \(server)

            """)
        program = try Program(
            Servers.folder + "/usr/bin/tinyproxy", ["-d", "-c", folder.file("tinyproxy.conf")],
            environment: [:], folder: folder.path)
    }

    /// What it was asked for, as `CONNECT 127.0.0.1:443 HTTP/1.1`.
    func requests() throws -> [String] {
        try folder.text("log").split(separator: "\n").compactMap { line in
            line.range(of: "): ").flatMap {
                line.contains("Request (") ? String(line[$0.upperBound...]) : nil
            }
        }
    }
}
