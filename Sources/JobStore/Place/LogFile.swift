import Foundation

/// What became of a log that the last commits were in.
package enum LogLoss: Sendable, Equatable {
    /// The header expects a log, and none is there.
    case absent
    /// A run of the job has not ended, and its log has no commit that SQLite would take: cut off, or of another job.
    case empty
    /// Commits follow a place that can't be read.
    case broken
    /// A whole log that is not the one of the job's last run: an older one, or that of a copy.
    case foreign
}

/// Whether a job's write-ahead log is where its header says: without it the last commits are gone, and what was sent
/// may read as if it never had been.
///
/// At rest a job has no log and its header says so. Source: SQLite, file format, sections 1.3.3 (bytes 18 and 19 of
/// the header: 2 for a log) and 4.1 (the log's own header).
enum LogFile {
    /// What has become of the log, of a job that this process has not open and no other runs; nil: all is there, as far
    /// as can be told.
    static func loss(_ path: String) -> LogLoss? {
        // The lock outlives the log, so that a log is not missing while its run puts it away.
        guard !RunLock.isHeldByAnother(path), let loss = found(path) else { return nil }
        // A run may have begun since.
        return RunLock.isHeldByAnother(path) ? nil : loss
    }

    /// A run is in the job's own file before it sends anything (`beginRun`), and its log has a commit from then on
    /// until it is put away.
    private static func found(_ path: String) -> LogLoss? {
        guard isExpected(path) else { return nil }
        guard !isMissing(path) else { return .absent }
        let (content, salt) = content(path)
        let silent = LogMark.lastSilent(path)
        switch content {
        case .broken: return .broken
        case .nothing, .noCommit: return silent == nil ? nil : .empty
        case .commits, .begunAnew:
            guard let silent, let salt, !LogMark.fits(salt, silent.word) else { return nil }
            return .foreign
        }
    }

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
    static func content(_ path: String) -> (content: LogFrames.Content, salt: UInt32?) {
        let descriptor = opened(path + "-wal")
        guard descriptor >= 0 else { return (.nothing, nil) }
        defer { Foundation.close(descriptor) }
        return LogFrames.content(of: descriptor)
    }

    /// That of the log which this process writes.
    static func salt(_ path: String) -> UInt32? {
        let descriptor = opened(path + "-wal")
        guard descriptor >= 0 else { return nil }
        defer { Foundation.close(descriptor) }
        return LogFrames.salt(of: descriptor)
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
