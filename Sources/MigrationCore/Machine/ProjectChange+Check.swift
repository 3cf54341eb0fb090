import AtlasAPI

/// The check: a 200 is not success. Success reads as wanted, has a working key, and nothing else moved.
extension ProjectChange {
    private static let longestCheckWait: Duration = .seconds(15)
    /// A read may be stale (facts 2.5), the next may show the key as not working yet, and one that hangs may eat the
    /// whole patience: fewer reads of the same kind than this decide nothing against a project.
    private static let leastReads = 3
    /// Servers that never agree are not waited for for ever.
    private static let mostReads = 20

    mutating func checked(_ live: EncryptionState, now: Now) -> Move {
        if checkUntil == nil { checkUntil = now.instant + settings.verifyPatience }
        let isWanted = change.isWanted(live)
        if isWanted != checkSawWanted { checkReads = 0 }
        checkSawWanted = isWanted
        checkReads += 1
        checkReadsInAll += 1
        let isValid = live.single?.isValid == true
        let isDead = live.hasDeadKey
        let collateral = isWanted ? change.collateral(in: live) : []
        if isWanted, isValid, collateral.isEmpty { return finish(.changed, verified: .valid, now: now) }

        var records: [JournalRecord] = []
        if isWanted, !history.sawWanted {
            history.sawWanted = true
            records.append(.project(ordinal, .sawWanted(number: history.lastNumber)))
        }
        if isWanted, isDead, !sawDeadKey {
            sawDeadKey = true
            let until = now.wall + settings.verifyPatience.nanoseconds / 1_000_000
            records.append(.project(ordinal, .sawDeadKey(at: now.wall, until: until)))
        }
        let move =
            isCheckOver(now.instant)
            ? checkEnded(live, isWanted: isWanted, isDead: isDead, now: now)
            : readLater(checkStep, now: now)
        return move.after(records)
    }

    /// A read of the check came to nothing, five times or for good. The check has its own patience, which begins with
    /// its first read, also with one that fails.
    mutating func unchecked(_ step: Step, _ verdict: Verdict, _ failure: Failure, now: Now) -> Move {
        if checkUntil == nil { checkUntil = now.instant + settings.verifyPatience }
        guard verdict.treatment.bound != .permanent, !isPatienceOver(now.instant) else {
            return finish(.unknown, .stillOld, failure: failure, now: now)
        }
        return .retry(step, verdict, failure, latest: checkUntil)
    }

    /// Reads again after a growing wait; when the patience ends before the wait does, then.
    mutating func readLater(_ step: Step, now: Now) -> Move {
        let next = now.instant + checkWait
        checkWait = min(checkWait + checkWait, Self.longestCheckWait)
        return .call(step, at: isPatienceOver(now.instant) ? next : min(next, checkUntil ?? next))
    }

    /// Begins the patience of a check anew; nil: with its first read.
    mutating func restartCheck(until: Instant?) {
        checkUntil = until
        checkReads = 0
        checkReadsInAll = 0
        checkSawWanted = false
        checkWait = settings.firstCheckWait
    }

    func isPatienceOver(_ now: Instant) -> Bool { checkUntil.map { now >= $0 } ?? false }

    func isCheckOver(_ now: Instant) -> Bool {
        isPatienceOver(now) && (checkReads >= Self.leastReads || checkReadsInAll >= Self.mostReads)
    }

    private func checkEnded(_ live: EncryptionState, isWanted: Bool, isDead: Bool, now: Now) -> Move {
        guard isWanted else {
            let old = change.drift(of: live).isEmpty
            return finish(
                .unknown, old ? .stillOld : .outcomeUnknown,
                detail: old ? "it still reads as before" : "it reads neither as before nor as wanted",
                now: now)
        }
        let moved = change.collateralTexts(in: live)
        if isDead {
            let detail = (["it reads as wanted, but Atlas can't use the key"] + moved).joined(separator: "; ")
            return finish(.failed, .notValidAfterChange, verified: .readBack, detail: detail, now: now)
        }
        let detail = moved.isEmpty ? "no provider is enabled any more" : moved.joined(separator: "; ")
        return finish(.failed, .collateralChange, verified: .readBack, detail: detail, now: now)
    }
}
