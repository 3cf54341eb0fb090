import AtlasAPI

/// What the end of a request means for the run; what is left of it is the project's.
extension Engine {
    /// Atlas announces the end of an API version with these headers (RFC 8594, RFC 9745; Atlas's versioning page).
    mutating func noteSunset(_ reply: Reply) {
        guard !hasToldSunset, case .answered(let answer) = reply, let sunset = answer.sunset else { return }
        hasToldSunset = true
        pending.notices.append(.sunset(sunset))
    }

    mutating func projectEnded(_ ordinal: Int, _ reply: Reply, now: Now) {
        guard var entry = inPlay[ordinal], case .call(let step, let endpoint, _) = entry.work.wish else {
            return
        }
        entry.flight = nil
        inPlay[ordinal] = entry
        let judgement = judge(ordinal, endpoint, isChange: step.isChange, reply, now: now)
        let (verdict, failure) = (judgement.verdict, judgement.failure)
        if verdict.treatment.passes { inPlay[ordinal]?.hadTransientFailure = true }
        let isDoubtful = noteOutage(verdict, failure, ordinal, now: now)
        if step.isChange { noteRefusal(verdict, failure, ordinal, now: now) }
        if case .answered = reply {
            let isChange = step.isChange
            if verdict != .throttled { holds.succeed(endpoint.bucket, isChange: isChange, now: now.instant) }
            // Reads go on during a maintenance of the writes, so only an answer to a PATCH ends it.
            if verdict != .maintenance {
                maintenance.succeed(.everything, isChange: isChange, now: now.instant)
            }
        }

        guard let failure else {
            if case .answered(let answer) = reply {
                tell(ordinal, .succeeded(judgement.body, status: answer.status), now: now)
            }
            return
        }
        switch verdict {
        case .throttled: throttled(ordinal, endpoint, failure, isChange: step.isChange, now: now)
        case .maintenance: maintenanceBegan(ordinal, failure, isChange: step.isChange, now: now)
        case .staleChallenge: tell(ordinal, .heldBack(verdict, failure), now: now)
        case .unauthorised:
            if end != nil || access.challenged(generation: entry.generation) {
                tell(ordinal, .heldBack(verdict, failure), now: now)
            } else {
                inPlay[ordinal]?.parked = .unauthorised(failure)
            }
        case .secretUnavailable:
            stop(.environment("a secret can't be read: \(failure.detail ?? "")"), now: now)
            tell(ordinal, .heldBack(verdict, failure), now: now)
        case .accessList:
            stop(.accessRefused(failure.summary), now: now)
            tell(ordinal, .heldBack(verdict, failure), now: now)
        case .version:
            stop(.halted(Halt(.apiVersion, failure.summary)), now: now)
            tell(ordinal, .heldBack(verdict, failure), now: now)
        default:
            holdAsAsked(ordinal, endpoint, verdict, failure, isChange: step.isChange, now: now)
            // What a PATCH came to is known at once, whoever is to blame; the look after it waits.
            if step.isChange || !verdict.treatment.suggestsOutage || end != nil {
                tell(ordinal, .failed(verdict, failure), now: now)
            } else if isDoubtful {
                inPlay[ordinal]?.parked = .doubtful(verdict, failure)
            } else {
                tell(
                    ordinal, breaker.isOpen ? .outage(verdict, failure) : .failed(verdict, failure), now: now)
            }
        }
    }

    /// The table's verdict; but a server that calls every challenge stale must not make the run spin.
    private mutating func judge(
        _ ordinal: Int, _ endpoint: Endpoint, isChange: Bool, _ reply: Reply, now: Now
    ) -> RetryTable.Judgement {
        let counter = isChange ? \InPlay.staleChanges : \InPlay.staleReads
        var judgement = RetryTable.judge(
            reply, of: endpoint, roleIsYoung: inPlay[ordinal]?.work.roleIsYoung == true, receivedAt: now.wall)
        guard judgement.verdict == .staleChallenge else {
            inPlay[ordinal]?[keyPath: counter] = 0
            return judgement
        }
        let count = (inPlay[ordinal]?[keyPath: counter] ?? 0) + 1
        inPlay[ordinal]?[keyPath: counter] = count
        if count > Self.staleChallengeLimit { judgement.verdict = .unauthorised }
        return judgement
    }

    /// - Returns: whether the identity probe has been asked whose trouble it is.
    private mutating func noteOutage(
        _ verdict: Verdict, _ failure: Failure?, _ ordinal: Int, now: Now
    ) -> Bool {
        // A secret that can't be read here says nothing of the server.
        if verdict == .secretUnavailable { return false }
        // Nor does a limiter that is none of Atlas's say that Atlas is there.
        if verdict == .throttled, failure?.code == nil { return false }
        guard verdict.treatment.suggestsOutage, let failure else {
            noteEnd(ofOutage: breaker.completed())
            return false
        }
        let finding = breaker.failed(
            ordinal, isConnection: verdict == .notSent, backoff: backoff, now: now.instant)
        let isAsked = finding.isDoubtful && access.suspectOutage(now: now.instant)
        guard let lasted = finding.lasted else { return isAsked }
        outageSeen(failure)
        if lasted >= settings.outagePatience { haltForOutage(failure.summary, now: now) }
        return isAsked
    }

    private mutating func outageSeen(_ failure: Failure) {
        lastOutage = failure.summary
        guard breaker.isConfirmed, !hasToldOutage else { return }
        hasToldOutage = true
        pending.notices.append(.outageBegan(failure.summary, isForeign: failure.isForeign))
    }

    private mutating func noteEnd(ofOutage isOver: Bool) {
        guard isOver else { return }
        if hasToldOutage { pending.notices.append(.outageEnded) }
        hasToldOutage = false
        schedule.restartSlowly()
    }

    private mutating func noteRefusal(
        _ verdict: Verdict, _ failure: Failure?, _ ordinal: Int, now: Now
    ) {
        guard verdict == .refused, let failure else {
            streak.reset()
            return
        }
        if streak.refused(ordinal, failure) {
            stop(.halted(Halt(.sameRefusal, "5 projects in a row: \(failure.summary)")), now: now)
        }
    }

    private mutating func throttled(
        _ ordinal: Int, _ endpoint: Endpoint, _ failure: Failure, isChange: Bool, now: Now
    ) {
        // Only Atlas's own token buckets are known to be one project's; any other limiter may be everybody's.
        let bucket = failure.code == "RATE_LIMITED_TOKEN_BUCKET" ? endpoint.bucket : .everything
        let lasted = refuse(ordinal, bucket, failure, isChange: isChange, .rateLimit, now: now)
        if lasted >= settings.outagePatience {
            stop(.halted(Halt(.rateLimit, failure.summary)), now: now)
        }
        tell(ordinal, .heldBack(.throttled, failure), now: now)
    }

    /// `Retry-After` with anything else that passes, such as a 503: the bucket stays shut for so long, so that the
    /// patience binds that wait too.
    private mutating func holdAsAsked(
        _ ordinal: Int, _ endpoint: Endpoint, _ verdict: Verdict, _ failure: Failure, isChange: Bool, now: Now
    ) {
        guard verdict.treatment.passes, let asked = failure.retryAfter, asked > .zero else { return }
        refuse(ordinal, endpoint.bucket, failure, isChange: isChange, .outage, now: now)
    }

    /// - Returns: how long the bucket has refused.
    @discardableResult
    private mutating func refuse(
        _ ordinal: Int, _ bucket: RateBucket, _ failure: Failure, isChange: Bool, _ cause: Halt.Cause,
        now: Now
    ) -> Duration {
        let before = holds.hold(bucket, now: now.instant)?.until
        let lasted = holds.refuse(
            bucket, isChange: isChange, floor: failure.retryAfter, backoff: backoff, now: now.instant,
            dice: &dice, cause: cause, summary: failure.summary)
        if let hold = holds.hold(bucket, now: now.instant), hold.until != before {
            note(bucket.place, ordinal, until: hold.until, since: hold.since, failure, now: now)
        }
        return lasted
    }

    private mutating func maintenanceBegan(
        _ ordinal: Int, _ failure: Failure, isChange: Bool, now: Now
    ) {
        let wasHeld = maintenance.opens(.everything, now: now.instant) != nil
        let lasted = maintenance.refuse(
            .everything, isChange: isChange, floor: failure.retryAfter, backoff: backoff, now: now.instant,
            dice: &dice, cause: .maintenance, summary: failure.summary)
        if let hold = maintenance.hold(.everything, now: now.instant) {
            note(.maintenance, ordinal, until: hold.until, since: hold.since, failure, now: now)
        }
        if !wasHeld { pending.notices.append(.maintenanceBegan) }
        if lasted >= settings.outagePatience {
            stop(.halted(Halt(.maintenance, failure.summary)), now: now)
        }
        tell(ordinal, .heldBack(.maintenance, failure), now: now)
    }

    mutating func accessEnded(_ call: Access.Call, _ reply: Reply, now: Now) {
        if call == .revoke {
            // Best effort: the token ends by itself within the hour.
            phase = .finished(end ?? .completed)
            return
        }
        for news in access.ended(call, reply, now: now, dice: &dice) {
            switch news {
            case .held(let until, let since, let failure):
                // A job has its rows from 1 on; whose request it was does not matter here.
                note(.access, max(1, order.first ?? 1), until: until, since: since, failure, now: now)
            case .renewed:
                pending.notices.append(.tokenRenewed)
                release(now: now) { .heldBack(.unauthorised, $0) }
            case .acquitted: release(now: now) { .denied($0) }
            case .present:
                noteEnd(ofOutage: breaker.cleared())
                releaseDoubtful(now: now)
            case .absent(let failure):
                breaker.probeFailed(backoff: backoff, now: now.instant)
                outageSeen(failure)
                releaseDoubtful(now: now)
            case .organisation(let found): bind(to: found, now: now)
            case .ended(let end): stop(end, now: now)
            }
        }
    }

    private mutating func release(now: Now, _ end: (Failure) -> CallEnd) {
        for ordinal in order {
            guard case .unauthorised(let failure)? = inPlay[ordinal]?.parked else { continue }
            explain(ordinal, end(failure), now: now)
        }
    }

    /// Each project's own trouble, unless there is an outage.
    private mutating func releaseDoubtful(now: Now) {
        for ordinal in order {
            guard case .doubtful(let verdict, let failure)? = inPlay[ordinal]?.parked else { continue }
            explain(ordinal, breaker.isOpen ? .outage(verdict, failure) : .failed(verdict, failure), now: now)
        }
    }

    private mutating func bind(to found: OrganisationID, now: Now) {
        if let organisation {
            guard organisation != found else { return }
            let text = "the credentials belong to organisation \(found), this run is for \(organisation)"
            stop(.wrongOrganisation(text), now: now)
        } else {
            organisation = found
            pending.records.append(.organisation(found))
        }
    }
}
