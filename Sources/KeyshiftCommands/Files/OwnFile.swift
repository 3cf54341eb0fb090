import Foundation

/// Names that keyshift makes up for files in the making, and what of them it may take away again.
enum OwnFile {
    /// `NAME.keyshift-PID-RANDOM.tmp`: nobody can foresee it, and a leftover shows whose it was.
    static func temporaryName(besides path: String) -> String {
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        return "\(path)\(mark)\(getpid())-\(random).tmp"
    }

    /// Removes a regular file of ours and nothing else; never a folder, and of a link the link is kept too.
    static func remove(_ path: String) {
        if isOurs(path) { unlink(path) }
    }

    /// A regular file of the effective user, no link to one.
    static func isOurs(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && info.st_uid == geteuid()
    }

    /// Removes what processes that are no more left of `path`'s temporary files, SQLite's logs of them included.
    static func removeLeftovers(of path: String) {
        let folder = FilePlace.folder(of: path)
        let prefix = FilePlace.name(of: path) + mark
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
            guard rest.count >= 2, let pid = pid_t(rest[0]), pid > 0, isTail(rest.dropFirst()),
                kill(pid, 0) != 0, errno == ESRCH
            else { continue }
            remove("\(folder)/\(name)")
        }
    }

    private static let mark = ".keyshift-"

    /// `RANDOM.tmp`, or with `-wal`, `-shm`, `-journal` after it.
    private static func isTail(_ parts: ArraySlice<Substring>) -> Bool {
        guard let first = parts.first, first.hasSuffix(".tmp"), UInt64(first.dropLast(4), radix: 16) != nil
        else { return false }
        return parts.count == 1
            || parts.count == 2 && ["wal", "shm", "journal"].contains(parts.last.map { String($0) } ?? "")
    }
}
