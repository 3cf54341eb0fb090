import Foundation

/// A file system that a test mounts over a folder: a small one, or the folder itself made read-only. For root on Linux;
/// elsewhere the tests that need it are skipped, visibly.
final class Mount {
    struct Failed: Error { var words: [String] }

    /// Whether this process may mount at all; tried once.
    static let isPossible: Bool = {
        guard geteuid() == 0, let folder = try? WorkFolder(),
            let mount = try? Mount(small: 64, over: folder.path)
        else { return false }
        mount.remove()
        return true
    }()
    /// Whether a folder can be made read-only for this process: permissions bind all but root.
    static var orPermissions: Bool { geteuid() != 0 || isPossible }
    static let comment = "needs root on Linux, to mount a file system"

    private let path: String
    private var isThere = true

    /// An empty file system of so many KiB.
    init(small kilobytes: Int, over path: String) throws {
        self.path = path
        try Self.run(["mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path])
    }

    /// The folder as it is, for reading only: this holds for root too, which permissions do not.
    init(readOnly path: String) throws {
        self.path = path
        try Self.run(["mount", "--bind", path, path])
        try Self.run(["mount", "-o", "remount,ro,bind", path])
    }

    deinit { remove() }

    func remove() {
        guard isThere else { return }
        isThere = false
        // Lazily: a program of the test may still be at work in it.
        try? Self.run(["umount", "-l", path])
    }

    private static func run(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(words: words) }
    }
}
