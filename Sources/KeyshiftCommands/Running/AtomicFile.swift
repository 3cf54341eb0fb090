import Foundation
import JobStore
import Reporting

/// Writes a file under another name and gives it its own at the end, so that nobody sees half of it.
enum AtomicFile {
    /// Who chose the name.
    enum Naming {
        /// A user: a link of theirs is followed, and what is no regular file (a device, a pipe) is written to straight.
        case given
        /// We: a link is followed where it is our own; whatever else has the name is replaced, never written through.
        case own
    }

    /// `body` gets a function that appends text.
    /// - Throws: `CommandError` 73 when it can't be made, 74 when it can't be written; the old file stays then.
    static func write(
        _ given: String, _ naming: Naming = .given, _ body: ((String) throws -> Void) throws -> Void
    ) throws {
        let path = try place(given, naming)
        if naming == .given, !replaces(path) {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
            guard descriptor >= 0 else { throw failure(.cannotCreate, path, errno) }
            defer { close(descriptor) }
            try pour(into: descriptor, path, body)
            return
        }
        try FilePlace.refuseDatabase(path)
        var info = stat()
        // A file of ours that others may read stays one; the mode of somebody else's says nothing.
        let mode = OwnFile.isOurs(path) && lstat(path, &info) == 0 ? info.st_mode & 0o777 : 0o600
        OwnFile.removeLeftovers(of: path)
        let temporary = OwnFile.temporaryName(besides: path)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(.cannotCreate, path, errno) }
        do {
            defer { close(descriptor) }
            try pour(into: descriptor, path, body)
            guard fchmod(descriptor, mode) == 0 else { throw failure(.inputOutput, path, errno) }
            guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(.inputOutput, path, errno) }
            guard rename(temporary, path) == 0 else { throw failure(.inputOutput, path, errno) }
        } catch {
            OwnFile.remove(temporary)
            throw error
        }
    }

    /// Whether `write` could begin: asked before work that a place of no use would lose.
    /// - Throws: `CommandError` 73.
    static func checkPlace(_ given: String) throws {
        let path = try place(given, .given)
        var info = stat()
        if stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
            throw failure(.cannotCreate, path, EISDIR)
        }
        // A file is replaced, for which its folder must be writable.
        let place = replaces(path) ? JobFile.folder(of: path) : path
        guard access(place, W_OK) == 0 else { throw failure(.cannotCreate, path, errno) }
        try FilePlace.refuseDatabase(path)
    }

    private static func place(_ given: String, _ naming: Naming) throws -> String {
        if let path = try FilePlace.followed(given) { return path }
        if naming == .own { return given }
        throw FilePlace.foreignLink(given)
    }

    /// Whether `write` puts a new file in its place: not where a device or a pipe is.
    static func replaces(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) != 0 || info.st_mode & S_IFMT == S_IFREG
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
