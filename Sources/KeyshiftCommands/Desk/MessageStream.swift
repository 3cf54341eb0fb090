import Foundation

/// Messages to a terminal or a pipe, from a process that must not wait for their reader: what nobody takes is kept up
/// to a bound, then counted and left out.
final class MessageStream {
    private static let bound = 1 << 18
    /// A pipe that polls as writable takes so many bytes without blocking (POSIX: `PIPE_BUF` is 512 at least).
    private static let piece = 512
    /// How long the end waits for a reader that takes nothing.
    private static let patience: Int32 = 2000

    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var leftOut = 0

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Whether all that was said has been taken, and more would be.
    var drains: Bool {
        flush(waiting: 0)
        return pending.isEmpty && isWritable(0)
    }

    func add(_ text: String) {
        if leftOut > 0, pending.count < Self.bound / 2 {
            pending += Array("(\(leftOut) messages were left out: nobody read them)\n".utf8)
            leftOut = 0
        }
        let bytes = Array(text.utf8)
        if leftOut > 0 || (!pending.isEmpty && pending.count + bytes.count > Self.bound) {
            leftOut += 1
        } else {
            pending += bytes
        }
        flush(waiting: 0)
    }

    /// Waits for a reader as long as it takes something.
    func finish() { flush(waiting: Self.patience) }

    private func flush(waiting: Int32) {
        var rest = pending[...]
        while !rest.isEmpty, isWritable(waiting) {
            let count = rest.prefix(Self.piece).withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR, errno != EAGAIN {
                // Its reader has gone.
                rest = []
            }
        }
        pending = Array(rest)
    }

    private func isWritable(_ milliseconds: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        let found = poll(&polled, 1, milliseconds)
        // An error is told by the write.
        return found > 0
    }
}
