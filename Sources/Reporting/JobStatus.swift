package import AtlasAPI
package import MigrationCore

/// What a job looks like at one moment, and what has been done with it by whom.
package struct JobStatus: Sendable {
    package var path: String
    package var target: String
    package var organisation: OrganisationID?
    package var address: String
    package var planDigest: String?
    /// What `--approve` takes; nil: nothing.
    package var approvable: String?
    package var totals: Totals
    package var waves: [WaveEntry]
    package var history: JobHistory
    /// The process that runs it; nil when none does.
    package var holder: String?

    package init(
        path: String, target: String, organisation: OrganisationID?, address: String, planDigest: String?,
        totals: Totals, waves: [WaveEntry], history: JobHistory, holder: String?
    ) {
        self.path = path
        self.target = target
        self.organisation = organisation
        self.address = address
        self.planDigest = planDigest
        self.totals = totals
        self.waves = waves
        self.history = history
        self.holder = holder
    }

    private var openHalt: HaltEntry? { history.halts.last(where: \.isOpen) }

    package var text: String {
        let results = ProjectResult.allCases.map { ($0, totals[$0]) }.filter { $0.1 > 0 }
        let counts = results.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
        var lines: [Prose] = ["\(path): \(target), \(totals.projects) projects: \(counts)"]
        lines.append(holder.map { "running: \($0)" } ?? "no run holds it")
        if let approvable { lines.append("--approve takes \(approvable)") }
        lines += waves.map(Self.line)
        lines += history.events.map { "\($0.line)" }
        if let openHalt { lines.append("halted: \(HaltText.sentence(openHalt.cause, openHalt.detail))") }
        return lines.joined(separator: "\n").text + "\n"
    }

    private static func line(_ wave: WaveEntry) -> Prose {
        let isDone = wave.good == wave.projects
        let state =
            wave.passedAt != nil ? "passed" : isDone ? "done" : wave.beganAt != nil ? "begun" : "to come"
        return "wave \(wave.number): \(state), \(wave.good) of \(wave.projects) done"
    }

    package var json: String {
        let counts = ProjectResult.allCases.map { ($0.rawValue, JSONValue.number(Double(totals[$0]))) }
        let members: [String: JSONValue] = [
            "schema": .number(1), "job": .string(path), "target": .string(target),
            "organisation": organisation.map { .string($0.text) } ?? .null,
            "address": .string(address), "plan_digest": Self.text(planDigest),
            "approve": Self.text(approvable),
            "projects": .number(Double(totals.projects)), "running": .bool(holder != nil),
            "holder": Self.text(holder),
            "halted": openHalt.map { .object(["cause": .string($0.cause), "detail": .string($0.detail)]) }
                ?? .null,
            "totals": .object(Dictionary(counts) { first, _ in first }),
            "waves": .array(
                waves.map {
                    .object([
                        "wave": .number(Double($0.number)), "projects": .number(Double($0.projects)),
                        "done": .number(Double($0.good)), "began_at": Self.time($0.beganAt),
                        "passed_at": Self.time($0.passedAt),
                    ])
                }),
            "runs": .array(
                history.runs.map {
                    .object([
                        "command": .string($0.command), "user": .string($0.user), "host": .string($0.host),
                        "started_at": Self.time($0.startedAt), "ended_at": Self.time($0.endedAt),
                        "end": Self.text($0.endedHow),
                        "exit_code": $0.exitCode.map { .number(Double($0)) } ?? .null,
                    ])
                }),
            "approvals": .array(
                history.approvals.map {
                    .object([
                        "user": .string($0.user), "at": Self.time($0.at), "how": .string($0.how),
                        "digest": .string($0.digest), "irreversible": .number(Double($0.irreversible)),
                        "revision": .number(Double($0.revision)),
                    ])
                }),
            "halts": .array(
                history.halts.map {
                    .object([
                        "cause": .string($0.cause), "detail": .string($0.detail), "at": Self.time($0.at),
                        "accepted_by": Self.text($0.acceptedBy), "accepted_at": Self.time($0.acceptedAt),
                    ])
                }),
        ]
        return TerminalText.json(JSONValue.object(members).canonicalText())
    }

    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    private static func time(_ value: Int64?) -> JSONValue {
        value.map { .string(WireDate.text(milliseconds: $0)) } ?? .null
    }
}
