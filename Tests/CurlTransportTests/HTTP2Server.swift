import AtlasAPI
import CurlTransport
import Foundation
import Testing

/// A server made of Python's h2, which misbehaves as a request's path says (see `Tests/Servers/http2_server.py`).
final class HTTP2Server {
    private let port: UInt16
    private let certificates: Certificates
    private let program: Program
    private var log: String { certificates.file("log") }

    init() throws {
        certificates = try Certificates(names: "IP:127.0.0.1", days: 2)
        let bound = Socket.bindToFreePort()
        close(bound.descriptor)
        port = bound.port
        program = try #require(
            Program(
                "/usr/bin/env",
                [
                    "PYTHONPATH=\(Servers.pythonPath)", "python3", "-B", Servers.script("http2_server.py"),
                    "\(port)", certificates.file("server.pem"), certificates.file("server.key"),
                    certificates.file("log"),
                ]))
        try #require(Socket.waitForListener(port))
    }

    deinit {
        program.stop()
        unlink(log)
    }

    func transport(timeout: Duration = .seconds(20)) throws -> CurlTransport {
        try CurlTransport(
            configuration: .init(
                baseAddress: "https://127.0.0.1:\(port)", connections: 4, requestTimeout: timeout,
                roots: try certificates.roots()))
    }

    /// The bodies that came whole with this method.
    func bodies(_ method: String) throws -> [Int] {
        try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("whole ") && $0.contains(" \(method) ") }
            .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    }

    /// The messages whose heads came, as `HTTP/2 PATCH /x Bearer`. `what`: their method, or method and path.
    func heads(_ what: String) throws -> [String] {
        try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
            .filter { $0.contains(" \(what) ") && !$0.hasPrefix("whole") }
    }
}
