import Foundation

/// The lock on `JOB.lock` that makes runs of one job exclusive. The system drops it when its process dies, however
/// that happens, so a dead run never blocks the next.
///
/// The lock is on a file of its own: closing any descriptor of the database file would drop SQLite's own locks.
package final class RunLock {
    package struct Held: Error, Sendable {
        /// What the holder wrote about itself; empty when it had no time to.
        package var holder: String
    }

    private let descriptor: Int32

    /// - Throws: `Held` when another process has it; `JobStoreError.io` when the file can't be made.
    package init(job: String) throws {
        let path = job + ".lock"
        let opened = Foundation.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw JobStoreError.io(path: path, detail: String(cString: strerror(errno)))
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = Self.read(opened)
            Foundation.close(opened)
            if code == EWOULDBLOCK { throw Held(holder: holder) }
            throw JobStoreError.io(path: path, detail: String(cString: strerror(code)))
        }
        descriptor = opened
        let text = "pid \(getpid()) on \(ProcessInfo.processInfo.hostName), user \(NSUserName())\n"
        ftruncate(opened, 0)
        _ = Array(text.utf8).withUnsafeBytes { pwrite(opened, $0.baseAddress, $0.count, 0) }
    }

    deinit {
        ftruncate(descriptor, 0)
        Foundation.close(descriptor)
    }

    private static func read(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 400)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
