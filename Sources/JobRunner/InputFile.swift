import Foundation

/// A file that a user gave, opened once, looked at through the open descriptor and read from it, so that what was
/// looked at is what is read. Errors are the system's own words where it has some.
package struct InputFile: ~Copyable {
    /// What a file is for, which says what it must be.
    package enum Purpose: Sendable {
        /// A fleet CSV: `-` is standard input, and a pipe or a terminal is read as it comes. Any other device is
        /// refused: it may never end.
        case sheet
        /// A regular file; anybody's, since what is in it is shown before it counts.
        case plain
        /// A regular file of ours or root's that nobody else can write: it is sent as it stands.
        case secret
        /// As a secret, and nobody else can read it.
        case credentials
    }

    package struct Unreadable: Error, Hashable, Sendable {
        package enum Cause: Hashable, Sendable {
            case system(Int32)
            case notRegular
            case device
            case noWriter
            case foreign(owner: UInt32)
            case writableByOthers
            case readableByOthers
        }

        package var cause: Cause

        package var isMissing: Bool { cause == .system(ENOENT) }

        package var detail: String {
            switch cause {
            case .system(let code): String(cString: strerror(code))
            case .notRegular: "it is no regular file (a pipe, a device, a socket)"
            case .device: "it is a device, which may never end; give a file or a pipe"
            case .noWriter: "it is a pipe that nobody writes to"
            case .foreign(let owner):
                "it belongs to another user (id \(owner)), who could put another in its place"
            case .writableByOthers: "others can write to it; `chmod go-w` takes that away"
            case .readableByOthers: "others can read it; `chmod 600` takes that away"
            }
        }
    }

    /// The path of the file that standard input is; nil for a pipe, a terminal or a file without a name.
    package static var nameOfStandardInput: String? {
        var (info, named) = (stat(), stat())
        guard fstat(STDIN_FILENO, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        #if canImport(Darwin)
            guard fcntl(STDIN_FILENO, F_GETPATH, &bytes) == 0 else { return nil }
        #else
            guard readlink("/proc/self/fd/0", &bytes, bytes.count - 1) > 0 else { return nil }
        #endif
        let path = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard stat(path, &named) == 0, named.st_ino == info.st_ino, named.st_dev == info.st_dev else {
            return nil
        }
        return path
    }

    /// How long a named pipe may take to get its writer.
    private static let writerPatience: Int32 = 5_000
    private let descriptor: Int32
    /// What was read to see whether anything comes at all.
    private let ahead: Ahead

    private final class Ahead {
        var bytes: [UInt8] = []
    }

    package init(_ path: String, for purpose: Purpose) throws(Unreadable) {
        ahead = Ahead()
        if case .sheet = purpose, path == "-" {
            descriptor = STDIN_FILENO
            return
        }
        // Without O_NONBLOCK a pipe that nobody writes to would hold the process here, in the middle of a run.
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard opened >= 0 else { throw Unreadable(cause: .system(errno)) }
        if let cause = Self.flaw(of: opened, purpose, ahead) {
            close(opened)
            throw Unreadable(cause: cause)
        }
        descriptor = opened
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    private static func flaw(
        of descriptor: Int32, _ purpose: Purpose, _ ahead: Ahead
    ) -> Unreadable.Cause? {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { return .system(errno) }
        let kind = info.st_mode & S_IFMT
        if kind == S_IFDIR { return .system(EISDIR) }
        if case .sheet = purpose {
            if kind == S_IFREG { return nil }
            // `/dev/stdin` may be a terminal.
            let isTerminal = isatty(descriptor) == 1
            guard kind == S_IFIFO || kind == S_IFSOCK || isTerminal else { return .device }
            return isTerminal ? readWaiting(descriptor) : waitForWriter(descriptor, ahead)
        }
        guard kind == S_IFREG else { return .notRegular }
        if case .plain = purpose { return nil }
        guard info.st_uid == geteuid() || info.st_uid == 0 else {
            return .foreign(owner: UInt32(info.st_uid))
        }
        if case .credentials = purpose, info.st_mode & 0o077 != 0 { return .readableByOthers }
        return info.st_mode & 0o022 == 0 ? nil : .writableByOthers
    }

    /// A pipe that was opened before its writer came reads as empty, and so does one that never gets a writer. A
    /// writer that is there and slow is waited for as usual.
    private static func waitForWriter(_ descriptor: Int32, _ ahead: Ahead) -> Unreadable.Cause? {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&polled, 1, writerPatience) == 0 {
            var byte: UInt8 = 0
            let count = Foundation.read(descriptor, &byte, 1)
            if count == 0 { return .noWriter }
            if count == 1 { ahead.bytes = [byte] }
        }
        return readWaiting(descriptor)
    }

    /// From here on reading waits for what comes.
    private static func readWaiting(_ descriptor: Int32) -> Unreadable.Cause? {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0 else { return .system(errno) }
        return nil
    }

    /// - Returns: nothing at the end of the file.
    package borrowing func read(upTo count: Int = 1 << 18) throws(Unreadable) -> [UInt8] {
        if !ahead.bytes.isEmpty {
            defer { ahead.bytes = [] }
            return ahead.bytes
        }
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            let found = Foundation.read(descriptor, &bytes, count)
            if found >= 0 { return Array(bytes.prefix(found)) }
            guard errno == EINTR else { throw Unreadable(cause: .system(errno)) }
        }
    }

    /// The first bytes of a file, at most `count`, however long it is.
    package static func start(
        of path: String, for purpose: Purpose, count: Int
    ) throws(Unreadable) -> [UInt8] {
        let file = try InputFile(path, for: purpose)
        var bytes: [UInt8] = []
        while bytes.count < count {
            let piece = try file.read(upTo: min(count - bytes.count, 1 << 18))
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }
}

extension InputFile {
    /// The path from the root, for what is kept: a later command may stand in another folder.
    package static func absolute(
        _ path: String, in folder: String = FileManager.default.currentDirectoryPath
    ) -> String {
        path.hasPrefix("/") ? path : (folder == "/" ? "" : folder) + "/" + path
    }
}
