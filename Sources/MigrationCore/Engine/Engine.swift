package import AtlasAPI

/// Turns events into records and requests; pure: no clock, no I/O, no randomness of its own.
///
/// The same engine reads the projects for the plan and changes them: only the projects' machines differ. Memory
/// does not grow with the fleet: it holds at most `concurrency` projects and asks for the next rows.
package struct Engine: Sendable {
    struct InPlay: Sendable {
        var errand: Errand
        var flight: RequestID?
        /// The token generation that the request in flight left with.
        var generation = 0
        /// A failure that nobody has explained yet.
        var parked: Parked?
        /// When the look that allows the PATCH came in.
        var lookedAt: Instant
        /// Some answer was a passing failure; its end does not speed the start up.
        var hadTransientFailure = false
        var isAcceptedUnknown = false
    }

    /// A failure of which the identity probe tells whose it is.
    enum Parked: Sendable {
        case unauthorised(Failure)
        /// As in an outage.
        case doubtful(Verdict, Failure)
    }

    /// How long a look allows the PATCH that follows it; with a slow pace the wait can be longer.
    static let lookLife: Duration = .seconds(30)
    /// Revoking is courtesy; the token ends by itself within the hour.
    static let revokePatience: Duration = .seconds(5)

    let settings: RunSettings
    /// What the job or the user says; nil: not bound yet.
    var organisation: OrganisationID?
    var access: Access
    var dice: Dice
    var gates: Gates
    var schedule: Schedule

    var inPlay: [Int: InPlay] = [:]
    /// Ordinals in the order in which they came into play.
    var arrivals: [Int] = []
    var flights = Flights()
    var phase = RunPhase.running
    /// A `Sunset` or `Deprecation` header has been told of.
    var hasToldSunset = false
    /// A project has left play with an open outcome.
    var hasLeftOpen = false

    /// `scope`: for a run that changes projects; nil for one that only reads.
    package init(
        credentials: Credentials, organisation: OrganisationID?, settings: RunSettings,
        scope: RunScope? = nil, seed: UInt64
    ) {
        self.settings = settings
        self.organisation = organisation
        schedule = Schedule(scope, settings: settings)
        access = Access(credentials, settings: settings)
        dice = Dice(seed: seed)
        gates = Gates(settings)
    }

    /// Why no new work starts; nil while it does.
    package var end: RunEnd? { phase.end }
    /// Everything is written and closed.
    package var isFinished: Bool { phase.isFinished }
    /// Requests under way, for the progress line.
    package var requestsInFlight: Int { flights.count }
    package var projectsInPlay: Int { inPlay.count }
    package func isInPlay(_ ordinal: Int) -> Bool { inPlay[ordinal] != nil }

    /// Decides what follows from what has happened since the last turn.
    /// - Parameter now: after all of it; the turn's records, requests and waits are of this moment.
    package mutating func turn(after events: [Event], now: Now) -> Turn {
        var turn = Turn(now: now)
        for event in events { handle(event, &turn) }
        decide(&turn)
        return turn
    }

    private mutating func handle(_ event: Event, _ turn: inout Turn) {
        let now = turn.now
        switch event {
        case .held(let holds): keep(holds, &turn)
        case .ended(let id, let reply):
            noteSunset(reply, &turn)
            switch flights.end(id) {
            case .project(let ordinal): requestEnded(ordinal, reply, &turn)
            case .access(let call): accessEnded(call, reply, &turn)
            }
        case .loadedReads(let items, let isLast):
            schedule.loaded(isLast: isLast)
            for item in items {
                enter(
                    ProjectReading(
                        ordinal: item.ordinal, project: item.project, purpose: .plan(item.decision),
                        settings: settings), now)
            }
        case .loadedWork(let items, let isLast):
            schedule.loaded(isLast: isLast)
            for item in items { enter(item, now) }
        case .loadedRereads(let items, let isLast):
            schedule.loaded(isLast: isLast)
            for item in items {
                enter(Reread(item: item, settings: settings, isGate: schedule.isGate), now)
            }
        case .loaded(let works, let isLast):
            schedule.loaded(isLast: isLast)
            for work in works { enter(work, now) }
        case .tallied(let tally): if end == nil { take(schedule.tallied(tally, now: now), &turn) }
        case .stopRequested(let cause): stop(.stopped(cause), &turn)
        }
    }

    private mutating func enter(_ item: WorkItem, _ now: Now) {
        schedule.entered(item.standing)
        enter(ProjectChange(item: item, settings: settings), now)
        inPlay[item.ordinal]?.isAcceptedUnknown = item.standing == .acceptedUnknown
    }

    /// What a part has decided.
    mutating func take(_ decision: Decision, _ turn: inout Turn) {
        turn.records += decision.records
        turn.notices += decision.notices
        turn.wants = decision.want
        if let end = decision.end { stop(end, &turn) }
    }

    mutating func enter(_ procedure: any Procedure, _ now: Now) {
        let isNew = inPlay[procedure.ordinal] == nil
        precondition(isNew, "row \(procedure.ordinal) came into play twice")
        let errand = Errand(procedure, now: now.instant)
        inPlay[procedure.ordinal] = InPlay(errand: errand, lookedAt: now.instant)
        arrivals.append(procedure.ordinal)
    }

    /// Nothing new starts from here on; what was changed is looked at once.
    mutating func stop(_ end: RunEnd, _ turn: inout Turn) {
        guard self.end == nil else { return }
        phase = .draining(end)
        schedule.close()
        switch end {
        case .halted(let halt):
            turn.records.append(.run(.halted(halt, at: turn.now.wall)))
            turn.notices.append(.halted(halt))
        case .stopped(let cause): turn.notices.append(.stopping(cause))
        case .accessRefused(let detail), .wrongOrganisation(let detail), .environment(let detail):
            turn.notices.append(.accessRefused(detail))
        case .completed: break
        }
        for ordinal in arrivals {
            switch inPlay[ordinal]?.parked {
            case nil: break
            case .unauthorised(let failure)?: explain(ordinal, unexplained(ordinal, failure), &turn)
            case .doubtful(let verdict, let failure)?: explain(ordinal, .heldBack(verdict, failure), &turn)
            }
            update(ordinal, &turn) { errand, now, _ in errand.drain(now: now) }
        }
    }

    /// Runs one step of a project's errand and keeps what comes of it.
    mutating func update(
        _ ordinal: Int, _ turn: inout Turn, _ step: (inout Errand, Now, inout Dice) -> [JournalRecord]
    ) {
        guard var entry = inPlay[ordinal] else { return }
        let records = step(&entry.errand, turn.now, &dice).map { bound($0, &turn) }
        turn.records += records
        entry.lookedAt = turn.now.instant
        inPlay[ordinal] = entry
        guard let ending = entry.errand.ending else { return }
        inPlay[ordinal] = nil
        arrivals.removeAll { $0 == ordinal }
        if let project = entry.errand.procedure.subject { gates.forget(project) }
        schedule.left(hadTransientFailure: entry.hadTransientFailure)
        switch ending {
        case .settled(let halt?): stop(.halted(halt), &turn)
        case .uncovered where end == nil: schedule.hasUncovered()
        case .settled(nil), .uncovered, .left: break
        }
        let results = records.compactMap {
            if case .project(_, .outcome(let outcome)) = $0 { outcome.result } else { nil }
        }
        if results.contains(.unknown) { hasLeftOpen = true }
        if let end = schedule.count(
            results, isAcceptedUnknown: entry.isAcceptedUnknown, inPlay: inPlay.count)
        {
            stop(end, &turn)
        }
    }

    /// A job is of one organisation: the one of its first read.
    private mutating func bound(_ record: JournalRecord, _ turn: inout Turn) -> JournalRecord {
        guard case .project(let ordinal, .planned(var item, let at)) = record, let found = item.organisation
        else {
            return record
        }
        guard let organisation else {
            organisation = found
            turn.records.append(.run(.organisation(found)))
            return record
        }
        guard found != organisation, item.planClass != .blocked else { return record }
        let text = "it belongs to organisation \(found), the job to \(organisation)"
        let live = item.live
        let name = item.liveName
        item = PlanItem.blocked(.noAccess, text)
        (item.live, item.liveName, item.organisation) = (live, name, found)
        return .project(ordinal, .planned(item, at: at))
    }

    /// The end of a parked call.
    mutating func explain(_ ordinal: Int, _ end: CallEnd, _ turn: inout Turn) {
        inPlay[ordinal]?.parked = nil
        tell(ordinal, end, &turn)
    }

    mutating func tell(_ ordinal: Int, _ end: CallEnd, _ turn: inout Turn) {
        update(ordinal, &turn) { errand, now, dice in errand.ended(end, now: now, dice: &dice) }
    }
}
