import Foundation
import Reporting

/// The file of `--events`: appended to, so it must be new, a pipe or device, empty with this one name, or hold nothing
/// but events: every line of it is looked at, in pieces.
enum EventFile {
    struct Opened {
        var descriptor: Int32
        var endsInsideLine = false
    }

    /// Bytes that are looked at at once.
    private static let piece = 1 << 16

    /// Looks without making anything: a refusal comes before anything is done.
    /// - Throws: `CommandError` 73.
    static func check(_ path: String) throws {
        let place = try place(path)
        var info = stat()
        guard lstat(place, &info) == 0 else {
            guard access(FilePlace.folder(of: place), W_OK) == 0 else { throw failure(path, errno) }
            return
        }
        guard info.st_mode & S_IFMT == S_IFREG else { return }
        close(try open(path).descriptor)
    }

    /// - Throws: `CommandError` 73.
    static func open(_ path: String) throws -> Opened {
        let place = try place(path)
        let flags = O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
        var info = stat()
        guard stat(place, &info) == 0 else {
            return Opened(
                descriptor: try opened(path, place, flags | O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW))
        }
        // Opened for reading too, a pipe would seem to have a reader.
        guard info.st_mode & S_IFMT == S_IFREG else {
            let descriptor = try opened(path, place, flags | O_WRONLY)
            guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT != S_IFREG else {
                close(descriptor)
                throw failure(path, EEXIST)
            }
            return Opened(descriptor: descriptor)
        }
        let descriptor = try opened(path, place, flags | O_RDWR | O_NOFOLLOW)
        do {
            return Opened(descriptor: descriptor, endsInsideLine: try endsInsideLine(descriptor, path))
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func place(_ path: String) throws -> String {
        guard let place = try FilePlace.followed(path) else { throw FilePlace.foreignLink(path) }
        try FilePlace.refuseDatabase(place)
        return place
    }

    private static func opened(_ path: String, _ place: String, _ flags: Int32) throws -> Int32 {
        let descriptor = Foundation.open(place, flags, 0o600)
        guard descriptor >= 0 else { throw failure(path, errno) }
        return descriptor
    }

    private static func endsInsideLine(_ descriptor: Int32, _ path: String) throws -> Bool {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw failure(path, errno) }
        guard info.st_mode & S_IFMT == S_IFREG, info.st_uid == geteuid() else {
            throw CommandError(
                .cannotCreate,
                "\(path): belongs to another user, so nothing is appended to it for --events; nothing was done. "
                    + "Choose another name.")
        }
        guard info.st_size > 0 else {
            // Under another name it may be somebody's place for something else; ours would have events in it.
            guard info.st_nlink == 1 else {
                throw CommandError(
                    .cannotCreate,
                    "\(path): is an empty file that has another name too (a hard link), so nothing is appended to it "
                        + "for --events; nothing was done. Choose another name.")
            }
            return false
        }
        var lines = EventLines()
        var offset: off_t = 0
        while offset < info.st_size {
            let bytes = try bytes(descriptor, at: offset, path)
            guard !bytes.isEmpty else { break }
            guard lines.feed(bytes) else { throw foreign(path) }
            offset += off_t(bytes.count)
        }
        guard lines.areEvents else { throw foreign(path) }
        return lines.endsInsideLine
    }

    /// None at the end of the file.
    private static func bytes(_ descriptor: Int32, at offset: off_t, _ path: String) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: piece)
        var found: Int
        repeat {
            found = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, offset) }
        } while found < 0 && errno == EINTR
        guard found >= 0 else { throw failure(path, errno) }
        return Array(bytes.prefix(found))
    }

    private static func foreign(_ path: String) -> CommandError {
        CommandError(
            .cannotCreate,
            "\(path): holds something else than events of keyshift, so --events appends nothing to it; nothing was "
                + "done. Choose another name.")
    }

    private static func failure(_ path: String, _ code: Int32) -> CommandError {
        CommandError(
            .cannotCreate, "\(path): can't be opened for --events: \(String(cString: strerror(code))).")
    }
}
