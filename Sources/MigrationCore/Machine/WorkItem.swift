package import AtlasAPI

/// A project to be changed, as the job hands it to the engine.
package struct WorkItem: Sendable {
    package var ordinal: Int
    package var project: ProjectID
    package var change: PlannedChange
    package var history: AttemptHistory
    package var standing: Standing

    /// What an earlier run left it as.
    package enum Standing: Hashable, Sendable {
        case pending
        /// It counts as a failure until it is in play.
        case unknown
        /// `unknown`, and a person went on in spite of it: it counts only when it ends as something worse.
        case acceptedUnknown
    }

    package init(
        ordinal: Int, project: ProjectID, change: PlannedChange, history: AttemptHistory,
        standing: Standing = .pending
    ) {
        self.ordinal = ordinal
        self.project = project
        self.change = change
        self.history = history
        self.standing = standing
    }
}

/// A project that is done, to be read again.
package struct RereadItem: Sendable {
    /// What it should be.
    package enum Expectation: Sendable {
        /// What the plan changed, and nothing else moved since.
        case change(PlannedChange)
        /// The target's fields; for a project that the plan found as wanted.
        case target(PlanDecision)
    }

    package var ordinal: Int
    package var project: ProjectID
    package var expectation: Expectation
    /// What it ended with; the record of a project that is no longer right is made from it.
    package var outcome: Outcome
    /// An earlier gate could not read it, and a person went on in spite of that.
    package var acceptsUnreadable: Bool

    package init(
        ordinal: Int, project: ProjectID, expectation: Expectation, outcome: Outcome,
        acceptsUnreadable: Bool = false
    ) {
        self.acceptsUnreadable = acceptsUnreadable
        self.ordinal = ordinal
        self.project = project
        self.expectation = expectation
        self.outcome = outcome
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
