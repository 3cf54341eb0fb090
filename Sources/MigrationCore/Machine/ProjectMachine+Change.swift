import AtlasAPI

/// The change: what the end of a PATCH means.
extension ProjectMachine {
    mutating func patchEnded(_ end: CallEnd, now: Now, dice: inout Dice) -> [JournalEntry] {
        switch end {
        case .succeeded(_, let status): return accepted(status, now: now)
        case .failed(let verdict, let failure), .outage(let verdict, let failure):
            return ended(verdict, failure, now: now) + notTaken(verdict, failure, now: now, dice: &dice)
        case .heldBack(let verdict, let failure):
            return ended(verdict, failure, now: now) + lookAgain(at: now.instant, now: now)
        case .denied(let failure):
            return ended(.unauthorised, failure, now: now) + fail(.refused, failure, now: now)
        }
    }

    private mutating func ended(_ verdict: Verdict, _ failure: Failure?, now: Now) -> [JournalEntry] {
        history.end(verdict, failure)
        return [.attemptEnded(ordinal: ordinal, number: history.lastNumber, verdict, failure, at: now.wall)]
    }

    private mutating func accepted(_ status: Int, now: Now) -> [JournalEntry] {
        let end = ended(.accepted, Failure(status: status, code: nil, detail: nil), now: now)
        guard settings.verifies else { return end + finish(.changed, verified: .accepted, now: now) }
        state = .checking
        restartCheck(until: now.instant + settings.verifyPatience)
        read(.check, at: now.instant)
        return end
    }

    private mutating func notTaken(
        _ verdict: Verdict, _ failure: Failure, now: Now, dice: inout Dice
    ) -> [JournalEntry] {
        if verdict == .refused { return fail(.refused, failure, now: now) }
        if verdict.isBoundByPropagation {
            let since = propagationSince ?? now.instant
            propagationSince = since
            // Judged by an answer that comes after the patience: looks that hang may have eaten the time between.
            isPropagationSpent = now.instant - since >= settings.propagationPatience
        }
        unsentSince = verdict == .notSent ? unsentSince ?? now.instant : nil
        // With an unknown outcome the look comes before the end; a definite one needs none.
        if verdict.isDefinite, let reason = spent(now: now.instant) {
            return fail(reason, failure, now: now)
        }
        failuresInRow += 1
        let floor = max(failure.retryAfter ?? .zero, verdict.isDefinite ? .zero : settings.settleTime)
        let delay = Backoff(base: verdict.backoffBase ?? settings.backoffBase, cap: settings.backoffCap)
            .delay(afterFailures: failuresInRow, floor: floor, dice: &dice)
        return lookAgain(at: now.instant + delay, now: now)
    }

    /// The last PATCH came to nothing and none may follow. An earlier one without an answer may have been applied
    /// all the same, behind a stale look: then a last look decides.
    private mutating func fail(_ reason: Reason, _ failure: Failure, now: Now) -> [JournalEntry] {
        guard history.mayHaveApplied, !isDraining else {
            return finishUnlessOpen(.failed, reason, failure: failure, now: now)
        }
        conclusion = (reason, failure)
        return lookAgain(at: now.instant + settings.settleTime, now: now)
    }

    private mutating func lookAgain(at time: Instant, now: Now) -> [JournalEntry] {
        state = .looking
        restartCheck(until: nil)
        read(.look, at: time)
        return isDraining ? drain(now: now) : []
    }

    /// Why no further PATCH may leave, or nil while one may.
    func spent(now: Instant) -> Reason? {
        if isPropagationSpent { return .propagationTimeout }
        if history.boundAttempts >= settings.maxAttempts { return .attemptsExhausted }
        for verdict in Verdict.allCases {
            if let further = verdict.furtherTries, history.count(verdict) > further {
                return .attemptsExhausted
            }
        }
        if let unsentSince, now - unsentSince >= settings.outagePatience { return .attemptsExhausted }
        return nil
    }
}
