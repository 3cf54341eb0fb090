import Foundation

/// A file without a name that takes what is written to it.
final class Capture {
    let descriptor: Int32

    init() throws {
        let path = NSTemporaryDirectory() + "keyshift-\(UUID().uuidString)"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        unlink(path)
    }

    deinit { close(descriptor) }

    var text: String {
        var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

/// A terminal with somebody at it who has typed ahead.
final class Terminal {
    /// The end of the program.
    let program: Int32
    private let user: Int32

    init(typing text: String) throws {
        var ends: (user: Int32, program: Int32) = (-1, -1)
        guard openpty(&ends.user, &ends.program, nil, nil, nil) == 0 else { throw POSIXError(.EIO) }
        (user, program) = ends
        _ = text.withCString { Foundation.write(user, $0, strlen($0)) }
    }

    deinit {
        close(program)
        close(user)
    }

    /// What has come to the screen since the last look. The kernel brings it over in its own time, so a mark is sent
    /// after it and waited for.
    func shown() -> String {
        let mark = "\u{1}end\u{2}"
        _ = mark.withCString { Foundation.write(program, $0, strlen($0)) }
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var polled = pollfd(fd: user, events: Int16(POLLIN), revents: 0)
        while !text.hasSuffix(mark), poll(&polled, 1, 30_000) > 0 {
            let count = read(user, &bytes, bytes.count)
            guard count > 0 else { break }
            text += String(decoding: bytes.prefix(count), as: UTF8.self)
        }
        return text.hasSuffix(mark) ? String(text.dropLast(mark.count)) : text
    }
}
