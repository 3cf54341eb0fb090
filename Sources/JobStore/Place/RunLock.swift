import Foundation
import Synchronization

/// The lock on `JOB.lock` that makes runs of one job exclusive. The system drops it when its process dies, however
/// that happens, so a dead run never blocks the next.
///
/// The lock is on a file of its own: closing any descriptor of the database file would drop SQLite's own locks. It is
/// a POSIX record lock, which another process can ask about without taking it. Whoever may write to the folder can take
/// the file away; then a run that is named in the job itself still refuses the next (`Job.beginRun`), and the run
/// whose lock it was ends (`isInPlace`).
package final class RunLock {
    package struct Held: Error, Sendable {
        /// The path of the job.
        package var job: String
        /// What the holder wrote about itself.
        package var holder: String
    }

    /// Which file it is, whatever its name.
    private struct FileNumber: Hashable {
        var device: dev_t
        var inode: ino_t

        init(_ info: stat) {
            device = info.st_dev
            inode = info.st_ino
        }
    }

    /// The files that this process holds, and what it wrote into each. Opening one of them and closing it again would
    /// drop the lock: POSIX counts processes, not descriptors.
    private static let held = Mutex<[FileNumber: String]>([:])

    private let descriptor: Int32
    private let path: String
    private let number: FileNumber

    /// - Throws: `Held` when another process, or this one, has it; `JobStoreError` when the file can't be made or is
    ///   not one that keyshift makes.
    package init(job: String) throws {
        let path = Self.path(of: job)
        let text = "pid \(getpid()) on \(ProcessInfo.processInfo.hostName), user \(UserName.current)"
        while true {
            if let own = Self.ownText(path) { throw Held(job: job, holder: own) }
            let opened = Foundation.open(
                path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0o600)
            guard opened >= 0 else { throw Self.failure(path, errno) }
            var info = stat()
            do {
                try Self.lock(opened, job: job, path: path, &info)
            } catch {
                Foundation.close(opened)
                throw error
            }
            // The last holder may have taken the file away between our open and our lock.
            guard Self.isAt(path, FileNumber(info)) else {
                Foundation.close(opened)
                continue
            }
            self.path = path
            descriptor = opened
            number = FileNumber(info)
            break
        }
        Self.held.withLock { $0[number] = text }
        ftruncate(descriptor, 0)
        _ = Array((text + "\n").utf8).withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit {
        // A file that somebody else has put there meanwhile stays.
        if isInPlace { unlink(path) }
        _ = Self.held.withLock { $0.removeValue(forKey: number) }
        Foundation.close(descriptor)
    }

    /// Whether the file that is locked still has the lock's name: when not, another run could get another lock.
    package var isInPlace: Bool { Self.isAt(path, number) }

    /// What the process that runs the job wrote about itself; nil when none runs it.
    package static func holder(of job: String) -> String? {
        let path = path(of: job)
        if let own = ownText(path) { return own }
        let opened = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard opened >= 0 else { return nil }
        defer { Foundation.close(opened) }
        var info = stat()
        guard fstat(opened, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
        var request = wholeFile
        guard fcntl(opened, F_GETLK, &request) == 0, request.l_type != Int16(F_UNLCK) else { return nil }
        return read(opened)
    }

    static func isHeldByUs(_ job: String) -> Bool { ownText(path(of: job)) != nil }

    /// Whether another process runs the job.
    static func isHeldByAnother(_ job: String) -> Bool { !isHeldByUs(job) && holder(of: job) != nil }

    private static func lock(_ opened: Int32, job: String, path: String, _ info: inout stat) throws {
        guard fstat(opened, &info) == 0 else { throw failure(path, errno) }
        // A file of somebody else's that happens to have the name is not ours to write or to take away.
        guard JobPlace.flaw(of: info) == nil, info.st_nlink <= 1 else {
            throw JobStoreError.cannotCreate(
                path: path, detail: "something of that name is there already that is no lock of yours")
        }
        var request = wholeFile
        guard fcntl(opened, F_SETLK, &request) == 0 else {
            let code = errno
            guard code == EACCES || code == EAGAIN else { throw failure(path, code) }
            throw Held(job: job, holder: read(opened))
        }
        guard isOurs(opened) else {
            throw JobStoreError.cannotCreate(path: path, detail: "a file of that name is there already")
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> JobStoreError {
        guard code != ELOOP else {
            return .cannotCreate(path: path, detail: "a symbolic link of that name is there already")
        }
        return .io(path: path, detail: String(cString: strerror(code)))
    }

    private static func path(of job: String) -> String { job + ".lock" }

    /// nil unless this process holds the lock.
    private static func ownText(_ path: String) -> String? {
        var info = stat()
        guard lstat(path, &info) == 0 else { return nil }
        return held.withLock { $0[FileNumber(info)] }
    }

    private static var wholeFile: flock {
        var request = flock()
        request.l_type = Int16(F_WRLCK)
        request.l_whence = Int16(SEEK_SET)
        return request
    }

    private static func isAt(_ path: String, _ number: FileNumber) -> Bool {
        var named = stat()
        return lstat(path, &named) == 0 && FileNumber(named) == number
    }

    /// Empty, or the one line that a holder writes about itself.
    private static func isOurs(_ descriptor: Int32) -> Bool {
        let text = read(descriptor)
        return text.isEmpty || text.wholeMatch(of: /pid [0-9]+ on [^\n]*/) != nil
    }

    private static func read(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 400)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
