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
    var pending = Turn()
    /// A `Sunset` or `Deprecation` header has been told of.
    var hasToldSunset = false

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

    package mutating func handle(_ event: Event, now: Now) {
        switch event {
        case .ended(let id, let reply):
            noteSunset(reply)
            switch flights.end(id) {
            case .project(let ordinal): requestEnded(ordinal, reply, now: now)
            case .access(let call): accessEnded(call, reply, now: now)
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
        case .tallied(let tally): if end == nil { take(schedule.tallied(tally, now: now), now: now) }
        case .stopRequested(let cause): stop(.stopped(cause), now: now)
        }
    }

    private mutating func enter(_ item: WorkItem, _ now: Now) {
        schedule.entered(item.standing)
        enter(ProjectChange(item: item, settings: settings), now)
        inPlay[item.ordinal]?.isAcceptedUnknown = item.standing == .acceptedUnknown
    }

    /// What a part has decided.
    mutating func take(_ decision: Decision, now: Now) {
        pending.records += decision.records
        pending.notices += decision.notices
        pending.wants = decision.want
        if let end = decision.end { stop(end, now: now) }
    }

    mutating func enter(_ procedure: any Procedure, _ now: Now) {
        let isNew = inPlay[procedure.ordinal] == nil
        precondition(isNew, "row \(procedure.ordinal) came into play twice")
        let errand = Errand(procedure, now: now.instant)
        inPlay[procedure.ordinal] = InPlay(errand: errand, lookedAt: now.instant)
        arrivals.append(procedure.ordinal)
    }

    /// Nothing new starts from here on; what was changed is looked at once.
    mutating func stop(_ end: RunEnd, now: Now) {
        guard self.end == nil else { return }
        phase = .draining(end)
        schedule.close()
        switch end {
        case .halted(let halt):
            pending.records.append(.run(.halted(halt, at: now.wall)))
            pending.notices.append(.halted(halt))
        case .stopped(let cause): pending.notices.append(.stopping(cause))
        case .accessRefused(let detail), .wrongOrganisation(let detail), .environment(let detail):
            pending.notices.append(.accessRefused(detail))
        case .completed: break
        }
        for ordinal in arrivals {
            switch inPlay[ordinal]?.parked {
            case nil: break
            case .unauthorised(let failure)?: explain(ordinal, .heldBack(.unauthorised, failure), now: now)
            case .doubtful(let verdict, let failure)?: explain(ordinal, .heldBack(verdict, failure), now: now)
            }
            update(ordinal, now: now) { errand, _ in errand.drain(now: now) }
        }
    }

    /// Runs one step of a project's errand and keeps what comes of it.
    mutating func update(
        _ ordinal: Int, now: Now, _ step: (inout Errand, inout Dice) -> [JournalRecord]
    ) {
        guard var entry = inPlay[ordinal] else { return }
        let records = step(&entry.errand, &dice).map { bound($0) }
        pending.records += records
        entry.lookedAt = now.instant
        inPlay[ordinal] = entry
        guard let ending = entry.errand.ending else { return }
        inPlay[ordinal] = nil
        arrivals.removeAll { $0 == ordinal }
        if let project = entry.errand.procedure.subject { gates.forget(project) }
        schedule.left(hadTransientFailure: entry.hadTransientFailure)
        switch ending {
        case .settled(let halt?): stop(.halted(halt), now: now)
        case .uncovered where end == nil: schedule.hasUncovered()
        case .settled(nil), .uncovered, .left: break
        }
        let results = records.compactMap {
            if case .project(_, .outcome(let outcome)) = $0 { outcome.result } else { nil }
        }
        if let end = schedule.count(
            results, isAcceptedUnknown: entry.isAcceptedUnknown, inPlay: inPlay.count)
        {
            stop(end, now: now)
        }
    }

    /// A job is of one organisation: the one of its first read.
    private mutating func bound(_ record: JournalRecord) -> JournalRecord {
        guard case .project(let ordinal, .planned(var item, let at)) = record, let found = item.organisation
        else {
            return record
        }
        guard let organisation else {
            organisation = found
            pending.records.append(.run(.organisation(found)))
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
    mutating func explain(_ ordinal: Int, _ end: CallEnd, now: Now) {
        inPlay[ordinal]?.parked = nil
        tell(ordinal, end, now: now)
    }

    mutating func tell(_ ordinal: Int, _ end: CallEnd, now: Now) {
        update(ordinal, now: now) { errand, dice in errand.ended(end, now: now, dice: &dice) }
    }
}
