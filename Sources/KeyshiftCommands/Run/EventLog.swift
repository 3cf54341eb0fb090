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

    private func add(_ record: JournalRecord, _ now: Now) {
        switch record {
        case .run(let record): add(record, now)
        case .project(let ordinal, let record):
            let (event, members) = Self.event(record)
            if let event { add(event, ordinal, members, now) }
        // `roles` has no events, and `inventory` neither.
        case .role, .survey: break
        }
    }

    private func add(_ event: String, _ ordinal: Int, _ more: [String: JSONValue], _ now: Now) {
        var members = more
        members["event"] = .string(event)
        members["row"] = .number(Double(ordinal))
        members["project_id"] = Self.text(name(ordinal))
        add(members, now)
    }

    private func add(_ record: RunRecord, _ now: Now) {
        switch record {
        case .halted(let halt, _):
            add(
                [
                    "event": .string("halted"), "cause": .string(halt.cause.rawValue),
                    "detail": .string(halt.detail),
                ], now)
        case .wavePassed(let wave, _):
            add(["event": .string("wave_passed"), "wave": .number(Double(wave))], now)
        case .troubledRead(let ordinal, let step, let verdict, let failure, _):
            let members: [String: JSONValue] = [
                "step": .string(step.rawValue), "verdict": .string(verdict.rawValue),
            ]
            add("troubled_read", ordinal, members.merging(Self.text(failure)) { $1 }, now)
        // Notices tell of a wave's begin and of a wait.
        case .held, .waveBegan, .organisation: break
        }
    }

    /// nil: none.
    private static func event(_ record: ProjectRecord) -> (name: String?, members: [String: JSONValue]) {
        switch record {
        case .planned(let item, _):
            (
                "planned",
                ["class": .string(item.planClass.rawValue), "reason": text(item.reason?.rawValue)]
            )
        case .intent(let number, _): ("intent", ["attempt": .number(Double(number))])
        case .attemptEnded(let number, let verdict, let failure, _):
            (
                "attempt_ended",
                ["attempt": .number(Double(number)), "verdict": .string(verdict.rawValue)].merging(
                    text(failure)
                ) { $1 }
            )
        case .outcome(let outcome):
            (
                "result",
                [
                    "result": .string(outcome.result.rawValue), "reason": text(outcome.reason?.rawValue),
                    "verified": .string(outcome.verified.rawValue),
                ]
            )
        case .sawDeadKey: ("key_not_valid", [:])
        case .reread(let finding, _):
            ("read_again", ["finding": .string(finding.word), "detail": text(finding.detail)])
        case .sawWanted: (nil, [:])
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
