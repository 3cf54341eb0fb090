import Foundation

/// A test's own folder; gone with the last reference to it.
final class WorkFolder: Sendable {
    let path: String

    init() throws {
        let made = FileManager.default.temporaryDirectory.appending(path: "keyshift-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        path = made.resolvingSymlinksInPath().path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a name in it; other paths stay what they are.
    func file(_ name: String) -> String { name.hasPrefix("/") ? name : path + "/" + name }

    func write(_ name: String, _ text: String, mode: Int = 0o600) throws {
        try write(name, Array(text.utf8), mode: mode)
    }

    func write(_ name: String, _ bytes: [UInt8], mode: Int = 0o600) throws {
        // Closed in a program that another test starts meanwhile: there it would keep a removed file's space.
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        var left = bytes[...]
        while !left.isEmpty {
            let count = left.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw CocoaError(.fileWriteOutOfSpace) }
            left = left.dropFirst(count)
        }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file(name))
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: file(name))), as: UTF8.self)
    }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: file(name))) }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    /// The permission bits of a file.
    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: file(name))
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }

    /// Bytes of a file; 0 when there is none.
    func size(_ name: String) -> Int {
        var info = stat()
        return stat(file(name), &info) == 0 ? Int(info.st_size) : 0
    }

    /// Everything in it, in order.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// A condition that was to come true and did not.
struct Late: Error, CustomStringConvertible {
    var description: String
}

/// Waits until something is so; looks often, and gives up loudly.
func eventually(
    _ what: String, within time: Duration = .seconds(30), every step: Duration = .milliseconds(4),
    _ condition: () throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + time
    while try !condition() {
        guard ContinuousClock.now < deadline else {
            throw Late(description: "after \(time) still not: \(what)")
        }
        try await Task.sleep(for: step)
    }
}
