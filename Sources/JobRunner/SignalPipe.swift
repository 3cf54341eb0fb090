import MigrationCore
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How many INT and TERM have come; the handler counts, since the loop may sit in an fsync.
private let signalCount = Atomic<Int>(0)
/// What a second one writes to standard error: bytes that are never freed, and how many.
private let lastWords = Atomic<UInt>(0)
private let lastWordsCount = Atomic<Int>(0)
/// The pipe's writing end, for the handler; -1 before there is one.
private let signalWriter = Atomic<Int32>(-1)

/// Turns INT and TERM into a readable descriptor: the first asks the run to stop, the second leaves at once.
package final class SignalPipe {
    /// The exit code of a second signal: outcomes may be unknown.
    static let abandonedExitCode = Int32(RunEntry.abandonedExitCode)

    package let descriptor: Int32

    /// Installs the handlers; nil when the system has no descriptors left.
    /// - Parameter lastWords: what a second signal says as it leaves; must be safe for a terminal.
    package init?(lastWords words: String) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        descriptor = ends[0]
        let bytes = Array("\n\(words)\n".utf8)
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
        buffer.initialize(from: bytes, count: bytes.count)
        lastWords.store(UInt(bitPattern: buffer), ordering: .sequentiallyConsistent)
        lastWordsCount.store(bytes.count, ordering: .sequentiallyConsistent)
        // All globals are made here, before a handler could run into their first use.
        signalCount.store(0, ordering: .sequentiallyConsistent)
        signalWriter.store(ends[1], ordering: .sequentiallyConsistent)
        for number in [SIGINT, SIGTERM] { signal(number, Self.handler) }
        // A terminal that goes away asks to stop too, unless `nohup` has had it ignored.
        let previous = signal(SIGHUP, Self.handler)
        if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
            signal(SIGHUP, SIG_IGN)
        }
    }

    /// Only what POSIX allows in a handler: an atomic, `write`, `_exit`.
    private static let handler: @convention(c) (Int32) -> Void = { _ in
        if signalCount.add(1, ordering: .sequentiallyConsistent).newValue > 1 {
            let words = UnsafePointer<UInt8>(bitPattern: lastWords.load(ordering: .sequentiallyConsistent))
            _ = write(STDERR_FILENO, words, lastWordsCount.load(ordering: .sequentiallyConsistent))
            _exit(SignalPipe.abandonedExitCode)
        }
        var byte: UInt8 = 1
        _ = write(signalWriter.load(ordering: .sequentiallyConsistent), &byte, 1)
    }

    /// Empties the pipe; whether a signal had come.
    func drain() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 64)
        var any = false
        while read(descriptor, &bytes, bytes.count) > 0 { any = true }
        return any
    }
}
