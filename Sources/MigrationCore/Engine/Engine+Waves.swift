import AtlasAPI

/// Waves and their gates, the failure budget, and how many projects may be in play (contract section 4).
///
/// ```
/// working ─all ended─▶ tallying ─good─▶ soaking ─▶ rereading ─still right─▶ working on the next wave
///    │                    ├─ not good ─▶ halt       └─ not right ─▶ halt
///    └─ no waves ─▶ over ◀┴─ it was the last
/// ```
extension Engine {
    enum Stage: Hashable, Sendable {
        case working
        /// The row source is counting.
        case tallying
        case soaking(until: Instant)
        case rereading
        /// Nothing is left to start.
        case over
    }

    /// Requests for projects at a time.
    var flightLimit: Int {
        scope == nil ? settings.concurrency : min(settings.concurrency, slowStart.limit)
    }

    mutating func enter(_ item: WorkItem, _ now: Now) {
        scope?.toDo -= 1
        let isAccepted = item.standing == .acceptedUnknown
        if item.standing == .unknown { scope?.unknown -= 1 }
        if item.standing != .pending { scope?.budget.reopened(.unknown, isAccepted: isAccepted) }
        enter(ProjectMachine(item: item, settings: settings, now: now.instant), now)
        inPlay[item.ordinal]?.isAcceptedUnknown = isAccepted
    }

    /// How many more projects may come into play.
    private var room: Int {
        guard let scope else { return max(0, settings.concurrency - inPlay.count) }
        // One that is counted as a failure already may always come in; the sum stays the same.
        if scope.unknown > 0 { return max(0, min(flightLimit - inPlay.count, scope.unknown)) }
        return max(0, min(flightLimit, scope.budget.room) - inPlay.count)
    }

    /// What to ask of the rows; goes on to the next stage where the present one is done.
    mutating func nextWant(now: Now) -> RowWant? {
        switch stage {
        case .working: return nextRows(now: now)
        case .tallying, .over: return nil
        case .soaking(let until):
            guard now.instant >= until else { return nil }
            stage = .rereading
            hasMoreRows = true
            return nextRereads(now: now)
        case .rereading: return nextRereads(now: now)
        }
    }

    private mutating func nextRows(now: Now) -> RowWant? {
        if let wave = scope?.wave, begunWave != wave {
            begunWave = wave
            pending.records.append(.waveBegan(wave, at: now.wall))
            pending.notices.append(.waveBegan(wave))
        }
        if scope?.toDo == 0 { hasMoreRows = false }
        if hasMoreRows, let scope, scope.budget.isSpent, scope.unknown == 0, scope.toDo > 0, inPlay.isEmpty {
            haltForBudget(now: now)
            return nil
        }
        if hasMoreRows { return room > 0 ? .rows(room, wave: scope?.wave) : nil }
        guard inPlay.isEmpty else { return nil }
        guard let wave = scope?.wave else {
            stage = .over
            return nil
        }
        stage = .tallying
        return .tally(wave: wave)
    }

    private mutating func nextRereads(now: Now) -> RowWant? {
        guard let wave = scope?.wave else { return nil }
        if hasMoreRows {
            let room = min(flightLimit, scope?.budget.room ?? 0) - inPlay.count
            return room > 0 ? .rereads(room, wave: wave) : nil
        }
        guard inPlay.isEmpty else { return nil }
        pending.records.append(.wavePassed(wave, at: now.wall))
        begin(wave: nextWave)
        return nextRows(now: now)
    }

    private mutating func begin(wave: Int?) {
        scope?.wave = wave
        stage = .working
        hasMoreRows = wave != nil
        slowStart.restart()
    }

    mutating func tallied(_ tally: WaveTally, now: Now) {
        guard end == nil else { return }
        guard let next = tally.next else {
            stage = .over
            return
        }
        guard tally.isGood else {
            stop(.halted(Halt(.waveGate, tally.arithmetic)), now: now)
            return
        }
        if let last = scope?.stopAfterWave, tally.wave >= last {
            stop(.stopped(.stopAfterWave), now: now)
            return
        }
        nextWave = next
        stage = .soaking(until: now.instant + settings.waveSoak)
        pending.notices.append(.waveSoaks(tally.wave, seconds: settings.waveSoak.seconds))
    }

    /// Counts the projects that have ended, and halts when too many ended badly.
    mutating func count(_ records: [JournalEntry], isAcceptedUnknown: Bool, now: Now) {
        guard scope != nil else { return }
        for case .outcome(_, let outcome) in records {
            // The gate only reads what was counted as good.
            if stage == .rereading { scope?.budget.reopened(.changed) }
            scope?.budget.ended(
                outcome.result, isAccepted: isAcceptedUnknown && outcome.result == .unknown)
        }
        guard let scope, scope.budget.isSpent, scope.toDo > 0 || !inPlay.isEmpty else { return }
        haltForBudget(now: now)
    }

    private mutating func haltForBudget(now: Now) {
        guard let arithmetic = scope?.budget.arithmetic else { return }
        stop(.halted(Halt(.failureBudget, arithmetic)), now: now)
    }
}
