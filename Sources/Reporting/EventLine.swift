import AtlasAPI
package import MigrationCore

/// A line of `--events FILE`: a JSON object for what happened in a run.
package struct EventLine: Sendable {
    private static let schema = 1

    /// With its line end.
    package let text: String

    /// `at`: milliseconds since 1970 UTC.
    private init(_ event: String, _ members: [String: JSONValue], _ at: Int64) {
        var members = members
        members["event"] = .string(event)
        members["schema"] = .number(Double(Self.schema))
        members["at"] = .string(WireDate.text(milliseconds: at))
        text = TerminalText.json(JSONValue.object(members).canonicalText()) + "\n"
    }

    private init(
        _ event: String, row: Int, _ more: [String: JSONValue], _ at: Int64, _ name: (Int) -> String?
    ) {
        var members = more
        members["row"] = .number(Double(row))
        members["project_id"] = Self.text(name(row))
        self.init(event, members, at)
    }

    /// What a turn wrote down and told. `named`: the id of a row's project.
    package static func lines(of turn: Turn, at: Int64, named: (Int) -> String?) -> [EventLine] {
        turn.records.compactMap { line($0, at, named) }
            + turn.notices.map(\.event).map { EventLine($0, ["detail": text($1)], at) }
    }

    /// So many lines were left out before this one.
    package static func dropped(_ count: Int, at: Int64) -> EventLine {
        EventLine("dropped", ["lines": .number(Double(count))], at)
    }
}

// What each record has to say.
extension EventLine {
    private static func line(_ record: JournalRecord, _ at: Int64, _ name: (Int) -> String?) -> EventLine? {
        switch record {
        case .run(let record): line(record, at, name)
        case .project(let ordinal, let record):
            event(record).map { EventLine($0, row: ordinal, $1, at, name) }
        // `roles` has no events, and `inventory` neither.
        case .role, .survey: nil
        }
    }

    private static func line(_ record: RunRecord, _ at: Int64, _ name: (Int) -> String?) -> EventLine? {
        switch record {
        case .halted(let halt, _):
            EventLine("halted", ["cause": .string(halt.cause.rawValue), "detail": .string(halt.detail)], at)
        case .wavePassed(let wave, _): EventLine("wave_passed", ["wave": .number(Double(wave))], at)
        case .troubledRead(let ordinal, let step, let verdict, let failure, _):
            EventLine(
                "troubled_read", row: ordinal,
                ["step": .string(step.rawValue), "verdict": .string(verdict.rawValue)].merging(
                    text(failure)
                ) { $1 }, at, name)
        // Notices tell of a wave's begin and of a wait.
        case .held, .waveBegan, .organisation: nil
        }
    }

    /// nil: none.
    private static func event(_ record: ProjectRecord) -> (name: String, members: [String: JSONValue])? {
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
        case .sawWanted: nil
        }
    }

    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    private static func text(_ failure: Failure?) -> [String: JSONValue] {
        [
            "http_status": failure?.status.map { .number(Double($0)) } ?? .null,
            "error_code": text(failure?.code),
        ]
    }
}
