package import TargetFiles
package import AtlasAPI
package import MigrationCore

/// A job in memory with the job file's rules: what it has committed survives the death of its process.
package final class MemoryJob: Journal {
    /// The process died at a commit.
    package struct Died: Error {}

    package struct Attempt: Sendable {
        package var number: Int
        package var run = 0
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
        /// The run that wrote it.
        package var outcomeRun = 0
        package var wave: Int?
        /// Outcomes ever written; `resume` may replace an `unknown`.
        package var outcomes: [Outcome] = []
    }

    package private(set) var rows: [Row]
    package private(set) var organisation: OrganisationID?
    package private(set) var halts: [Halt] = []
    /// Accepted ones too.
    package private(set) var everyHalt: [Halt] = []
    /// What servers asked for, over all processes.
    package private(set) var holds: [KeptHold] = []
    package private(set) var commits = 0
    /// Runs begun, and the one at whose start a person accepted all failures before it.
    package private(set) var run = 0
    package private(set) var acceptedRun = 0
    /// Ordinals that were unknown then.
    package private(set) var acceptedUnknown: Set<Int> = []
    package private(set) var passedWaves: Set<Int> = []
    /// Ordinals that a gate could not read, and those that a person went on in spite of.
    private var unreadable: Set<Int> = []
    package private(set) var acceptedUnreadable: Set<Int> = []
    /// Die at this commit: before it takes effect, or right after.
    package var dieAtCommit: (number: Int, isAfter: Bool)?
    /// The process is dead: its next commit finds that out.
    package var isDead = false
    /// Takes the same records, when they take effect here.
    package var twin: (any Journal)?

    package init(projects: [ProjectID]) {
        rows = projects.enumerated().map { Row(ordinal: $0 + 1, project: $1) }
    }

    package func commit(_ records: [JournalRecord]) throws {
        if isDead { throw Died() }
        guard !records.isEmpty else { return }
        commits += 1
        if let death = dieAtCommit, death.number == commits, !death.isAfter { throw Died() }
        for record in records { apply(record) }
        try twin?.commit(records)
        if let death = dieAtCommit, death.number == commits { throw Died() }
    }

    private func apply(_ record: JournalRecord) {
        switch record {
        case .run(let record): apply(record)
        case .project(let ordinal, let record): apply(record, to: ordinal)
        case .role, .survey: preconditionFailure("simulated runs plan and change")
        }
    }

    private func apply(_ record: RunRecord) {
        switch record {
        case .organisation(let id): organisation = organisation ?? id
        case .halted(let halt, _):
            halts.append(halt)
            everyHalt.append(halt)
        case .held(let hold): holds.append(hold)
        case .wavePassed(let wave, _): passedWaves.insert(wave)
        case .waveBegan, .troubledRead: break
        }
    }

    private func apply(_ record: ProjectRecord, to ordinal: Int) {
        switch record {
        case .planned(let item, _): rows[ordinal - 1].item = item
        case .intent(let number, _): rows[ordinal - 1].attempts.append(Attempt(number: number, run: run))
        case .attemptEnded(let number, let verdict, let failure, _):
            edit(ordinal, number) {
                $0.verdict = verdict
                $0.failure = failure
            }
        case .sawWanted(let number): edit(ordinal, number) { $0.sawWanted = true }
        case .outcome(let outcome):
            rows[ordinal - 1].outcome = outcome
            rows[ordinal - 1].outcomeRun = run
            rows[ordinal - 1].outcomes.append(outcome)
        case .reread(.unreadable, _): unreadable.insert(ordinal)
        case .sawDeadKey, .reread: break
        }
    }

    private func edit(_ ordinal: Int, _ number: Int, _ change: (inout Attempt) -> Void) {
        guard let index = rows[ordinal - 1].attempts.firstIndex(where: { $0.number == number }) else {
            return
        }
        change(&rows[ordinal - 1].attempts[index])
    }

    package func beginRun() { run += 1 }

    /// Those that are not over.
    package func holds(at wall: Int64) -> Set<KeptHold> {
        let oldest = wall - HTTPAnswer.retryAfterLimit.nanoseconds / 1_000_000
        return Set(holds.filter { $0.at > oldest && $0.left(now: wall) != nil })
    }

    /// - Returns: whether there was anything to accept.
    package func acceptFailures() -> Bool {
        guard !halts.isEmpty else { return false }
        halts = []
        acceptedRun = run
        acceptedUnreadable.formUnion(unreadable)
        acceptedUnknown.formUnion(
            rows.filter { $0.item?.change != nil && $0.result == .unknown }.map(\.ordinal))
        return true
    }

    /// The same rules as the job file's.
    package func assignWaves(_ choice: WaveChoice) {
        let changes = rows.indices.filter { rows[$0].item?.change != nil }
        guard case .pattern(let pattern) = choice else { return }
        var next = 0
        for (index, size) in pattern.sizes(of: changes.count).enumerated() {
            for row in changes[next..<(next + size)] { rows[row].wave = index + 1 }
            next += size
        }
    }

    package func scope(_ settings: RunSettings) -> RunScope {
        let changes = rows.filter { $0.item?.change != nil }
        let wave = changes.compactMap(\.wave).filter { !passedWaves.contains($0) }.min()
        let budget = FailureBudget(
            settings.maxFailures, of: changes.count, failures: changes.count { isFailure($0) },
            tried: changes.count {
                $0.result == .unknown
                    || ($0.result != .pending && $0.outcome != nil && $0.outcomeRun >= acceptedRun)
            })
        return RunScope(
            budget: budget,
            unknown: changes.count { isOpenUnknown($0) && (wave == nil || $0.wave == wave) },
            toDo: changes.count(where: \.isOpenWork), wave: wave)
    }

    /// What counts against `--max-failures`.
    package func isFailure(_ row: Row) -> Bool {
        switch row.result {
        case .unknown: isOpenUnknown(row)
        case .failed, .drifted: row.outcomeRun >= acceptedRun
        default: false
        }
    }

    private func isOpenUnknown(_ row: Row) -> Bool {
        row.result == .unknown && !acceptedUnknown.contains(row.ordinal)
    }

    /// What keeps the next wave from starting.
    package func isUnresolved(_ row: Row) -> Bool {
        switch row.result {
        case .changed, .unchanged: false
        case .pending: true
        case .unknown: isOpenUnknown(row)
        default: row.outcomeRun >= acceptedRun
        }
    }

    package func tally(wave: Int) -> WaveTally {
        let inWave = rows.filter { $0.wave == wave }
        var tally = WaveTally(wave: wave, projects: inWave.count)
        for row in inWave where isUnresolved(row) {
            tally.unresolved[row.result, default: 0] += 1
            tally.example = row.project
        }
        tally.next = rows.compactMap(\.wave).filter { $0 > wave }.min()
        return tally
    }
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
        // A later run that went on with an unknown outcome has overtaken it, also when it died.
        if let outcome, outcome.result != .unknown || !attempts.contains(where: { $0.run > outcomeRun }) {
            return outcome.result
        }
        switch item?.planClass {
        case nil, .unread?: return .pending
        case .noop?: return .unchanged
        case .excluded?: return .excluded
        case .blocked?: return .blocked
        case .reversible?, .irreversible?:
            // Asked of every row again and again, and most have no attempt yet.
            return !attempts.isEmpty && history.isOpen ? .unknown : .pending
        }
    }

    package var isOpenWork: Bool {
        item?.change != nil && (result == .pending || result == .unknown)
    }
}

/// The rows that the engine still has to do: those left unknown first, else in the sheet's order.
package final class MemoryRows: RowSource {
    private let job: MemoryJob
    private let decision: PlanDecision?
    private var wave: Int?
    /// nil: there are no more; what is in play reads as unknown too.
    private var lastUnknown: Int? = 0
    private var last = 0
    private var lastReread = 0

    /// `decision` for reading the projects, nil for changing them.
    package init(_ job: MemoryJob, decision: PlanDecision?) {
        self.job = job
        self.decision = decision
    }

    package func next(_ want: RowWant) throws -> Event {
        switch want {
        case .rows(let count, let wave):
            guard let decision else { return work(count, wave) }
            let rows = page(count, after: &last) { $0.item == nil }
            let reads = rows.map {
                ReadItem(ordinal: $0.ordinal, project: $0.project, decision: decision)
            }
            return .loadedReads(reads, isLast: rows.count < count)
        case .tally(let wave): return .tallied(job.tally(wave: wave))
        case .rereads(let count, let wave):
            let rows = page(count, after: &lastReread) {
                $0.wave == wave && ($0.result == .changed || $0.result == .unchanged)
            }
            let items = rows.compactMap { row in
                row.item?.change.map {
                    RereadItem(
                        ordinal: row.ordinal, project: row.project, expectation: .change($0),
                        outcome: row.outcome ?? Outcome(.unchanged),
                        acceptsUnreadable: job.acceptedUnreadable.contains(row.ordinal))
                }
            }
            return .loadedRereads(items, isLast: rows.count < count)
        }
    }

    private func work(_ count: Int, _ wave: Int?) -> Event {
        if wave != self.wave { (self.wave, lastUnknown, last, lastReread) = (wave, 0, 0, 0) }
        func isOpen(_ row: MemoryJob.Row, isUnknown: Bool) -> Bool {
            // What was unknown and has been refused since by this very run reads as pending, and is at work.
            guard isUnknown || !row.attempts.contains(where: { $0.run == job.run }) else { return false }
            return row.isOpenWork && (wave == nil || row.wave == wave)
                && isUnknown == (row.result == .unknown && !job.acceptedUnknown.contains(row.ordinal))
        }
        var rows: [MemoryJob.Row] = []
        if var last = lastUnknown {
            rows = page(count, after: &last) { isOpen($0, isUnknown: true) }
            lastUnknown = rows.count < count ? nil : last
        }
        let unknown = Set(rows.map(\.ordinal))
        rows += page(count - rows.count, after: &last) { isOpen($0, isUnknown: false) }
        let items = rows.compactMap { row in
            row.item?.change.map {
                WorkItem(
                    ordinal: row.ordinal, project: row.project, change: $0, history: row.history,
                    standing: unknown.contains(row.ordinal)
                        ? .unknown : row.result == .unknown ? .acceptedUnknown : .pending)
            }
        }
        return .loadedWork(items, isLast: items.count < count)
    }

    private func page(_ count: Int, after last: inout Int, _ isWanted: (MemoryJob.Row) -> Bool)
        -> [MemoryJob.Row]
    {
        var rows: [MemoryJob.Row] = []
        for row in job.rows.dropFirst(last) where rows.count < count && isWanted(row) { rows.append(row) }
        last = rows.last?.ordinal ?? last
        return rows
    }
}
