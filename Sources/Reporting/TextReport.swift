import AtlasAPI
package import MigrationCore

/// The report for people: totals, failures grouped by cause with what to do, the command to type next; and,
/// for `report --format text`, each project that is not done.
package struct TextReport: Sendable {
    private let nextStep: NextStep

    package init(nextStep: NextStep) { self.nextStep = nextStep }

    /// The end of a run. `command` is what to type next; nil when nothing is left to do.
    package func summary(_ summary: SummaryBuilder, command: String? = nil) -> String {
        var text = "\(Self.projects(summary.projects))\n"
        let counts = ProjectResult.allCases.map { ($0.rawValue, summary[$0]) }.filter { $0.1 > 0 }
        text += Columns.aligned(counts)
        for group in summary.causes { append(group, to: &text) }
        if let command { text += "\nNext: \(TerminalText.safe(command))\n" }
        return text
    }

    /// One project with all that is known of it; nil for one that is done or not asked for.
    package func row(_ status: ProjectStatus) -> String? {
        let outcome = status.outcome
        switch outcome.result {
        case .changed, .unchanged, .excluded: return nil
        case .failed, .blocked, .drifted, .unknown, .pending: break
        }
        let cause = SummaryBuilder.Cause(
            result: outcome.result, reason: outcome.reason, httpStatus: outcome.httpStatus,
            errorCode: outcome.errorCode)
        var text = "\(Self.named(status.project.text, status.name))  \(TerminalText.safe(cause.title))\n"
        if let detail = outcome.detail, !detail.isEmpty { text += "    \(TerminalText.safe(detail))\n" }
        if outcome.attempts > 0 {
            let verified = outcome.verified == .none ? "" : ", checked: \(outcome.verified.rawValue)"
            text += "    \(Self.count(outcome.attempts, "attempt"))\(verified)\n"
        }
        if let sentence = nextStep.sentence(for: status) {
            text += "    To do: \(TerminalText.safe(sentence))\n"
        }
        return text
    }

    /// What `verify` says of a project that is not right, or whose result says otherwise; nil when all is well.
    package static func reread(_ project: ProjectStatus, _ finding: String, _ detail: String?) -> String? {
        let result = project.outcome.result
        let isRight = finding == RereadFinding.right.word
        guard !isRight || !result.isDone else { return nil }
        let what =
            isRight
            ? "as wanted now, and its result is \(result.rawValue)"
            : finding + (detail.map { ": \($0)" } ?? "")
        var text = "\(named(project.project.text, project.name))  \(TerminalText.safe(what))\n"
        if finding == RereadFinding.notValidWord, project.outcome.attempts > 0 {
            text += "    To do: \(NextStep.restoreAccess)\n"
        }
        return text
    }

    private func append(_ group: SummaryBuilder.Group, to text: inout String) {
        let title = group.cause?.title ?? "other causes"
        text += "\n\(TerminalText.safe(title)) (\(Self.projects(group.count)))\n"
        for example in group.examples { text += "  \(Self.named(example.id, example.name))\n" }
        if group.count > group.examples.count {
            text += "  and \(group.count - group.examples.count) more\n"
        }
        let sentence = group.cause.map {
            nextStep.sentence(
                result: $0.result, reason: $0.reason, code: $0.errorCode, httpStatus: $0.httpStatus)
        }
        if let sentence = sentence ?? "Read the results file; it says what to do for each project." {
            text += "  To do: \(TerminalText.safe(sentence))\n"
        }
    }

    /// `Payments EU (65ab…)`, safe for a terminal.
    package static func named(_ id: String, _ name: String?) -> String {
        guard let name, !name.isEmpty else { return id }
        return "\(TerminalText.safe(name)) (\(id))"
    }

    static func projects(_ count: Int) -> String { Self.count(count, "project") }

    package static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
