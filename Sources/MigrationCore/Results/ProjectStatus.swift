package import AtlasAPI

/// One project as the job has it now: what was asked, what was planned, what became of it.
package struct ProjectStatus: Sendable {
    package var ordinal: Int
    package var project: ProjectID
    /// The live name when it was read, else the sheet's.
    package var name: String?
    /// The CSV's cells in the header's order.
    package var cells: [String]
    package var planClass: PlanClass
    /// nil before the first `apply`, without waves, and for what is not to be changed.
    package var wave: Int?
    package var outcome: Outcome

    package init(
        ordinal: Int, project: ProjectID, name: String?, cells: [String], planClass: PlanClass,
        wave: Int? = nil, outcome: Outcome
    ) {
        self.ordinal = ordinal
        self.project = project
        self.name = name
        self.cells = cells
        self.planClass = planClass
        self.wave = wave
        self.outcome = outcome
    }
}

/// One project of the plan, with all that `show` prints.
package struct PlannedProject: Sendable {
    package var status: ProjectStatus
    package var live: EncryptionState?
    package var changes: [FieldChange]

    package init(status: ProjectStatus, live: EncryptionState?, changes: [FieldChange]) {
        self.status = status
        self.live = live
        self.changes = changes
    }
}

/// How many projects have which class, reason and result; always counted from the rows.
package struct Totals: Sendable {
    package struct Group: Sendable, Hashable {
        package var planClass: PlanClass
        package var result: ProjectResult
        package var reason: Reason?
        package var count: Int

        package init(planClass: PlanClass, result: ProjectResult, reason: Reason?, count: Int) {
            self.planClass = planClass
            self.result = result
            self.reason = reason
            self.count = count
        }
    }

    package var groups: [Group]

    package init(groups: [Group]) { self.groups = groups }

    package var projects: Int { groups.reduce(0) { $0 + $1.count } }

    package subscript(result: ProjectResult) -> Int {
        groups.filter { $0.result == result }.reduce(0) { $0 + $1.count }
    }

    package subscript(planClass: PlanClass) -> Int {
        groups.filter { $0.planClass == planClass }.reduce(0) { $0 + $1.count }
    }

    /// Irreversible projects that `apply` still has to do.
    package var irreversibleToDo: Int {
        groups.filter { $0.planClass == .irreversible && ($0.result == .pending || $0.result == .unknown) }
            .reduce(0) { $0 + $1.count }
    }

    package var toDo: Int {
        groups.filter { $0.planClass.isChange && ($0.result == .pending || $0.result == .unknown) }
            .reduce(0) { $0 + $1.count }
    }
}
