import AtlasAPI
import Foundation
import MigrationCore
import Reporting

/// `--events FILE`: what happens, a JSON object a line, while it happens. Lines are buffered and, when a pipe does not
/// drain, dropped and counted: the run never waits for a reader.
final class EventLog {
    private static let schema = 1
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
        for record in turn.records { add(record, now) }
        for (name, detail) in turn.notices.map(\.event) {
            add(["event": .string(name), "detail": Self.text(detail)], now)
        }
        flush()
    }

    func add(_ members: [String: JSONValue], _ now: Now) {
        var members = members
        members["schema"] = .number(Double(Self.schema))
        members["at"] = .string(WireDate.text(milliseconds: now.wall))
        let text = TerminalText.json(JSONValue.object(members).canonicalText())
        let line = Array((text + "\n").utf8)
        guard buffer.count + line.count <= Self.bufferLimit else {
            dropped += 1
            return
        }
        if dropped > 0, buffer.isEmpty {
            let count = dropped
            dropped = 0
            add(["event": .string("dropped"), "lines": .number(Double(count))], now)
        }
        buffer += line
    }

    private func add(_ record: JournalEntry, _ now: Now) {
        func entry(_ event: String, _ ordinal: Int, _ more: [String: JSONValue]) {
            var members = more
            members["event"] = .string(event)
            members["row"] = .number(Double(ordinal))
            members["project_id"] = name(ordinal).map { .string($0) } ?? .null
            add(members, now)
        }
        switch record {
        case .planned(let ordinal, let item, _):
            entry(
                "planned", ordinal,
                ["class": .string(item.planClass.rawValue), "reason": Self.text(item.reason?.rawValue)])
        case .intent(let ordinal, let number, _):
            entry("intent", ordinal, ["attempt": .number(Double(number))])
        case .attemptEnded(let ordinal, let number, let verdict, let failure, _):
            entry(
                "attempt_ended", ordinal,
                ["attempt": .number(Double(number)), "verdict": .string(verdict.rawValue)].merging(
                    Self.text(failure)
                ) { $1 })
        case .troubledRead(let ordinal, let step, let verdict, let failure, _):
            entry(
                "troubled_read", ordinal,
                ["step": .string(step.rawValue), "verdict": .string(verdict.rawValue)].merging(
                    Self.text(failure)
                ) { $1 })
        case .outcome(let ordinal, let outcome):
            entry(
                "result", ordinal,
                [
                    "result": .string(outcome.result.rawValue), "reason": Self.text(outcome.reason?.rawValue),
                    "verified": .string(outcome.verified.rawValue),
                ])
        case .sawDeadKey(let ordinal, _): entry("key_not_valid", ordinal, [:])
        case .halted(let halt, _):
            add(
                [
                    "event": .string("halted"), "cause": .string(halt.cause.rawValue),
                    "detail": .string(halt.detail),
                ], now)
        case .wavePassed(let wave, _):
            add(["event": .string("wave_passed"), "wave": .number(Double(wave))], now)
        case .reread(let ordinal, let finding, _):
            entry(
                "read_again", ordinal,
                ["finding": .string(finding.word), "detail": Self.text(finding.detail)])
        case .held, .waveBegan, .sawWanted, .organisation, .listed, .unlisted, .surveyed, .roleIntent,
            .roleEnded, .roleAwaited,
            .roleFound:
            break
        }
    }

    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    private static func text(_ failure: Failure?) -> [String: JSONValue] {
        [
            "http_status": failure?.status.map { .number(Double($0)) } ?? .null,
            "error_code": text(failure?.code),
        ]
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
