package import AtlasAPI

/// Changes one project: look → change → check. Pure; the contract's section 4.
///
/// ```
///            ┌───────── definite refusal, worth another try (backoff) ────────┐
///            │          unknown outcome (settle time, then backoff)           │
///            ▼                                                                │
///  ─▶ looking ──as planned──▶ changing ──PATCH──▶ (answer) ──────────────────┤
///        │                                          │ 2xx                     │ permanent, or tries spent
///        │ as wanted after an intent of ours        ▼                         ▼
///        ├────────────────────────────────────▶ checking ──▶ finished ◀───────┘
///        └── unchanged, blocked, drifted, failed ─────────────▲
/// ```
/// Every PATCH directly follows a look at the live state: that rule alone keeps an unknown outcome from being
/// resent blindly, and a project that somebody else is changing from being overwritten.
package struct ProjectMachine: ProjectWork {
    enum State: Hashable, Sendable {
        /// A GET of the state (before it the roles, where the target sets one). Next: changing, checking, finished.
        case looking
        /// The look was as planned; the PATCH is due. Next: looking, checking, finished.
        case changing
        /// A change may have been applied: reading until it shows. Next: finished.
        case checking
        case finished
    }

    package let ordinal: Int
    package let project: ProjectID
    package var subject: ProjectID? { project }
    package internal(set) var wish: Wish

    let change: PlannedChange
    let settings: RunSettings
    var state = State.looking
    var history: AttemptHistory
    var isDraining = false
    private var isInFlight = false
    /// The first request of this run; nil until it has left.
    var startedAt: Int64?

    // Looking.
    var retry = ReadRetry()
    var roles: [CloudRole]?
    package var roleIsYoung = false

    // Changing.
    /// PATCHes in a row that came to nothing; sets the backoff.
    var failuresInRow = 0
    /// The first refusal of this run that says "not spread yet".
    var propagationSince: Instant?
    var isPropagationSpent = false
    /// Why the project fails, unless the last look shows that an earlier PATCH took.
    var conclusion: (reason: Reason, failure: Failure)?
    /// The first PATCH in a row that could not be sent.
    var unsentSince: Instant?

    // Checking.
    /// Set by the first read of the check, or by the answer to the PATCH.
    var checkUntil: Instant?
    var checkWait: Duration
    /// Answers in a row that said the same of the wanted state, and what they said.
    var checkReads = 0
    var checkReadsInAll = 0
    var checkSawWanted = false
    /// Whether a person has been told of a key that does not work after the change.
    var sawDeadKey = false

    package init(item: WorkItem, settings: RunSettings, now: Instant) {
        ordinal = item.ordinal
        project = item.project
        change = item.change
        history = item.history
        self.settings = settings
        checkWait = Self.firstCheckWait(settings)
        wish = .finished(.left)
        // What a dead run left open may still be at work at the server.
        let start = history.isOpen ? now + settings.settleTime : now
        if history.belongsToCheck {
            state = .checking
            read(.check, at: start)
        } else {
            read(.look, at: start)
        }
    }

    static func firstCheckWait(_ settings: RunSettings) -> Duration { min(.seconds(1), settings.backoffBase) }

    package mutating func willSend(now: Now) -> [JournalEntry] {
        isInFlight = true
        if startedAt == nil { startedAt = now.wall }
        guard case .call(.change, _, _) = wish else { return [] }
        return [.intent(ordinal: ordinal, number: history.begin(), at: now.wall)]
    }

    package mutating func ended(_ end: CallEnd, now: Now, dice: inout Dice) -> [JournalEntry] {
        isInFlight = false
        guard case .call(let step, let endpoint, _) = wish else { return [] }
        let records =
            step == .change
            ? patchEnded(end, now: now, dice: &dice) : readEnded(step, endpoint, end, now: now, dice: &dice)
        // A stopping run begins nothing: what is not open is left where it is.
        if isDraining, !history.isOpen, case .call = wish { return records + leave(now: now, nil) }
        return records
    }

    private mutating func readEnded(
        _ step: Step, _ endpoint: Endpoint, _ end: CallEnd, now: Now, dice: inout Dice
    ) -> [JournalEntry] {
        switch end {
        case .succeeded(let json, _):
            return took(step, json ?? .null, now: now)
                ?? readFailed(step, endpoint, .transient, .unreadable, now, &dice)
        case .failed(let verdict, let failure):
            return readFailed(step, endpoint, verdict, failure, now, &dice)
        case .denied(let failure): return readRefused(step, .unauthorised, failure, now)
        case .heldBack(let verdict, let failure):
            return readAgain(step, endpoint, verdict, failure, at: now.instant, now)
        case .outage(let verdict, let failure):
            let wait = retry.wait(verdict, failure, settings, &dice)
            return readAgain(step, endpoint, verdict, failure, at: now.instant + wait, now)
        }
    }

    package mutating func drain(now: Now) -> [JournalEntry] {
        isDraining = true
        guard !isInFlight, case .call(let step, let endpoint, let notBefore) = wish else { return [] }
        if history.isOpen, step != .change {
            // One look at what was changed; no longer wait than the server needs to settle.
            wish = .call(step, endpoint, notBefore: min(notBefore, now.instant + settings.settleTime))
            return []
        }
        return leave(now: now, nil)
    }

    package var body: String? { change.body }

    package var hasSecret: Bool { change.hasSecret }

    package mutating func lookAfresh(now: Now) {
        guard state == .changing, !isInFlight else { return }
        state = .looking
        read(.look, at: now.instant)
    }

    /// Ends without a verdict on the project: `pending`, or `unknown` when a change may have been applied.
    mutating func leave(now: Now, _ failure: Failure?) -> [JournalEntry] {
        guard history.isOpen else {
            state = .finished
            wish = .finished(.left)
            return []
        }
        if history.sawWanted {
            return finish(
                .unknown, .outcomeUnknown, verified: .readBack, failure: failure,
                detail: "it reads as wanted, and the run ended before its check did", now: now)
        }
        if history.last == .accepted {
            return finish(
                .unknown, .stillOld, failure: failure, detail: "the run ended before it showed", now: now)
        }
        return finish(.unknown, .outcomeUnknown, failure: failure ?? history.lastFailure, now: now)
    }

    mutating func finish(
        _ result: ProjectResult, _ reason: Reason? = nil, verified: Verification? = nil,
        failure: Failure? = nil, detail: String? = nil, now: Now
    ) -> [JournalEntry] {
        state = .finished
        let reached = verified ?? (history.last == .accepted ? .accepted : .none)
        var outcome = Outcome(
            result, reason, verified: reached, failure: failure, detail: detail, attempts: history.attempts)
        outcome.startedAt = startedAt
        outcome.finishedAt = now.wall
        let halt = reason.flatMap(Self.cause).map { Halt($0, "\(project): \(outcome.detail ?? "")") }
        wish = .finished(.settled(halts: halt))
        return [.outcome(ordinal: ordinal, outcome)]
    }

    /// A result that says "nothing was sent, or what was sent was refused" is only true when no PATCH may have been
    /// applied. `isSeen`: a look after the last of them showed the state as planned, which says so of everything but
    /// a secret.
    mutating func finishUnlessOpen(
        _ result: ProjectResult, _ reason: Reason, failure: Failure? = nil, detail: String? = nil,
        isSeen: Bool = false, now: Now
    ) -> [JournalEntry] {
        let isUncertain = history.isOpen || (history.mayHaveApplied && (change.hasSecret || !isSeen))
        guard isUncertain else {
            return finish(result, reason, failure: failure, detail: detail, now: now)
        }
        return finish(.unknown, .outcomeUnknown, failure: failure, detail: detail, now: now)
    }

    private static func cause(_ reason: Reason) -> Halt.Cause? {
        switch reason {
        case .notValidAfterChange: .notValidAfterChange
        case .collateralChange: .collateralChange
        default: nil
        }
    }

    /// Asks for the first read of a look or a check; the roles come first where they are needed.
    mutating func read(_ step: Step, at time: Instant) {
        let isCheck = step == .check
        let needsRoles = isCheck ? needsRolesInCheck : change.role != nil
        if needsRoles {
            wish = .call(isCheck ? .checkRoles : .lookRoles, .roles(project), notBefore: time)
        } else {
            wish = .call(step, .encryption(project), notBefore: time)
        }
    }

    /// Only AWS may hide the role that a check wants to see.
    private var needsRolesInCheck: Bool { change.role != nil && change.provider == .awsKms }
}
