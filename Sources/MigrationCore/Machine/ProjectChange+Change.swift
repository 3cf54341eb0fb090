package import AtlasAPI

/// The change: what the end of a PATCH means.
extension ProjectChange {
    package mutating func changed(_ end: CallEnd, now: Now) -> Move {
        switch end {
        case .succeeded(let json, let status): return accepted(json, status, now: now)
        case .failed(let verdict, let failure), .outage(let verdict, let failure):
            let record = ended(verdict, failure, now: now)
            return notTaken(verdict, failure, now: now).after([record])
        case .heldBack(let verdict, let failure):
            let record = ended(verdict, failure, now: now)
            return lookAgain(.call(lookStep, at: now.instant, [record]))
        case .denied(let failure):
            let record = ended(.unauthorised, failure, now: now)
            return fail(.refused, failure, now: now).after([record])
        }
    }

    private mutating func ended(_ verdict: Verdict, _ failure: Failure?, now: Now) -> JournalRecord {
        history.end(verdict, failure)
        return .project(ordinal, .attemptEnded(number: history.lastNumber, verdict, failure, at: now.wall))
    }

    private mutating func accepted(_ json: JSONValue?, _ status: Int, now: Now) -> Move {
        let failure = Failure(status: status, .atlas(code: nil))
        let record = ended(.accepted, failure, now: now)
        guard !settings.verifies else {
            restartCheck(until: now.instant + settings.verifyPatience)
            return .call(checkStep, at: now.instant, [record])
        }
        // The answer is all that there is to go by, so it must at least be Atlas's; a resume looks.
        guard let oddity = Self.oddity(of: json) else {
            return finish(.changed, verified: .accepted, now: now).after([record])
        }
        let detail = "HTTP \(status), but \(oddity); without a check nobody can say"
        return finish(.unknown, .outcomeUnknown, failure: failure, detail: detail, now: now).after([record])
    }

    /// Why the body of a 2xx can't be the one that Atlas answers a PATCH with: the state, with all three providers.
    private static func oddity(of json: JSONValue?) -> String? {
        guard let json else { return "its body is not JSON" }
        guard let members = json.object else { return "its body is not an object" }
        let missing = Provider.allCases.map(\.rawValue).filter { members[$0]?.object == nil }
        guard missing.isEmpty else { return "its body has no \(missing.joined(separator: ", no "))" }
        return EncryptionState(json) == nil ? "its body has a member of a wrong type" : nil
    }

    private mutating func notTaken(_ verdict: Verdict, _ failure: Failure, now: Now) -> Move {
        if verdict == .refused { return fail(.refused, failure, now: now) }
        if verdict.treatment.bound == .propagation {
            let since = propagationSince ?? now.instant
            propagationSince = since
            // Judged by an answer that comes after the patience: looks that hang may have eaten the time between.
            isPropagationSpent = now.instant - since >= settings.propagationPatience
        }
        unsentSince = verdict == .notSent ? unsentSince ?? now.instant : nil
        if verdict.treatment.effect == .none, let reason = spent(now: now.instant) {
            return fail(reason, failure, now: now)
        }
        let isSpreading = verdict.treatment.bound == .propagation
        let latest = isSpreading ? propagationSince.map { $0 + settings.propagationPatience } : nil
        return lookAgain(.retry(lookStep, verdict, failure, latest: latest))
    }

    /// The last PATCH came to nothing and none may follow. One that arrived may have been applied all the same, behind
    /// a refusal or a stale look: then a last look decides. A refusal for good is believed.
    private mutating func fail(_ reason: Reason, _ failure: Failure, now: Now) -> Move {
        guard history.hasArrived else { return finish(.failed, reason, failure: failure, now: now) }
        conclusion = (reason, failure)
        return lookAgain(.call(lookStep, at: now.instant + settings.settleTime))
    }

    private mutating func lookAgain(_ move: Move) -> Move {
        restartCheck(until: nil)
        return move
    }

    /// Why no further PATCH may leave, or nil while one may.
    func spent(now: Instant) -> Reason? {
        if isPropagationSpent { return .propagationTimeout }
        if history.boundAttempts >= settings.maxAttempts { return .attemptsExhausted }
        for verdict in Verdict.allCases {
            if case .tries(let further) = verdict.treatment.bound, history.count(verdict) > further {
                return .attemptsExhausted
            }
        }
        if let unsentSince, now - unsentSince >= settings.outagePatience { return .attemptsExhausted }
        return nil
    }
}
