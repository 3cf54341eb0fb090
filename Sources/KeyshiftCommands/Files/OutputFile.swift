import Foundation
import JobStore
import Reporting

/// An output of a command: its place is looked at, and a device or a pipe opened, before the work that would be lost
/// with it. A file is written under another name and gets its own at the end, so that nobody sees half of it.
final class OutputFile {
    /// Who chose the name.
    enum Naming {
        /// A user: a link of theirs is followed, and what is no regular file (a device, a pipe) is written to straight.
        case given
        /// We: a link is followed where it is our own; whatever else has the name is replaced, never written through.
        case own
    }

    private let given: String
    private let naming: Naming
    /// Of what is no regular file.
    private var descriptor: Int32?

    /// - Throws: `CommandError` 73 when nothing could be written there; nothing is changed.
    init(_ given: String, _ naming: Naming, _ streams: Console.Streams = Console.Streams()) throws {
        (self.given, self.naming) = (given, naming)
        if naming == .given, let number = Self.openNumber(given) {
            descriptor = try Self.duplicate(number, given, streams)
            return
        }
        let path = try Self.place(given, naming)
        if naming == .given, !Self.replaces(path) {
            descriptor = try Self.opened(path)
        } else {
            try Self.check(path)
        }
    }

    /// What is written can be found again by its name: not a stream or a device.
    var hasName: Bool { descriptor == nil }

    deinit { if let descriptor { close(descriptor) } }

    /// `body` gets a function that appends text.
    /// - Throws: `CommandError` 73 when it can't be made, 74 when it can't be written; the old file stays then.
    func write(_ body: ((String) throws -> Void) throws -> Void) throws {
        if let descriptor { return try pour(into: descriptor, given, body) }
        // Looked at again: a run may have taken hours.
        let path = try Self.place(given, naming)
        try Self.refuse(path)
        var info = stat()
        // A file of ours that others may read stays one; the mode of somebody else's says nothing.
        let mode = OwnFile.isOurs(path) && lstat(path, &info) == 0 ? info.st_mode & 0o777 : 0o600
        OwnFile.removeLeftovers(of: path)
        let (temporary, descriptor) = try Self.temporary(besides: path)
        do {
            defer { close(descriptor) }
            try pour(into: descriptor, path, body)
            guard fchmod(descriptor, mode) == 0 else { throw Self.failure(.inputOutput, path, errno) }
            guard fsync(descriptor) == 0 || errno == EINVAL else {
                throw Self.failure(.inputOutput, path, errno)
            }
            guard rename(temporary, path) == 0 else { throw Self.failure(.inputOutput, path, errno) }
        } catch {
            OwnFile.remove(temporary)
            throw error
        }
    }

    /// `-` and the names of standard output.
    static func isStandardOutput(_ path: String?) -> Bool { path.flatMap(openNumber) == STDOUT_FILENO }

    /// The descriptor that a name means, which is written to as it is: a file that a shell has opened to append to
    /// must not be replaced. nil for the name of a file.
    private static func openNumber(_ path: String) -> Int32? {
        switch path {
        case "-", "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default:
            let folders = ["/dev/fd/", "/proc/self/fd/"]
            guard let folder = folders.first(where: path.hasPrefix) else { return nil }
            return Int32(path.dropFirst(folder.count))
        }
    }

    private static func duplicate(
        _ given: Int32, _ name: String, _ streams: Console.Streams
    ) throws -> Int32 {
        let number = [STDOUT_FILENO: streams.output, STDERR_FILENO: streams.error][given] ?? given
        let mode = fcntl(number, F_GETFL)
        // Another that is open by now is the job, a connection, or whatever else is ours.
        guard ProcessSetup.inherited.contains(given), mode >= 0, mode & O_ACCMODE != O_RDONLY else {
            throw failure(.cannotCreate, name, EBADF)
        }
        let made = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard made >= 0 else { throw failure(.cannotCreate, name, errno) }
        return made
    }

    /// Whether `write` puts a new file in its place: not where a device, a pipe or an open descriptor is.
    static func replaces(_ path: String) -> Bool {
        guard openNumber(path) == nil || path == "-" else { return false }
        var info = stat()
        return stat(path, &info) != 0 || info.st_mode & S_IFMT == S_IFREG || info.st_mode & S_IFMT == S_IFDIR
    }

    private func pour(
        into descriptor: Int32, _ path: String, _ body: ((String) throws -> Void) throws -> Void
    ) throws {
        let form = TextForm(of: descriptor)
        var buffer: [UInt8] = []
        var hasReader = true
        func flush() throws {
            var rest = buffer[...]
            while !rest.isEmpty, hasReader {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                // A reader that went away (`| head`) has had enough.
                if count < 0, errno == EPIPE {
                    hasReader = false
                    break
                }
                guard count > 0 else { throw Self.failure(.inputOutput, path, errno) }
                rest = rest.dropFirst(count)
            }
            buffer.removeAll(keepingCapacity: true)
        }
        try body { text in
            buffer.append(contentsOf: form.written(text).utf8)
            if buffer.count > 1 << 16 { try flush() }
        }
        try flush()
    }
}

extension Desk {
    /// An output that a user named; nil for none. What people are told goes beside one that is standard output.
    func output(_ path: String?) throws -> OutputFile? {
        guard let path else { return nil }
        let file = try OutputFile(path, .given, console.streams)
        if OutputFile.isStandardOutput(path) { console.leaveStandardOutput() }
        return file
    }
}

// The look at a place.
extension OutputFile {
    private static func place(_ given: String, _ naming: Naming) throws -> String {
        if let path = try FilePlace.followed(given) { return path }
        if naming == .own { return given }
        throw FilePlace.foreignLink(given)
    }

    private static func refuse(_ path: String) throws {
        try FilePlace.refuseDatabase(path)
        try FilePlace.refuseOwnInput(path)
    }

    private static func check(_ path: String) throws {
        var info = stat()
        if lstat(path, &info) == 0 {
            if info.st_mode & S_IFMT == S_IFDIR { throw failure(.cannotCreate, path, EISDIR) }
            var folder = stat()
            if stat(FilePlace.folder(of: path), &folder) == 0,
                !FilePlace.mayReplace(info, in: folder, as: geteuid())
            {
                throw CommandError(
                    .cannotCreate,
                    "\(path): belongs to another user, and in its folder only they can take it away; nothing was "
                        + "done. Have it removed, or choose another folder.")
            }
        }
        try refuse(path)
        // No question about permissions tells as much as doing it: full, read-only, a name that gets too long.
        let made = try temporary(besides: path)
        close(made.descriptor)
        OwnFile.remove(made.path)
    }

    private static func temporary(besides path: String) throws -> (path: String, descriptor: Int32) {
        let temporary = OwnFile.temporaryName(besides: path)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(.cannotCreate, path, errno) }
        return (temporary, descriptor)
    }

    /// How long a named pipe may take to get its reader, in tenths of a second.
    private static let readerPatience = 30

    /// Without O_NONBLOCK a pipe that nobody reads would hold the process here for ever.
    private static func opened(_ path: String) throws -> Int32 {
        var info = stat()
        let isPipe = stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFIFO
        for turn in 0... {
            let descriptor = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
            if descriptor >= 0 {
                // What was a pipe or a device a moment ago could be a file now.
                guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT != S_IFREG else {
                    close(descriptor)
                    throw failure(.cannotCreate, path, EEXIST)
                }
                // Writing itself waits for the reader.
                let flags = fcntl(descriptor, F_GETFL)
                _ = fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK)
                return descriptor
            }
            guard errno == ENXIO, isPipe else { throw failure(.cannotCreate, path, errno) }
            if turn == readerPatience { break }
            usleep(100_000)
        }
        throw CommandError(
            .cannotCreate,
            "\(path): is a pipe that nobody reads; nothing was written. Start its reader first.")
    }

    private static func failure(_ status: ExitStatus, _ path: String, _ code: Int32) -> CommandError {
        CommandError(status, "\(path): can't be written: \(String(cString: strerror(code))).")
    }
}
