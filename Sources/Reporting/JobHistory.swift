package import MigrationCore

/// Who did what with a job, and what became of it: for `status` and the reports.
package struct JobHistory: Sendable {
    package var runs: [RunEntry]
    package var approvals: [ApprovalEntry]
    package var halts: [HaltEntry]
    /// Whether the last run is under way.
    package var isRunning: Bool

    package init(
        runs: [RunEntry], approvals: [ApprovalEntry], halts: [HaltEntry], isRunning: Bool
    ) {
        self.runs = runs
        self.approvals = approvals
        self.halts = halts
        self.isRunning = isRunning
    }

    package var events: [JobFacts.Event] {
        let all = runs.enumerated().flatMap(run) + approvals.map(approval) + halts.flatMap(halt)
        // Sorting keeps what happened in the same millisecond in the order above.
        return all.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }

    private func run(_ index: Int, _ run: RunEntry) -> [JobFacts.Event] {
        let start = JobFacts.Event(
            at: run.startedAt, kind: "run", user: run.user,
            text: "\(run.command) by \(run.user) on \(run.host)")
        if let at = run.endedAt {
            let code = run.exitCode.map { " (exit \($0))" } ?? ""
            let text = "\(run.command): \(run.endedHow ?? "ended")\(code)"
            return [start, JobFacts.Event(at: at, kind: "end", user: nil, text: text)]
        }
        if isRunning, index == runs.count - 1 { return [start] }
        // Nobody wrote down when; it was after its start.
        let end =
            run.exitCode == RunEntry.abandonedExitCode
            ? "left at once by a second signal, or killed while it was stopping" : "died"
        return [
            start, JobFacts.Event(at: run.startedAt, kind: "end", user: nil, text: "\(run.command): \(end)"),
        ]
    }

    private func approval(_ approval: ApprovalEntry) -> JobFacts.Event {
        JobFacts.Event(
            at: approval.at, kind: "approval", user: approval.user,
            text:
                "approved by \(approval.user) (\(approval.how)): \(approval.irreversible) that can't be undone, "
                + approval.digest)
    }

    private func halt(_ halt: HaltEntry) -> [JobFacts.Event] {
        let text = "halted: \(HaltText.sentence(halt.cause, halt.detail))"
        let event = JobFacts.Event(at: halt.at, kind: "halt", user: nil, text: text)
        guard let user = halt.acceptedBy, let at = halt.acceptedAt else { return [event] }
        return [
            event,
            JobFacts.Event(at: at, kind: "acceptance", user: user, text: "failures accepted by \(user)"),
        ]
    }
}
