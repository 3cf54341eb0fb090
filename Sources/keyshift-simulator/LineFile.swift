#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A file that bytes are added to; they reach the system at once, so that a reader sees them while we run.
final class LineFile {
    private let descriptor: CInt
    private let path: String

    /// Opens for appending, making the file if need be.
    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw FileTrouble(path: path, code: errno) }
    }

    deinit { close(descriptor) }

    func append(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw FileTrouble(path: path, code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Empties the file.
    func clear() throws {
        if ftruncate(descriptor, 0) != 0 { throw FileTrouble(path: path, code: errno) }
    }
}

struct FileTrouble: Error, CustomStringConvertible {
    var path: String
    var code: CInt

    var description: String { "\(path): \(String(cString: strerror(code)))" }
}

/// Writes a line to one of the standard streams, at once.
enum Console {
    static func output(_ line: String) { write(line, to: STDOUT_FILENO) }
    static func message(_ line: String) { write(line, to: STDERR_FILENO) }

    private static func write(_ line: String, to descriptor: CInt) {
        let bytes = Array((line + "\n").utf8)
        // Nobody to tell when the terminal is gone.
        _ = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
    }
}

private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
