import AtlasAPI
import Foundation
import Reporting

/// The file of `--events`: appended to, so it must be new, empty, a pipe or device, or hold our events already.
enum EventFile {
    struct Opened {
        var descriptor: Int32
        var endsInsideLine = false
    }

    /// What of a file is looked at, from its start.
    private static let looked = 1 << 16

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
        guard info.st_size > 0 else { return false }
        let start = bytes(descriptor, at: 0, count: looked)
        guard isEvents(start, isWhole: info.st_size <= looked) else {
            throw CommandError(
                .cannotCreate,
                "\(path): holds something else than events of keyshift, so --events appends nothing to it; "
                    + "nothing was done. Choose another name.")
        }
        return bytes(descriptor, at: info.st_size - 1, count: 1) != [UInt8(ascii: "\n")]
    }

    private static func bytes(_ descriptor: Int32, at offset: off_t, count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let found = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, offset) }
        return Array(bytes.prefix(max(0, found)))
    }

    /// Whether every line is one of ours; the last may be cut short, by a kill or by where the look ends.
    static func isEvents(_ start: [UInt8], isWhole: Bool) -> Bool {
        var lines = start.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let last = lines.popLast() else { return false }
        let opening = Array("{\"at\":\"".utf8)
        let isCut = last.isEmpty || last.starts(with: opening) || isWhole && opening.starts(with: last)
        return isCut && lines.allSatisfy { isEvent($0, opening) }
    }

    /// Or the half of one, which a kill left and the next run ended.
    private static func isEvent(_ line: ArraySlice<UInt8>, _ opening: [UInt8]) -> Bool {
        guard let value = JSONValue(parsing: Array(line)) else { return line.starts(with: opening) }
        return value["schema"]?.number != nil && value["event"]?.string != nil
    }

    private static func failure(_ path: String, _ code: Int32) -> CommandError {
        CommandError(
            .cannotCreate, "\(path): can't be opened for --events: \(String(cString: strerror(code))).")
    }
}
