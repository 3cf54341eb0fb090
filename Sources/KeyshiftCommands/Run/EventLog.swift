import AtlasAPI
import Foundation
import MigrationCore
import Reporting

/// `--events FILE`: what happens, a JSON object a line, while it happens. Lines are buffered and, when a pipe does not
/// drain, dropped and counted: the run never waits for a reader.
final class EventLog {
    private static let bufferLimit = 1 << 20
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var dropped = 0
    private var hasToldLoss = false
    /// Told once, with the system's word, when what is written gets lost.
    private let loss: (String) -> Void
    /// Project ids by ordinal for those in play, so that lines name the project.
    private let name: (Int) -> String?

    init(path: String, name: @escaping (Int) -> String?, loss: @escaping (String) -> Void) throws {
        self.loss = loss
        let file = try EventFile.open(path)
        descriptor = file.descriptor
        // A killed run may have left half a line.
        if file.endsInsideLine { buffer = [UInt8(ascii: "\n")] }
        self.name = name
    }

    deinit {
        flush()
        close(descriptor)
    }

    func see(_ turn: Turn, _ now: Now) {
        for line in EventLine.lines(of: turn, at: now.wall, named: name) { add(line, now) }
        flush()
    }

    private func add(_ line: EventLine, _ now: Now) {
        let bytes = Array(line.text.utf8)
        guard buffer.count + bytes.count <= Self.bufferLimit else {
            dropped += 1
            return
        }
        if dropped > 0, buffer.isEmpty {
            buffer += Array(EventLine.dropped(dropped, at: now.wall).text.utf8)
            dropped = 0
        }
        buffer += bytes
    }

    private func flush() {
        guard !buffer.isEmpty else { return }
        let count = buffer.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            buffer.removeFirst(count)
        } else if count < 0, ![EAGAIN, EWOULDBLOCK, EINTR, EPIPE].contains(errno), !hasToldLoss {
            // A reader that is slow or gone is its own affair; a file that takes nothing is the user's.
            hasToldLoss = true
            loss(String(cString: strerror(errno)))
        }
    }
}
