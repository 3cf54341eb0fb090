import AtlasAPI
package import MigrationCore

/// `show --format json`, streamed: `prefix`, a `row` for each project, `suffix`.
package struct ShowJSON: Sendable {
    package static let schema = 1

    private let nextStep: NextStep
    private var elements = JSONElements()

    package init(nextStep: NextStep) { self.nextStep = nextStep }

    package func prefix(job: JobFacts) -> String {
        "{\"schema\":\(Self.schema),\n\"job\":\(job.json),\n\"projects\":["
    }

    package mutating func row(_ project: PlannedProject) -> String { elements.line(object(project)) }

    package var suffix: String { elements.end + "}\n" }

    private func object(_ project: PlannedProject) -> String {
        let status = project.status
        let isBlocked = status.planClass == .blocked
        let outcome = status.outcome
        return JSONText.object {
            $0.add("project_id", status.project.text)
            $0.add("project_name", status.name)
            $0.add("class", status.planClass.rawValue)
            $0.add("reason", isBlocked ? outcome.reason?.rawValue : nil)
            $0.add("detail", isBlocked || status.planClass == .unread ? outcome.detail : nil)
            $0.add("next_step", planStep(status))
            $0.add("changes", raw: "[" + project.changes.map(Self.object).joined(separator: ",") + "]")
        }
    }

    /// What stands in the way of planning it; a run's results have their own report.
    private func planStep(_ status: ProjectStatus) -> String? {
        switch status.planClass {
        case .blocked:
            nextStep.sentence(
                result: .blocked, reason: status.outcome.reason, code: status.outcome.errorCode,
                httpStatus: status.outcome.httpStatus)
        case .unread: nextStep.sentence(for: status)
        case .noop, .reversible, .irreversible, .excluded: nil
        }
    }

    private static func object(_ change: FieldChange) -> String {
        JSONText.object {
            $0.add("path", change.path)
            $0.add("before", raw: ShownValue(change.before, path: change.path).json)
            $0.add("after", raw: ShownValue(change.after, path: change.path).json)
        }
    }
}
