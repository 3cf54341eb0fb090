import AtlasAPI

/// May this request leave now: the pace, the buckets that servers have closed, Atlas's maintenance, and an outage; and
/// what each answer says of them (contract section 4).
struct Gates: Sendable {
    /// Whose answer it is.
    struct Sender: Sendable {
        var ordinal: Int
        var project: ProjectID?
        var endpoint: Endpoint
        var isChange: Bool
    }

    private let settings: RunSettings
    private let backoff: Backoff
    private var pace: PatchPace
    private var holds = RateHolds()
    private var maintenance = RateHolds()
    private var breaker = OutageBreaker()
    private var streak = RefusalStreak()
    /// Of reads that met a 401 with good credentials.
    private var denials = RefusalStreak()
    private var hasRead = false
    /// The answer, or the lack of one, that an outage showed itself by last.
    private var lastOutage = ""
    private var hasToldOutage = false

    init(_ settings: RunSettings) {
        self.settings = settings
        backoff = Backoff(base: settings.backoffBase, cap: settings.backoffCap)
        pace = PatchPace(interval: settings.patchInterval)
    }

    private var patience: Duration { settings.outagePatience }

    /// While it is so, a PATCH that is due is preceded by a look.
    var isOutage: Bool { breaker.isOpen }

    /// Whether something holds the whole run; no new project comes in then.
    func isShut(now: Instant) -> Bool {
        breaker.isOpen || maintenance.opens(.everything, now: now) != nil
            || holds.opens(.everything, now: now) != nil
    }

    /// - Parameter mayProbe: nothing else is under way, and the run goes on. An outage lets one request through at a
    ///   time, and it is a GET.
    func admits(_ endpoint: Endpoint, mayProbe: Bool, now: Instant) -> Bool {
        guard hold(on: endpoint, now: now) == nil else { return false }
        guard let probeAt = breaker.probeAt else { return true }
        return mayProbe && probeAt <= now
    }

    /// When the pace lets the next PATCH leave; nil: now.
    func paceOpens(now: Instant) -> Instant? { pace.opens(now: now) }
    mutating func spendPace(now: Instant) { pace.spend(now: now) }

    /// A project has left play.
    mutating func forget(_ project: ProjectID) { holds.forget(project) }

    private func hold(on endpoint: Endpoint, now: Instant) -> RateHolds.Hold? {
        [holds.hold(endpoint.bucket, now: now), maintenance.hold(.everything, now: now)]
            .compactMap { $0 }.max { $0.until < $1.until }
    }
}

// MARK: - Time

extension Gates {
    /// When a gate of the whole run may open.
    func wakeTimes(now: Instant) -> [Instant?] {
        [breaker.probeAt, maintenance.opens(.everything, now: now), holds.opens(.everything, now: now)]
    }

    /// When the first patience is over.
    /// - Parameter isIdle: no project's request is under way.
    func patienceEnds(isIdle: Bool, now: Instant) -> Instant? {
        [
            holds.patienceEnds(patience, now: now), maintenance.patienceEnds(patience, now: now),
            isIdle ? breaker.since.map { $0 + patience } : nil,
        ].compactMap { $0 }.min()
    }

    /// How the run ends when a wait has used up its patience: nobody sleeps longer for a server than the user allows.
    func spent(isIdle: Bool, now: Instant) -> RunEnd? {
        if let hold = holds.spent(patience, now: now) ?? maintenance.spent(patience, now: now) {
            return .halted(Halt(hold.cause, hold.summary))
        }
        guard isIdle, let since = breaker.since, since + patience <= now else { return nil }
        return outageLasted()
    }

    private func outageLasted() -> RunEnd {
        let patience = DurationText.format(patience)
        return .halted(Halt(.outage, "no good answer for \(patience): \(lastOutage)"))
    }

    /// What a hold of the whole run makes everybody wait for.
    func waits(now: Instant) -> [Waiting] {
        [holds, maintenance].compactMap { $0.hold(.everything, now: now) }.map(asked)
    }

    /// What a call waits for.
    func wait(for call: Errand.Call, now: Instant) -> Waiting {
        let hold = hold(on: call.endpoint, now: now)
        let paced = call.step.isChange ? pace.opens(now: now) ?? now : now
        let until = max(call.notBefore, hold?.until ?? now, breaker.probeAt ?? now, paced)
        if let hold, hold.until == until { return asked(hold) }
        if let since = breaker.since {
            return Waiting(.outage(lastOutage), until: until, runEnds: since + patience)
        }
        return Waiting(paced == until && paced > now ? .pace : .step(call.step), until: until)
    }

    private func asked(_ hold: RateHolds.Hold) -> Waiting {
        let cause = hold.isAsked ? Waiting.Cause.asked(hold.summary) : .refused(hold.summary)
        return Waiting(cause, until: hold.until, runEnds: hold.patienceEnds(patience))
    }

    /// When something may let a call leave.
    func wakeTimes(for call: Errand.Call, now: Instant) -> [Instant?] {
        [
            call.notBefore, holds.opens(call.endpoint.bucket, now: now),
            call.step.isChange ? pace.opens(now: now) : nil,
        ]
    }
}

// MARK: - What an answer says

extension Gates {
    /// Any answer: a bucket that answers is open.
    mutating func answered(_ sender: Sender, _ verdict: Verdict, now: Instant) {
        let isChange = sender.isChange
        if !isChange, verdict == .accepted { noteRead() }
        if verdict != .throttled { holds.succeed(sender.endpoint.bucket, isChange: isChange, now: now) }
        // Reads go on during a maintenance of the writes, so only an answer to a PATCH ends it.
        if verdict != .maintenance { maintenance.succeed(.everything, isChange: isChange, now: now) }
    }

    /// What an answer, or the lack of one, says of an outage.
    struct OutageNews {
        var decision = Decision()
        /// Whose trouble it is, the identity probe has to tell.
        var isDoubtful = false
        /// Atlas has answered.
        var isPresent = false
        /// An outage just ended.
        var isOver = false
    }

    mutating func noteOutage(
        _ verdict: Verdict, _ failure: Failure?, _ ordinal: Int, now: Instant
    ) -> OutageNews {
        // A secret that can't be read here says nothing of the server.
        if verdict == .secretUnavailable { return OutageNews() }
        // Nor does a limiter that is none of Atlas's say that Atlas is there.
        if verdict == .throttled, failure?.code == nil { return OutageNews() }
        // Nor does a gateway that wants another token.
        if verdict == .unauthorised, failure?.isForeign == true { return OutageNews() }
        guard verdict.treatment.suggestsOutage, let failure else {
            let isOver = breaker.completed()
            return OutageNews(
                decision: isOver ? outageEnded() : Decision(), isPresent: true, isOver: isOver)
        }
        let finding = breaker.failed(ordinal, isConnection: verdict == .notSent, backoff: backoff, now: now)
        guard let lasted = finding.lasted else { return OutageNews(isDoubtful: finding.isDoubtful) }
        var decision = outageSeen(failure)
        if lasted >= patience { decision.end = outageLasted() }
        return OutageNews(decision: decision, isDoubtful: finding.isDoubtful)
    }

    /// The identity probe was answered.
    mutating func atlasIsPresent() -> (decision: Decision, isOver: Bool) {
        let isOver = breaker.cleared()
        return (isOver ? outageEnded() : Decision(), isOver)
    }

    /// The identity probe failed too.
    mutating func atlasIsAbsent(_ failure: Failure, probes: Int, now: Instant) -> Decision {
        breaker.probeFailed(probes, backoff: backoff, now: now)
        return outageSeen(failure)
    }

    private mutating func outageSeen(_ failure: Failure) -> Decision {
        lastOutage = failure.summary
        guard breaker.isConfirmed, !hasToldOutage else { return Decision() }
        hasToldOutage = true
        return Decision(notices: [.outageBegan(failure.summary, isForeign: failure.isForeign)])
    }

    private mutating func outageEnded() -> Decision {
        defer { hasToldOutage = false }
        return Decision(notices: hasToldOutage ? [.outageEnded] : [])
    }

    /// The end of a PATCH: the same permanent refusal of five projects in a row is the run's trouble.
    mutating func noteRefusal(_ verdict: Verdict, _ failure: Failure?, _ ordinal: Int) -> Decision {
        guard verdict == .refused || verdict == .unauthorised, let failure else {
            streak.reset()
            return Decision()
        }
        guard streak.refused(ordinal, failure) else { return Decision() }
        return Decision(end: .halted(Halt(.sameRefusal, "5 projects in a row: \(failure.summary)")))
    }

    /// A 401, and the credentials are good. Of five projects in a row it is the run's trouble; where nothing is
    /// changed, only while no project could be read: a sheet may well hold many of another organisation.
    mutating func noteDenial(_ failure: Failure, _ ordinal: Int, isChange: Bool, changes: Bool) -> Decision {
        if isChange { return noteRefusal(.unauthorised, failure, ordinal) }
        guard denials.refused(ordinal, failure), changes || !hasRead else { return Decision() }
        let text = "5 projects in a row: \(failure.summary)"
        return Decision(end: changes ? .halted(Halt(.sameRefusal, text)) : .accessRefused(text))
    }

    /// A project could be read.
    private mutating func noteRead() {
        denials.reset()
        hasRead = true
    }

    mutating func throttled(_ sender: Sender, _ failure: Failure, now: Now, dice: inout Dice) -> Decision {
        let bucket = failure.isTokenBucket ? sender.endpoint.bucket : .everything
        var (decision, lasted) = refuse(sender, bucket, failure, .rateLimit, now: now, dice: &dice)
        if lasted >= patience { decision.end = .halted(Halt(.rateLimit, failure.summary)) }
        return decision
    }

    /// `Retry-After` with anything else that passes, such as a 503: the bucket stays shut for so long, so that the
    /// patience binds that wait too.
    mutating func holdAsAsked(
        _ sender: Sender, _ verdict: Verdict, _ failure: Failure, now: Now, dice: inout Dice
    ) -> Decision {
        // What a project's own condition asks for is its own wait, and bound by its own tries.
        guard verdict.treatment.subject == .server, let asked = failure.retryAfter, asked > .zero else {
            return Decision()
        }
        return refuse(sender, sender.endpoint.bucket, failure, .outage, now: now, dice: &dice).decision
    }

    /// - Returns: also how long the bucket has refused.
    private mutating func refuse(
        _ sender: Sender, _ bucket: RateBucket, _ failure: Failure, _ cause: Halt.Cause, now: Now,
        dice: inout Dice
    ) -> (decision: Decision, lasted: Duration) {
        let before = holds.hold(bucket, now: now.instant)?.until
        let lasted = holds.refuse(
            bucket, isChange: sender.isChange, floor: failure.retryAfter, patience: patience,
            backoff: backoff, now: now.instant, dice: &dice, cause: cause, summary: failure.summary)
        guard let hold = holds.hold(bucket, now: now.instant), hold.until != before else {
            return (Decision(), lasted)
        }
        let place = bucket.place
        return (
            note(
                place, sender.ordinal, sender.project, until: hold.until, since: hold.since, failure, now: now
            ),
            lasted
        )
    }

    mutating func maintenanceBegan(
        _ sender: Sender, _ failure: Failure, now: Now, dice: inout Dice
    ) -> Decision {
        let wasHeld = maintenance.opens(.everything, now: now.instant) != nil
        let lasted = maintenance.refuse(
            .everything, isChange: sender.isChange, floor: failure.retryAfter, patience: patience,
            backoff: backoff, now: now.instant, dice: &dice, cause: .maintenance, summary: failure.summary)
        var decision = Decision()
        if let hold = maintenance.hold(.everything, now: now.instant) {
            decision = note(
                .maintenance, sender.ordinal, sender.project, until: hold.until, since: hold.since, failure,
                now: now)
        }
        if !wasHeld { decision.notices.append(.maintenanceBegan) }
        if lasted >= patience { decision.end = .halted(Halt(.maintenance, failure.summary)) }
        return decision
    }
}

// MARK: - Holds that outlive the process

extension Gates {
    /// Writes down what a server has asked for and, when it is long, says at once what will happen.
    func note(
        _ place: KeptHold.Place, _ ordinal: Int, _ project: ProjectID?, until: Instant, since: Instant,
        _ failure: Failure, now: Now
    ) -> Decision {
        // A backoff of our own is neither the server's word nor the next process's business.
        guard (failure.retryAfter ?? .zero) > .zero else { return Decision() }
        let length = until - now.instant
        // A millisecond more than nanoseconds would give: never early.
        let wall = now.wall + length.nanoseconds / 1_000_000 + 1
        let hold = KeptHold(
            place: place, ordinal: ordinal, project: project, at: now.wall, until: wall,
            status: failure.status, code: failure.code)
        return Decision(
            records: [.run(.held(hold))],
            notices: [told(length, since: since, failure.summary, now: now.instant)])
    }

    private func told(_ length: Duration, since: Instant, _ summary: String, now: Instant) -> Notice {
        let left = since + patience - now
        return .rateLimited(length, left: left < length ? left : nil, summary)
    }

    /// Takes over what an earlier process of the job wrote down.
    mutating func keep(_ hold: KeptHold, until: Instant, now: Instant) {
        switch hold.place {
        case .maintenance:
            maintenance.restore(
                .everything, until: until, now: now, cause: .maintenance, summary: hold.summary)
        default:
            guard let bucket = hold.bucket else { return }
            holds.restore(
                bucket, until: until, now: now, cause: hold.status == 503 ? .outage : .rateLimit,
                summary: hold.summary)
        }
    }

    /// One line for all holds that were taken over; what the run then waits for it says itself.
    func told(kept left: Duration, _ summary: String, now: Instant) -> Notice {
        told(left, since: now, summary, now: now)
    }
}
