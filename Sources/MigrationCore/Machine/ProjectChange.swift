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
package struct ProjectChange: Procedure {
    package let ordinal: Int
    package let settings: RunSettings
    package var subject: ProjectID? { project }
    let project: ProjectID
    let change: PlannedChange
    var history: AttemptHistory
    /// The first request of this run; nil until it has left.
    var startedAt: Int64?

    // Looking.
    var roles: [CloudRole]?
    package var roleIsYoung = false

    // Changing.
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

    package init(item: WorkItem, settings: RunSettings) {
        ordinal = item.ordinal
        project = item.project
        change = item.change
        history = item.history
        self.settings = settings
        checkWait = settings.firstCheckWait
    }

    package var body: String? { change.body }
    package var hasSecret: Bool { change.hasSecret }
    package var isOpen: Bool { history.isOpen }

    /// What a dead run left open may still be at work at the server.
    package var firstCall: (step: Step, wait: Duration) {
        (history.belongsToCheck ? checkStep : lookStep, history.isOpen ? settings.settleTime : .zero)
    }

    /// The roles come first where they are needed.
    package var lookStep: Step { change.role == nil ? .look : .lookRoles }

    /// Only AWS may hide the role that a check wants to see.
    var checkStep: Step { change.role != nil && change.provider == .awsKms ? .checkRoles : .check }

    package mutating func willSend(_ step: Step, now: Now) -> [JournalRecord] {
        if startedAt == nil { startedAt = now.wall }
        guard step.isChange else { return [] }
        return [.project(ordinal, .intent(number: history.begin(), at: now.wall))]
    }

    package mutating func took(_ answer: JSONValue, of step: Step, now: Now) -> Move? {
        switch step {
        case .lookRoles, .checkRoles:
            guard let read = CloudRole.list(answer, needed: change.provider) else { return nil }
            roles = read
            roleIsYoung = isYoung(read.first { $0.id == change.role }, now: now)
            return .call(step == .lookRoles ? .look : .check, at: now.instant)
        default:
            guard let state = EncryptionState(answer) else { return nil }
            let live = HiddenRole.reveal(in: state, roles: roles ?? [])
            return step == .look ? looked(live, now: now) : checked(live, now: now)
        }
    }

    private func isYoung(_ role: CloudRole?, now: Now) -> Bool {
        guard let made = role?.createdAt.flatMap(WireDate.rfc3339) else { return false }
        return Duration.milliseconds(now.wall - made) < RetryTable.youngRoleAge
    }

    package mutating func gaveUp(_ step: Step, _ verdict: Verdict, _ failure: Failure, now: Now) -> Move {
        if step == .check || step == .checkRoles {
            return unchecked(step, verdict, failure, now: now)
        }
        // Nothing has been said of the project: the next run looks at it.
        if failure.isForeign { return leave(failure, now: now) }
        return finishUnlessOpen(.failed, failure.readReason, failure: failure, now: now)
    }

    /// Not once the state has been read: what it showed has been judged.
    package func isLastLook(_ step: Step, after last: Step?) -> Bool {
        (history.isOpen || conclusion != nil) && !step.isChange && last != .look && last != .check
    }

    /// Ends without a verdict on the project: `pending`, or `unknown` when a change may have been applied.
    package mutating func leave(_ failure: Failure?, now: Now) -> Move {
        guard history.isOpen else {
            guard let conclusion else { return .end(.left) }
            return finishUnlessOpen(.failed, conclusion.reason, failure: conclusion.failure, now: now)
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

    func finish(
        _ result: ProjectResult, _ reason: Reason? = nil, verified: Verification? = nil,
        failure: Failure? = nil, detail: String? = nil, now: Now
    ) -> Move {
        let reached = verified ?? (history.last == .accepted ? .accepted : .none)
        var outcome = Outcome(
            result, reason, verified: reached, failure: failure, detail: detail, attempts: history.attempts)
        outcome.startedAt = startedAt
        outcome.finishedAt = now.wall
        let halt = reason.flatMap(Self.cause).map { Halt($0, "\(project): \(outcome.detail ?? "")") }
        return .end(.settled(halts: halt), [.project(ordinal, .outcome(outcome))])
    }

    /// A result that says "nothing was sent, or what was sent was refused" is only true when no PATCH may have been
    /// applied. `isSeen`: a look after the last of them showed that it is not as wanted, which says so of everything
    /// but a secret.
    func finishUnlessOpen(
        _ result: ProjectResult, _ reason: Reason, failure: Failure? = nil, detail: String? = nil,
        isSeen: Bool = false, now: Now
    ) -> Move {
        let isUncertain =
            history.isOpen || (isSeen ? history.mayHaveApplied && change.hasSecret : history.hasArrived)
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
}
