import Foundation

/// The lock on `JOB.lock` that makes runs of one job exclusive. The system drops it when its process dies, however
/// that happens, so a dead run never blocks the next.
///
/// The lock is on a file of its own: closing any descriptor of the database file would drop SQLite's own locks. It is
/// a POSIX record lock, which another process can ask about without taking it.
package final class RunLock {
    package struct Held: Error, Sendable {
        /// The path of the job.
        package var job: String
        /// What the holder wrote about itself.
        package var holder: String
    }

    private let descriptor: Int32
    private let path: String

    /// - Throws: `Held` when another process has it; `JobStoreError.io` when the file can't be made.
    package init(job: String) throws {
        path = Self.path(of: job)
        while true {
            let opened = Foundation.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
            guard opened >= 0 else {
                throw JobStoreError.io(path: path, detail: String(cString: strerror(errno)))
            }
            var request = Self.wholeFile
            guard fcntl(opened, F_SETLK, &request) == 0 else {
                let code = errno
                let holder = Self.read(opened)
                Foundation.close(opened)
                if code == EACCES || code == EAGAIN { throw Held(job: job, holder: holder) }
                throw JobStoreError.io(path: path, detail: String(cString: strerror(code)))
            }
            // The last holder may have taken the file away between our open and our lock.
            if Self.isSame(opened, path) {
                // A file of somebody else's that happens to have the name is not ours to write or to take away.
                guard Self.isOurs(opened) else {
                    Foundation.close(opened)
                    throw JobStoreError.cannotCreate(
                        path: path, detail: "a file of that name is there already")
                }
                descriptor = opened
                break
            }
            Foundation.close(opened)
        }
        let text = "pid \(getpid()) on \(ProcessInfo.processInfo.hostName), user \(NSUserName())\n"
        ftruncate(descriptor, 0)
        _ = Array(text.utf8).withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit {
        unlink(path)
        Foundation.close(descriptor)
    }

    /// What the process that runs the job wrote about itself; nil when none runs it.
    package static func holder(of job: String) -> String? {
        let opened = Foundation.open(path(of: job), O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { return nil }
        defer { Foundation.close(opened) }
        var request = wholeFile
        guard fcntl(opened, F_GETLK, &request) == 0, request.l_type != Int16(F_UNLCK) else { return nil }
        return read(opened)
    }

    private static func path(of job: String) -> String { job + ".lock" }

    private static var wholeFile: flock {
        var request = flock()
        request.l_type = Int16(F_WRLCK)
        request.l_whence = Int16(SEEK_SET)
        return request
    }

    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var (mine, named) = (stat(), stat())
        return fstat(descriptor, &mine) == 0 && stat(path, &named) == 0 && mine.st_ino == named.st_ino
            && mine.st_dev == named.st_dev
    }

    /// Empty, or with what a holder writes about itself.
    private static func isOurs(_ descriptor: Int32) -> Bool {
        let text = read(descriptor)
        return text.isEmpty || text.hasPrefix("pid ")
    }

    private static func read(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 400)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
