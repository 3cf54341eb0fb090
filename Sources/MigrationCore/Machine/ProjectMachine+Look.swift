import AtlasAPI

/// The look: may this project be changed now?
extension ProjectMachine {
    /// Takes a read's answer; nil when it can't be understood.
    mutating func took(_ step: Step, _ json: JSONValue, now: Now) -> [JournalEntry]? {
        switch step {
        case .lookRoles, .checkRoles:
            guard let read = CloudRole.list(json, needed: change.provider) else { return nil }
            retry.reset()
            roles = read
            roleIsYoung = isYoung(read.first { $0.id == change.role }, now: now)
            wish = .call(step == .lookRoles ? .look : .check, .encryption(project), notBefore: now.instant)
            return []
        default:
            guard let state = EncryptionState(json) else { return nil }
            retry.reset()
            let live = HiddenRole.reveal(in: state, roles: roles ?? [])
            return step == .look ? looked(live, now: now) : checked(live, now: now)
        }
    }

    private func isYoung(_ role: CloudRole?, now: Now) -> Bool {
        guard let made = role?.createdAt.flatMap(WireDate.rfc3339) else { return false }
        return Duration.milliseconds(now.wall - made) < RetryTable.youngRoleAge
    }

    private mutating func looked(_ live: EncryptionState, now: Now) -> [JournalEntry] {
        if !change.hasSecret, change.isWanted(live) {
            guard history.mayHaveApplied else {
                return live.single?.isValid == true
                    ? finish(.unchanged, verified: .valid, now: now)
                    : finish(.blocked, .keyNotValid, detail: "as wanted, but the key does not work", now: now)
            }
            // Ours took after all. Written down, so that no later run sends it again.
            history.sawWanted = true
            restartCheck(until: nil)
            return [.sawWanted(ordinal: ordinal, number: history.lastNumber)] + checked(live, now: now)
        }
        guard live.single?.isValid == true || live.enabled.count != 1 else {
            let detail = "Atlas can't use the project's present key"
            guard history.mayHaveApplied else {
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

    /// A change of ours that may be under way can make a key read as not working for a while: it gets the patience
    /// of a check before nobody can say.
    private mutating func waitForOpenChange(_ detail: String, now: Now) -> [JournalEntry] {
        if isDraining { return leave(now: now, nil) }
        if checkUntil == nil { checkUntil = now.instant + settings.verifyPatience }
        checkReads += 1
        guard !isCheckOver(now.instant) else {
            return finish(.unknown, .outcomeUnknown, failure: history.lastFailure, detail: detail, now: now)
        }
        readLater(.look, now: now)
        return []
    }

    /// The state is as planned: a PATCH is due, unless the tries are spent or the run is stopping.
    private mutating func mayChange(now: Now) -> [JournalEntry] {
        if isDraining { return leave(now: now, nil) }
        if let reason = conclusion?.reason ?? spent(now: now.instant) {
            let failure = conclusion?.failure ?? history.lastFailure
            return finishUnlessOpen(.failed, reason, failure: failure, isSeen: true, now: now)
        }
        state = .changing
        wish = .call(.change, .changeEncryption(project), notBefore: now.instant)
        return []
    }

    private func driftText(_ paths: [String], _ live: EncryptionState) -> String {
        let before = StateFacts(change.before)
        let now = StateFacts(live)
        func show(_ value: FieldValue?) -> String { value?.description ?? "not set" }
        let fields = paths.map { "\($0): planned \(show(before[$0])), live \(show(now[$0]))" }
        let ours = history.mayHaveApplied ? "; an earlier PATCH of ours had no certain answer" : ""
        return fields.joined(separator: "; ") + ours
    }

    mutating func readFailed(
        _ step: Step, _ endpoint: Endpoint, _ verdict: Verdict, _ failure: Failure, _ now: Now,
        _ dice: inout Dice
    ) -> [JournalEntry] {
        switch retry.failed(verdict, failure, settings: settings, now: now, dice: &dice) {
        case .retry(let at): return readAgain(step, endpoint, verdict, failure, at: at, now)
        case .giveUp
        where state == .checking && verdict != .refused && !isDraining && !isPatienceOver(now.instant):
            // A check has its own patience.
            let wait = retry.wait(verdict, failure, settings, &dice)
            return readAgain(
                step, endpoint, verdict, failure, at: min(now.instant + wait, checkUntil ?? now.instant), now)
        case .giveUp: return readRefused(step, verdict, failure, now)
        }
    }

    mutating func readAgain(
        _ step: Step, _ endpoint: Endpoint, _ verdict: Verdict, _ failure: Failure, at: Instant, _ now: Now
    ) -> [JournalEntry] {
        let trouble = JournalEntry.troubledRead(ordinal: ordinal, step, verdict, failure, at: now.wall)
        if isDraining { return [trouble] + leave(now: now, failure) }
        wish = .call(step, endpoint, notBefore: at)
        return [trouble]
    }

    mutating func readRefused(_ step: Step, _ verdict: Verdict, _ failure: Failure, _ now: Now)
        -> [JournalEntry]
    {
        let trouble = JournalEntry.troubledRead(ordinal: ordinal, step, verdict, failure, at: now.wall)
        if state == .checking {
            return [trouble] + finish(.unknown, .stillOld, failure: failure, now: now)
        }
        // Nothing has been said of the project: the next run looks at it.
        if failure.isForeign { return [trouble] + leave(now: now, failure) }
        return [trouble] + finishUnlessOpen(.failed, failure.readReason, failure: failure, now: now)
    }
}
