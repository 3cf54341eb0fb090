import Foundation

/// What became of a log that the last commits were in.
package enum LogLoss: Sendable, Equatable {
    /// The header expects a log, and none is there.
    case absent
    /// A run of the job has not ended, and its log has no commit that SQLite would take: cut off, or of another job.
    case empty
    /// Commits follow a place that can't be read.
    case broken
}

/// Whether a job's write-ahead log is where its header says: without it the last commits are gone, and what was sent
/// may read as if it never had been.
///
/// At rest a job has no log and its header says so. Source: SQLite, file format, sections 1.3.3 (bytes 18 and 19 of
/// the header: 2 for a log) and 4.1 (the log's own header).
enum LogFile {
    /// Whether a log is expected and none is there. Also after a kill in the few milliseconds between the end of the
    /// log and that of its mention in the header; nothing tells these two apart.
    ///
    /// Opens the job's file and closes it again, which drops SQLite's locks: never while this process has it open.
    static func isMissing(_ path: String) -> Bool {
        isExpected(path) && !isThere(path + "-wal")
    }

    /// Whether the job's header says that there is a log. Opens the job's file, as `isMissing` does.
    static func isExpected(_ path: String) -> Bool { start(of: path, count: 20).suffix(2) == [2, 2] }

    /// What SQLite will find in the log, which is there; for a job whose header expects it.
    static func content(_ path: String) -> LogFrames.Content {
        let descriptor = opened(path + "-wal")
        guard descriptor >= 0 else { return .nothing }
        defer { Foundation.close(descriptor) }
        return LogFrames.content(of: descriptor)
    }

    /// Whether a log lies beside a job whose header says that it has none: a backup's or another file's, which SQLite
    /// would read all the same and fold in over the true rows.
    static func isStale(_ path: String) -> Bool {
        func hasLog() -> Bool {
            var info = stat()
            return lstat(path + "-wal", &info) == 0 && info.st_size > 0
        }
        // Looked at before and after, since a run may be putting its log away.
        return hasLog() && start(of: path, count: 20).suffix(2) == [1, 1] && hasLog()
    }

    /// An empty log is one that a run began and wrote nothing to (a full disk); one of zeros is none.
    private static func isThere(_ path: String) -> Bool {
        var info = stat()
        guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return false }
        let magic = Array(start(of: path, count: 4))
        return info.st_size < 32
            || (magic.prefix(3) == [0x37, 0x7F, 0x06] && [0x82, 0x83].contains(magic[3]))
    }

    /// A look at a job without its log makes an empty one, which the next command would take for the log.
    ///
    /// The run lock keeps a run from beginning with a file that goes away under it.
    static func removeEmpty(_ path: String) {
        let lock = RunLock.isHeldByUs(path) ? nil : try? RunLock(job: path)
        guard lock != nil || RunLock.isHeldByUs(path) else { return }
        defer { withExtendedLifetime(lock) {} }
        var info = stat()
        guard lstat(path + "-wal", &info) == 0, JobPlace.flaw(of: info) == nil, info.st_size == 0 else {
            return
        }
        unlink(path + "-wal")
        guard lstat(path + "-shm", &info) == 0, JobPlace.flaw(of: info) == nil else { return }
        unlink(path + "-shm")
    }

    private static func start(of path: String, count: Int) -> ArraySlice<UInt8> {
        let descriptor = opened(path)
        guard descriptor >= 0 else { return [] }
        defer { Foundation.close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        let found = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        return bytes.prefix(max(0, found))
    }

    private static func opened(_ path: String) -> Int32 {
        Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    }
}
