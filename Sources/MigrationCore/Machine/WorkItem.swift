package import AtlasAPI

/// A project to be changed, as the job hands it to the engine.
package struct WorkItem: Sendable {
    package var ordinal: Int
    package var project: ProjectID
    package var change: PlannedChange
    package var history: AttemptHistory

    package init(ordinal: Int, project: ProjectID, change: PlannedChange, history: AttemptHistory) {
        self.ordinal = ordinal
        self.project = project
        self.change = change
        self.history = history
    }
}

/// A project to be read for the plan.
package struct ReadItem: Sendable {
    package var ordinal: Int
    package var project: ProjectID
    package var decision: PlanDecision

    package init(ordinal: Int, project: ProjectID, decision: PlanDecision) {
        self.ordinal = ordinal
        self.project = project
        self.decision = decision
    }
}
