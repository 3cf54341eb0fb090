import AtlasAPI

/// The look: may this project be changed now?
extension ProjectChange {
    mutating func looked(_ live: EncryptionState, now: Now) -> Move {
        if !change.hasSecret, change.isWanted(live) {
            guard history.hasArrived else { return wantedByOthers(live, now: now) }
            // Ours took after all. Written down, so that no later run sends it again.
            history.sawWanted = true
            restartCheck(until: nil)
            return checked(live, now: now).after([.project(ordinal, .sawWanted(number: history.lastNumber))])
        }
        guard live.single?.isValid == true || live.enabled.count != 1 else {
            let detail = "Atlas can't use the project's present key"
            guard history.hasArrived else {
                return finish(.blocked, .keyNotValid, detail: detail, now: now)
            }
            return waitForOpenChange(detail, now: now)
        }
        // A secret can't be read, so after an intent of ours its readable companions may show and it is sent again.
        let ours = change.hasSecret && history.lastNumber > 0 ? change.taken(in: live) : []
        let drift = change.drift(of: live).filter { !ours.contains($0) }
        guard drift.isEmpty else {
            return finish(.drifted, .stateChanged, detail: driftText(drift, live), now: now)
        }
        if let role = change.role, roles?.first(where: { $0.id == role })?.isUsable != true {
            return finishUnlessOpen(
                .drifted, .roleChanged, detail: "role \(role) is gone or not ready", isSeen: true, now: now)
        }
        return mayChange(now: now)
    }

    /// As wanted, and nothing of ours has arrived.
    private func wantedByOthers(_ live: EncryptionState, now: Now) -> Move {
        if live.hasDeadKey {
            return finish(.blocked, .keyNotValid, detail: "as wanted, but the key does not work", now: now)
        }
        guard live.single != nil else {
            return finish(
                .drifted, .stateChanged, detail: driftText(change.drift(of: live), live), now: now)
        }
        return finish(.unchanged, verified: .valid, now: now)
    }

    /// A change of ours that may be under way can make a key read as not working for a while: it gets the patience
    /// of a check before nobody can say.
    private mutating func waitForOpenChange(_ detail: String, now: Now) -> Move {
        if checkUntil == nil { checkUntil = now.instant + settings.verifyPatience }
        checkReads += 1
        guard !isCheckOver(now.instant) else {
            // Also where it reads as planned: others may have written over a change of ours, and a secret never shows.
            return finish(.unknown, .outcomeUnknown, failure: history.lastFailure, detail: detail, now: now)
        }
        return readLater(lookStep, now: now)
    }

    /// The state is as planned: a PATCH is due, unless the tries are spent.
    private func mayChange(now: Now) -> Move {
        if let reason = conclusion?.reason ?? spent(now: now.instant) {
            let failure = conclusion?.failure ?? history.lastFailure
            return finishUnlessOpen(.failed, reason, failure: failure, isSeen: true, now: now)
        }
        return .call(.change, at: now.instant)
    }

    private func driftText(_ paths: [String], _ live: EncryptionState) -> String {
        let before = StateFacts(change.before)
        let now = StateFacts(live)
        func show(_ value: FieldValue?) -> String { value?.description ?? "not set" }
        let fields = paths.map { "\($0): planned \(show(before[$0])), live \(show(now[$0]))" }
        let ours = history.mayHaveApplied ? "; an earlier PATCH of ours had no certain answer" : ""
        return fields.joined(separator: "; ") + ours
    }
}
