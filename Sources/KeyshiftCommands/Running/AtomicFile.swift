import Foundation
import JobRunner
import JobStore

/// Writes a file under another name and gives it its own at the end, so that nobody sees half of it.
enum AtomicFile {
    /// `body` gets a function that appends text. A symbolic link is followed, and what is no regular file (a device, a
    /// pipe) is written to straight: neither is replaced.
    /// - Throws: `CommandError` 73 when it can't be made, 74 when it can't be written; the old file stays then.
    static func write(_ path: String, _ body: ((String) throws -> Void) throws -> Void) throws {
        let path = FilePlace.resolved(path)
        var info = stat()
        if lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFLNK {
            throw CommandError(.cannotCreate, "\(path): can't be written: it is a link that leads nowhere.")
        }
        if !replaces(path) {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure(.cannotCreate, path, errno) }
            defer { close(descriptor) }
            try pour(into: descriptor, path, body)
            return
        }
        try refuseDatabase(path)
        let mode = stat(path, &info) == 0 ? info.st_mode & 0o777 : 0o600
        // A name of our own: nobody's file is taken for ours.
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(.cannotCreate, path, errno) }
        do {
            defer { close(descriptor) }
            try pour(into: descriptor, path, body)
            // A file that others may read stays one.
            guard fchmod(descriptor, mode) == 0 else { throw failure(.inputOutput, path, errno) }
            guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(.inputOutput, path, errno) }
            guard rename(temporary, path) == 0 else { throw failure(.inputOutput, path, errno) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Whether `write` could begin: asked before work that a place of no use would lose.
    /// - Throws: `CommandError` 73.
    static func checkPlace(_ path: String) throws {
        let path = FilePlace.resolved(path)
        var info = stat()
        if stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
            throw failure(.cannotCreate, path, EISDIR)
        }
        // A file is replaced, for which its folder must be writable.
        let place = replaces(path) ? JobFile.folder(of: path) : path
        guard access(place, W_OK) == 0 else { throw failure(.cannotCreate, path, errno) }
        try refuseDatabase(path)
    }

    /// Whether `write` puts a new file in its place: not where a device or a pipe is.
    static func replaces(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) != 0 || info.st_mode & S_IFMT == S_IFREG
    }

    /// A job that a slip of the tab key puts after `-o` is not replaced by a report.
    private static func refuseDatabase(_ path: String) throws {
        var info = stat()
        // Opening a pipe would wait for its other end.
        guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG,
            let start = try? InputFile.start(of: path, for: .plain, count: 16), start == Array("SQLite format 3\0".utf8)
        else { return }
        throw CommandError(
            .cannotCreate, "\(path): is a job, or another SQLite database; nothing was written over it.")
    }

    private static func pour(
        into descriptor: Int32, _ path: String, _ body: ((String) throws -> Void) throws -> Void
    ) throws {
        var buffer: [UInt8] = []
        func flush() throws {
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                guard count > 0 else { throw failure(.inputOutput, path, errno) }
                rest = rest.dropFirst(count)
            }
            buffer.removeAll(keepingCapacity: true)
        }
        try body { text in
            buffer.append(contentsOf: text.utf8)
            if buffer.count > 1 << 16 { try flush() }
        }
        try flush()
    }

    private static func failure(_ status: ExitStatus, _ path: String, _ code: Int32) -> CommandError {
        CommandError(status, "\(path): can't be written: \(String(cString: strerror(code))).")
    }
}
