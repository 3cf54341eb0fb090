import AtlasAPI

/// May rows come in, and which: waves and their gates, the failure budget, and the slow start (contract section 4).
///
/// ```
/// working ─all ended─▶ tallying ─good─▶ soaking ─▶ rereading ─still right─▶ working on the next wave
///    │                    ├─ not good ─▶ halt       └─ not right ─▶ halt
///    └─ no waves ─▶ over ◀┴─ it was the last
/// ```
struct Schedule: Sendable {
    private enum Stage: Hashable, Sendable {
        case working
        /// The row source is counting.
        case tallying
        case soaking(wave: Int, until: Instant, next: Int)
        case rereading(wave: Int, next: Int)
        /// Nothing is left to start.
        case over
    }

    private let concurrency: Int
    private let soak: Duration
    /// nil: nothing is changed, and none of its rules bind.
    private var scope: RunScope?
    private var slowStart = SlowStart()
    private var stage = Stage.working
    /// The wave that has been written down as begun.
    private var begunWave: Int?
    private var hasMoreRows = true

    init(_ scope: RunScope?, settings: RunSettings) {
        self.scope = scope
        concurrency = settings.concurrency
        soak = settings.waveSoak
    }

    var changesProjects: Bool { scope != nil }
    /// An outcome of an earlier run is open, and its project has not come into play yet.
    var hasUnknown: Bool { (scope?.unknown ?? 0) > 0 }
    var isOver: Bool { stage == .over }
    var isGate: Bool { if case .rereading = stage { true } else { false } }
    /// The wave that soaks, and until when.
    var soaking: (wave: Int, until: Instant)? {
        if case .soaking(let wave, let until, _) = stage { (wave, until) } else { nil }
    }

    /// Requests for projects at a time.
    var flightLimit: Int { scope == nil ? concurrency : min(concurrency, slowStart.limit) }

    /// How many more projects may come into play.
    private func room(inPlay: Int) -> Int {
        guard let scope else { return max(0, concurrency - inPlay) }
        // One that is counted as a failure already may always come in; the sum stays the same.
        if scope.unknown > 0 { return max(0, min(flightLimit - inPlay, scope.unknown)) }
        return max(0, min(flightLimit, scope.budget.room) - inPlay)
    }

    /// What to ask of the rows; goes on to the next stage where the present one is done.
    mutating func next(inPlay: Int, now: Now) -> Decision {
        switch stage {
        case .working: return nextRows(inPlay: inPlay, now: now)
        case .tallying, .over: return Decision()
        case .soaking(let wave, let until, let next):
            guard now.instant >= until else { return Decision() }
            stage = .rereading(wave: wave, next: next)
            hasMoreRows = true
            return nextRereads(wave, before: next, inPlay: inPlay, now: now)
        case .rereading(let wave, let next):
            return nextRereads(wave, before: next, inPlay: inPlay, now: now)
        }
    }

    private mutating func nextRows(inPlay: Int, now: Now) -> Decision {
        var move = Decision()
        if let wave = scope?.wave, begunWave != wave {
            begunWave = wave
            move.records = [.run(.waveBegan(wave, at: now.wall))]
            move.notices = [.waveBegan(wave)]
        }
        if scope?.toDo == 0 { hasMoreRows = false }
        if hasMoreRows, let scope, scope.budget.isSpent, scope.unknown == 0, scope.toDo > 0, inPlay == 0 {
            move.end = Self.halt(scope)
        } else if hasMoreRows {
            let room = room(inPlay: inPlay)
            if room > 0 { move.want = .rows(room, wave: scope?.wave) }
        } else if inPlay == 0 {
            move.want = scope?.wave.map { .tally(wave: $0) }
            stage = scope?.wave == nil ? .over : .tallying
        }
        return move
    }

    private mutating func nextRereads(_ wave: Int, before next: Int, inPlay: Int, now: Now) -> Decision {
        if hasMoreRows {
            let room = min(flightLimit, scope?.budget.room ?? 0) - inPlay
            return Decision(want: room > 0 ? .rereads(room, wave: wave) : nil)
        }
        guard inPlay == 0 else { return Decision() }
        scope?.wave = next
        stage = .working
        hasMoreRows = true
        slowStart.restart()
        var move = nextRows(inPlay: inPlay, now: now)
        move.records.insert(.run(.wavePassed(wave, at: now.wall)), at: 0)
        return move
    }

    /// Rows have come in as asked; `isLast`: there are no more.
    mutating func loaded(isLast: Bool) { hasMoreRows = !isLast }

    /// A project that is to be changed has come into play.
    mutating func entered(_ standing: WorkItem.Standing) {
        scope?.toDo -= 1
        if standing == .unknown { scope?.unknown -= 1 }
        if standing != .pending {
            scope?.budget.reopened(.unknown, isAccepted: standing == .acceptedUnknown)
        }
    }

    /// An answer showed that there may be more rows than were known.
    mutating func hasUncovered() { hasMoreRows = true }

    /// Nothing new starts.
    mutating func close() { hasMoreRows = false }

    /// Atlas is back: not all at once.
    mutating func restartSlowly() { slowStart.restart() }

    mutating func tallied(_ tally: WaveTally, now: Now) -> Decision {
        guard let next = tally.next else {
            stage = .over
            return Decision()
        }
        guard tally.isGood else { return Decision(end: .halted(Halt(.waveGate, tally.arithmetic))) }
        if let last = scope?.stopAfterWave, tally.wave >= last {
            return Decision(end: .stopped(.stopAfterWave))
        }
        stage = .soaking(wave: tally.wave, until: now.instant + soak, next: next)
        return Decision(notices: [.waveSoaks(tally.wave, soak)])
    }

    /// A project has left play.
    mutating func left(hadTransientFailure: Bool) {
        slowStart.ended(hadTransientFailure: hadTransientFailure)
    }

    /// Counts the results of projects that have ended.
    /// - Parameter inPlay: how many are still in play.
    /// - Returns: the end of the run when too many ended badly.
    mutating func count(_ results: [ProjectResult], isAcceptedUnknown: Bool, inPlay: Int) -> RunEnd? {
        guard scope != nil else { return nil }
        for result in results {
            // The gate only reads what was counted as good.
            if isGate { scope?.budget.reopened(.changed) }
            scope?.budget.ended(result, isAccepted: isAcceptedUnknown && result == .unknown)
        }
        guard let scope, scope.budget.isSpent, scope.toDo > 0 || inPlay > 0 else { return nil }
        return Self.halt(scope)
    }

    private static func halt(_ scope: RunScope) -> RunEnd {
        .halted(Halt(.failureBudget, scope.budget.arithmetic))
    }
}
