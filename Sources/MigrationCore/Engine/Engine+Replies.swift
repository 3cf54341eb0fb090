import AtlasAPI

/// What the end of a request means for the run; what is left of it is the project's.
extension Engine {
    /// Atlas announces the end of an API version with these headers (RFC 8594, RFC 9745; Atlas's versioning page).
    mutating func noteSunset(_ reply: Reply, _ turn: inout Turn) {
        guard !hasToldSunset, case .answered(let answer) = reply, let sunset = answer.sunset else { return }
        hasToldSunset = true
        turn.notices.append(.sunset(sunset))
    }

    mutating func requestEnded(_ ordinal: Int, _ reply: Reply, _ turn: inout Turn) {
        let now = turn.now
        guard var entry = inPlay[ordinal], let call = entry.errand.call else {
            preconditionFailure("a request of row \(ordinal) ended, and the row has none under way")
        }
        let procedure = entry.errand.procedure
        let judgement = RetryTable.judge(
            reply, of: call.endpoint, roleIsYoung: procedure.roleIsYoung, receivedAt: now.wall)
        let failure = judgement.failure
        var verdict = judgement.verdict
        if verdict == .unauthorised, failure?.isForeign == true,
            end != nil || !access.isWorthANewToken(generation: entry.generation)
        {
            verdict = .transient
        }
        entry.flight = nil
        if verdict.treatment.passes { entry.hadTransientFailure = true }
        inPlay[ordinal] = entry
        let sender = Gates.Sender(
            ordinal: ordinal, project: procedure.subject, endpoint: call.endpoint,
            isChange: call.step.isChange)
        let outage = gates.noteOutage(verdict, failure, ordinal, now: now.instant)
        if outage.isPresent { access.atlasAnswered() }
        let isDoubtful = outage.isDoubtful && access.suspectOutage(now: now.instant)
        take(outage.decision, &turn)
        if outage.isOver { schedule.restartSlowly() }
        // A 401 that waits to be explained is nobody's yet.
        if sender.isChange, verdict != .unauthorised {
            take(gates.noteRefusal(verdict, failure, ordinal), &turn)
        }
        if case .answered(let answer) = reply {
            gates.answered(sender, verdict, now: now.instant)
            if failure == nil {
                tell(ordinal, .succeeded(judgement.body, status: answer.status), &turn)
            }
        }
        if let failure {
            failed(sender, entry.generation, verdict, failure, isDoubtful: isDoubtful, &turn)
        }
    }

    /// Whose trouble it is: the run's, the bucket's, the project's, or that of somebody who is to be found out.
    private mutating func failed(
        _ sender: Gates.Sender, _ generation: Int, _ verdict: Verdict, _ failure: Failure, isDoubtful: Bool,
        _ turn: inout Turn
    ) {
        let (ordinal, now) = (sender.ordinal, turn.now)
        switch verdict {
        case .throttled: take(gates.throttled(sender, failure, now: now, dice: &dice), &turn)
        case .maintenance: take(gates.maintenanceBegan(sender, failure, now: now, dice: &dice), &turn)
        case .staleChallenge: break
        case .unauthorised:
            guard end != nil || access.challenged(generation: generation) else {
                inPlay[ordinal]?.parked = .unauthorised(failure)
                return
            }
            return tell(ordinal, unexplained(ordinal, failure), &turn)
        case .secretUnavailable:
            stop(.environment("a secret can't be read: \(failure.detail ?? "")"), &turn)
        case .accessList: stop(.accessRefused(failure.summary), &turn)
        case .version: stop(.halted(Halt(.apiVersion, failure.summary)), &turn)
        default:
            take(gates.holdAsAsked(sender, verdict, failure, now: now, dice: &dice), &turn)
            // What a PATCH came to is known at once, whoever is to blame; the look after it waits.
            if sender.isChange || !verdict.treatment.suggestsOutage || end != nil {
                tell(ordinal, .failed(verdict, failure), &turn)
            } else if isDoubtful {
                inPlay[ordinal]?.parked = .doubtful(verdict, failure)
            } else {
                tell(ordinal, passing(verdict, failure), &turn)
            }
            return
        }
        tell(ordinal, .heldBack(verdict, failure), &turn)
    }

    mutating func accessEnded(_ call: Access.Call, _ reply: Reply, _ turn: inout Turn) {
        let now = turn.now
        if call == .revoke {
            // Best effort: the token ends by itself within the hour.
            phase = .finished(end ?? .completed)
            return
        }
        for news in access.ended(call, reply, now: now, dice: &dice) {
            switch news {
            case .held(let until, let since, let failure):
                // A job has its rows from 1 on; whose request it was does not matter here.
                let ordinal = max(1, arrivals.first ?? 1)
                take(
                    gates.note(.access, ordinal, nil, until: until, since: since, failure, now: now), &turn
                )
            case .renewed:
                turn.notices.append(.tokenRenewed)
                for (ordinal, failure) in unauthorised {
                    explain(ordinal, unexplained(ordinal, failure), &turn)
                }
            case .acquitted: denied(&turn)
            case .present:
                let (decision, isOver) = gates.atlasIsPresent()
                take(decision, &turn)
                if isOver { schedule.restartSlowly() }
                releaseDoubtful(&turn)
            case .absent(let failure, let probes):
                take(gates.atlasIsAbsent(failure, probes: probes, now: now.instant), &turn)
                releaseDoubtful(&turn)
            case .organisation(let found): bind(to: found, &turn)
            case .ended(let end): stop(end, &turn)
            }
        }
    }

    private var unauthorised: [(ordinal: Int, failure: Failure)] {
        arrivals.compactMap { ordinal in
            guard case .unauthorised(let failure)? = inPlay[ordinal]?.parked else { return nil }
            return (ordinal, failure)
        }
    }

    /// A 401 of which nothing follows: the same call again. Behind a gateway's a change may have been applied.
    func unexplained(_ ordinal: Int, _ failure: Failure) -> CallEnd {
        let isChange = inPlay[ordinal]?.errand.call?.step.isChange == true
        return failure.isForeign && isChange
            ? .failed(.transient, failure) : .heldBack(.unauthorised, failure)
    }

    /// The credentials are good, so each of the 401s that wait is its project's own; those of many in a row are the
    /// run's, and then nothing of the projects.
    private mutating func denied(_ turn: inout Turn) {
        let waiting = unauthorised
        for (ordinal, failure) in waiting {
            let isChange = inPlay[ordinal]?.errand.call?.step.isChange == true
            take(
                gates.noteDenial(failure, ordinal, isChange: isChange, changes: schedule.changesProjects),
                &turn)
        }
        // A run that stops has explained them already.
        for (ordinal, failure) in waiting where inPlay[ordinal]?.parked != nil {
            explain(ordinal, .denied(failure), &turn)
        }
    }

    /// The project's own trouble, unless there is an outage.
    private func passing(_ verdict: Verdict, _ failure: Failure) -> CallEnd {
        gates.isOutage ? .outage(verdict, failure) : .failed(verdict, failure)
    }

    private mutating func releaseDoubtful(_ turn: inout Turn) {
        for ordinal in arrivals {
            guard case .doubtful(let verdict, let failure)? = inPlay[ordinal]?.parked else { continue }
            explain(ordinal, passing(verdict, failure), &turn)
        }
    }

    private mutating func bind(to found: OrganisationID, _ turn: inout Turn) {
        if let organisation {
            guard organisation != found else { return }
            let text = "the credentials belong to organisation \(found), this run is for \(organisation)"
            stop(.wrongOrganisation(text), &turn)
        } else {
            organisation = found
            turn.records.append(.run(.organisation(found)))
        }
    }
}
