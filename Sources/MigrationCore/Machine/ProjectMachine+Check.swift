import AtlasAPI

/// The check: a 200 is not success. Success reads as wanted, has a working key, and nothing else moved.
extension ProjectMachine {
    private static let longestCheckWait: Duration = .seconds(15)

    mutating func checked(_ live: EncryptionState, now: Now) -> [JournalEntry] {
        state = .checking
        if checkUntil == nil { checkUntil = now.instant + settings.verifyPatience }
        let isWanted = change.isWanted(live)
        let isValid = live.single?.isValid == true
        let collateral = isWanted ? change.collateral(in: live) : []
        if isWanted, isValid, collateral.isEmpty { return finish(.changed, verified: .valid, now: now) }

        var records: [JournalEntry] = []
        if isWanted, !history.sawWanted {
            history.sawWanted = true
            records.append(.sawWanted(ordinal: ordinal, number: history.lastNumber))
        }
        if isDraining { return records + leave(now: now, nil) }
        guard isCheckOver(now.instant) else {
            read(.check, at: min(now.instant + checkWait, checkUntil ?? now.instant))
            checkWait = min(checkWait + checkWait, Self.longestCheckWait)
            return records
        }
        return records + checkEnded(live, isWanted: isWanted, isValid: isValid, collateral, now: now)
    }

    func isCheckOver(_ now: Instant) -> Bool { checkUntil.map { now >= $0 } ?? false }

    private mutating func checkEnded(
        _ live: EncryptionState, isWanted: Bool, isValid: Bool, _ collateral: [String], now: Now
    ) -> [JournalEntry] {
        guard isWanted else {
            let old = change.drift(of: live).isEmpty
            return finish(
                .unknown, old ? .stillOld : .outcomeUnknown,
                detail: old ? "it still reads as before" : "it reads neither as before nor as wanted",
                now: now)
        }
        let moved = collateral.map { path in
            let before = StateFacts(change.before)[path]?.description ?? "not set"
            return "\(path): before \(before), now \(StateFacts(live)[path]?.description ?? "not set")"
        }
        if !isValid {
            let detail = (["it reads as wanted, but Atlas can't use the key"] + moved).joined(separator: "; ")
            return finish(.failed, .notValidAfterChange, verified: .readBack, detail: detail, now: now)
        }
        return finish(
            .failed, .collateralChange, verified: .readBack, detail: moved.joined(separator: "; "), now: now)
    }
}
