import Foundation

/// A file that a user gave, read in pieces; errors are the system's own words.
package struct InputFile: ~Copyable {
    package struct Unreadable: Error, Sendable {
        package var isMissing: Bool
        package var detail: String

        init(_ code: Int32) {
            isMissing = code == ENOENT
            detail = String(cString: strerror(code))
        }
    }

    private let descriptor: Int32

    /// `-`: standard input.
    package init(_ path: String) throws(Unreadable) {
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable(errno) }
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// - Returns: nothing at the end of the file.
    package borrowing func read(upTo count: Int = 1 << 18) throws(Unreadable) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            let found = Foundation.read(descriptor, &bytes, count)
            if found >= 0 { return Array(bytes.prefix(found)) }
            guard errno == EINTR else { throw Unreadable(errno) }
        }
    }

    /// The first bytes of a file, at most `count`, whatever it turns out to be (`/dev/zero`, a log).
    package static func start(of path: String, count: Int) throws(Unreadable) -> [UInt8] {
        let file = try InputFile(path)
        var bytes: [UInt8] = []
        while bytes.count < count {
            let piece = try file.read(upTo: min(count - bytes.count, 1 << 18))
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }
}
