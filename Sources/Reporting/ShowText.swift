import AtlasAPI
package import MigrationCore

/// `show`: what would change, project by project and field by field.
package struct ShowText: Sendable {
    private let nextStep: NextStep

    package init(nextStep: NextStep) { self.nextStep = nextStep }

    /// `name (id)  class reason`, then a line for each field.
    package func row(_ project: PlannedProject) -> String {
        let status = project.status
        // What a run found is the report's; the plan's own reason goes with its own class.
        let reason = status.planClass == .blocked ? status.outcome.reason : nil
        let words = [status.planClass.rawValue, reason?.rawValue].compactMap { $0 }.joined(separator: " ")
        var text = "\(TextReport.named(status.project.text, status.name))  \(words)\n"
        for change in project.changes { text += "    \(Self.line(change))\n" }
        if status.planClass == .unread { text += unread(status) }
        if let reason {
            if let detail = status.outcome.detail { text += "    \(TerminalText.safe(detail))\n" }
            let step = nextStep.sentence(
                result: .blocked, reason: reason, code: status.outcome.errorCode,
                httpStatus: status.outcome.httpStatus)
            if let step { text += "    To do: \(TerminalText.safe(step))\n" }
        }
        return text
    }

    private func unread(_ status: ProjectStatus) -> String {
        let outcome = status.outcome
        let cause = Failure(status: outcome.httpStatus, code: outcome.errorCode, detail: outcome.detail)
            .summary
        let lines = [cause.isEmpty ? nil : cause, nextStep.sentence(for: status).map { "To do: \($0)" }]
        return lines.compactMap { $0 }.map { "    \(TerminalText.safe($0))\n" }.joined()
    }

    /// `googleCloudKms.roleId: (not set) → 65ab…`
    static func line(_ change: FieldChange) -> String {
        let after = ShownValue(change.after, path: change.path)
        // No read shows a secret, so nobody can say what was there before one.
        let before = change.isSecret ? "(not shown)" : ShownValue(change.before, path: change.path).text
        return "\(TerminalText.safe(change.path)): \(before) → \(after.text)"
    }
}
