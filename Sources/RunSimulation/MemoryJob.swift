package import AtlasAPI
package import MigrationCore

/// A job in memory with the job file's rules: what it has committed survives the death of its process.
package final class MemoryJob: Journal {
    /// The process died at a commit.
    package struct Died: Error {}

    package struct Attempt: Sendable {
        package var number: Int
        package var verdict: Verdict?
        package var failure: Failure?
        package var sawWanted = false
    }

    package struct Row: Sendable {
        package var ordinal: Int
        package var project: ProjectID
        package var item: PlanItem?
        package var attempts: [Attempt] = []
        package var outcome: Outcome?
        /// Outcomes ever written; `resume` may replace an `unknown`.
        package var outcomes: [Outcome] = []
    }

    package private(set) var rows: [Row]
    package private(set) var organisation: OrganisationID?
    package private(set) var halts: [Halt] = []
    package private(set) var commits = 0
    /// Die at this commit: before it takes effect, or right after.
    package var dieAtCommit: (number: Int, isAfter: Bool)?
    /// The process is dead: its next commit finds that out.
    package var isDead = false
    /// Takes the same records, when they take effect here.
    package var twin: (any Journal)?

    package init(projects: [ProjectID]) {
        rows = projects.enumerated().map { Row(ordinal: $0 + 1, project: $1) }
    }

    package func commit(_ records: [JournalEntry]) throws {
        if isDead { throw Died() }
        guard !records.isEmpty else { return }
        commits += 1
        if let death = dieAtCommit, death.number == commits, !death.isAfter { throw Died() }
        for record in records { apply(record) }
        try twin?.commit(records)
        if let death = dieAtCommit, death.number == commits { throw Died() }
    }

    private func apply(_ record: JournalEntry) {
        switch record {
        case .planned(let ordinal, let item, _): rows[ordinal - 1].item = item
        case .intent(let ordinal, let number, _): rows[ordinal - 1].attempts.append(Attempt(number: number))
        case .attemptEnded(let ordinal, let number, let verdict, let failure, _):
            edit(ordinal, number) {
                $0.verdict = verdict
                $0.failure = failure
            }
        case .sawWanted(let ordinal, let number): edit(ordinal, number) { $0.sawWanted = true }
        case .troubledRead: break
        case .outcome(let ordinal, let outcome):
            rows[ordinal - 1].outcome = outcome
            rows[ordinal - 1].outcomes.append(outcome)
        case .organisation(let id): organisation = organisation ?? id
        case .halted(let halt, _): halts.append(halt)
        }
    }

    private func edit(_ ordinal: Int, _ number: Int, _ change: (inout Attempt) -> Void) {
        guard let index = rows[ordinal - 1].attempts.firstIndex(where: { $0.number == number }) else {
            return
        }
        change(&rows[ordinal - 1].attempts[index])
    }

    package func acceptHalts() { halts = [] }
}

extension MemoryJob.Row {
    package var history: AttemptHistory {
        var history = AttemptHistory()
        for attempt in attempts {
            history.restore(
                number: attempt.number, verdict: attempt.verdict ?? .noAnswer, failure: attempt.failure,
                sawWanted: attempt.sawWanted)
        }
        return history
    }

    /// The same rules as the job file's `status` view.
    package var result: ProjectResult {
        if let outcome { return outcome.result }
        switch item?.planClass {
        case nil, .unread?: return .pending
        case .noop?: return .unchanged
        case .excluded?: return .excluded
        case .blocked?: return .blocked
        case .reversible?, .irreversible?: return history.isOpen ? .unknown : .pending
        }
    }

    package var isOpenWork: Bool {
        item?.change != nil && (result == .pending || result == .unknown)
    }
}

/// The rows that the engine still has to do, in the sheet's order.
package final class MemoryRows: RowSource {
    private let job: MemoryJob
    private let decision: PlanDecision?
    private var last = 0

    /// `decision` for reading the projects, nil for changing them.
    package init(_ job: MemoryJob, decision: PlanDecision?) {
        self.job = job
        self.decision = decision
    }

    package func next(_ count: Int) throws -> Event {
        let open = job.rows.lazy.filter { [last] row in
            row.ordinal > last && (self.decision == nil ? row.isOpenWork : row.item == nil)
        }.prefix(count)
        let rows = Array(open)
        last = rows.last?.ordinal ?? last
        let isLast = rows.count < count
        guard let decision else {
            let items = rows.compactMap { row in
                row.item?.change.map {
                    WorkItem(
                        ordinal: row.ordinal, project: row.project, change: $0, history: row.history)
                }
            }
            return .loadedWork(items, isLast: isLast)
        }
        let reads = rows.map { ReadItem(ordinal: $0.ordinal, project: $0.project, decision: decision) }
        return .loadedReads(reads, isLast: isLast)
    }
}
