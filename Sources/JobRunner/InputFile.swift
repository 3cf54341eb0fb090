import Foundation

/// Files that a user names: read up to a limit and no further, whatever they turn out to be (`/dev/zero`, a log).
package enum InputFile {
    /// The first bytes of the file, at most `count`.
    /// - Throws: Foundation's error, whose `localizedDescription` names no content.
    package static func start(of path: String, count: Int) throws -> [UInt8] {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let piece = try file.read(upToCount: min(count - bytes.count, 1 << 16)), !piece.isEmpty
            else {
                break
            }
            bytes += piece
        }
        return bytes
    }
}
