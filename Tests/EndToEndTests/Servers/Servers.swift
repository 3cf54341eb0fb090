import Foundation
import Testing

/// Servers that nobody here wrote, as `scripts/servers` unpacks them.
enum Servers {
    static let folder = Plans.package.appending(path: ".build/servers").path
    /// False where they could not be had; their tests are then shown as skipped.
    static let areThere = FileManager.default.fileExists(atPath: folder + "/packages")

    /// Programs in Python and what they import.
    static let pythonEnvironment = ["PYTHONPATH": folder + "/usr/lib/python3/dist-packages"]
    static func script(_ name: String) -> String {
        Plans.package.appending(path: "Tests/Servers/\(name)").path
    }

    /// Waits until a server listens; when it ends before, its last words are the error.
    static func await(_ program: Program, _ port: Int, log: () -> String) async throws {
        try await eventually("a server listens: \(program.err)") {
            guard program.isRunning else {
                throw Late(description: "the server ended: \(program.err)\(log())")
            }
            return Port.answers(port)
        }
    }
}

/// A green run in CI must not hide that the servers were not there.
@Suite struct ServersTests {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["CI"] == "true", "only in CI"))
    func areThereInCI() { #expect(Servers.areThere) }
}

/// Ports of 127.0.0.1.
enum Port {
    /// One that was free a moment ago.
    static func free() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var place = place(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: place.sin_port))
    }

    /// Whether someone listens there.
    static func answers(_ port: Int) -> Bool {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var place = place(port)
        return withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func place(_ port: Int) -> sockaddr_in {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = UInt16(port).bigEndian
        place.sin_addr.s_addr = inet_addr("127.0.0.1")
        return place
    }
}
