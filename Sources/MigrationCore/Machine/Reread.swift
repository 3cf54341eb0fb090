package import AtlasAPI

/// Reads a project that is done once more: is it still right? For the gate of a wave and for `verify`.
///
/// ```
/// (roles ─▶) state ─right─▶ finished          wrong three times in a row, or unreadable ─▶ finished
///              ▲       └─wrong─▶ wait ─┐
///              └───────────────────────┘
/// ```
package struct Reread: ProjectWork {
    /// What the read came to; kept with the job.
    package enum Finding: Hashable, Sendable {
        case right
        /// A key that Atlas can't use.
        case notValid(String)
        /// Something moved that nobody asked to change.
        case moved(String)
        /// No longer as the target wants it.
        case notWanted(String)
        case unreadable(Failure)
    }

    package let ordinal: Int
    package let project: ProjectID
    package var subject: ProjectID? { project }
    package private(set) var wish: Wish

    private let item: RereadItem
    private let settings: RunSettings
    /// The gate of a wave halts the run and corrects the project's result; `verify` only tells.
    private let isGate: Bool
    private var roles: [CloudRole]?
    private var retry = ReadRetry()
    private var wrongReads = 0
    private var wait: Duration
    private var isDraining = false
    private var isInFlight = false

    /// A single read may be stale (facts 2.5), and the one after it may show the key as not working yet.
    private static let leastWrongReads = 3

    package init(item: RereadItem, settings: RunSettings, isGate: Bool, now: Instant) {
        ordinal = item.ordinal
        project = item.project
        self.item = item
        self.settings = settings
        self.isGate = isGate
        wait = ProjectMachine.firstCheckWait(settings)
        wish = .finished(.left)
        read(at: now)
    }

    package mutating func willSend(now: Now) -> [JournalEntry] {
        isInFlight = true
        return []
    }

    package mutating func ended(_ end: CallEnd, now: Now, dice: inout Dice) -> [JournalEntry] {
        isInFlight = false
        guard case .call(let step, let endpoint, _) = wish else { return [] }
        // What has arrived is kept; only another request is one too many.
        defer { if isDraining, case .call = wish { wish = .finished(.left) } }
        switch end {
        case .succeeded(let json, _):
            return take(step, json ?? .null, now)
                ?? failed(step, endpoint, .transient, .unreadable, now, &dice)
        case .failed(let verdict, let failure): return failed(step, endpoint, verdict, failure, now, &dice)
        case .denied(let failure):
            return trouble(step, .unauthorised, failure, now) + finish(.unreadable(failure), now)
        case .heldBack(let verdict, let failure):
            wish = .call(step, endpoint, notBefore: now.instant)
            return trouble(step, verdict, failure, now)
        case .outage(let verdict, let failure):
            wish = .call(
                step, endpoint, notBefore: now.instant + retry.wait(verdict, failure, settings, &dice))
            return trouble(step, verdict, failure, now)
        }
    }

    package mutating func drain(now: Now) -> [JournalEntry] {
        isDraining = true
        if !isInFlight { wish = .finished(.left) }
        return []
    }

    private mutating func read(at time: Instant) {
        wish =
            needsRoles
            ? .call(.rereadRoles, .roles(project), notBefore: time)
            : .call(.reread, .encryption(project), notBefore: time)
    }

    /// Only AWS may hide the role that is looked for.
    private var needsRoles: Bool {
        switch item.expectation {
        case .change(let change): change.role != nil && change.provider == .awsKms
        case .target(let decision): decision.needsRoles && decision.target.provider == .awsKms
        }
    }

    private var neededProvider: Provider? {
        switch item.expectation {
        case .change(let change): change.provider
        case .target(let decision): decision.target.provider
        }
    }

    private mutating func take(_ step: Step, _ json: JSONValue, _ now: Now) -> [JournalEntry]? {
        if step == .rereadRoles {
            guard let read = CloudRole.list(json, needed: neededProvider) else { return nil }
            retry.reset()
            roles = read
            wish = .call(.reread, .encryption(project), notBefore: now.instant)
            return []
        }
        guard let state = EncryptionState(json) else { return nil }
        retry.reset()
        let finding = judge(HiddenRole.reveal(in: state, roles: roles ?? []))
        if finding == .right { return finish(.right, now) }
        wrongReads += 1
        guard wrongReads < Self.leastWrongReads else { return finish(finding, now) }
        read(at: now.instant + wait)
        wait += wait
        return []
    }

    private func judge(_ live: EncryptionState) -> Finding {
        if let difference = difference(live) { return .notWanted(difference) }
        guard live.single?.isValid == true else { return .notValid("Atlas can't use the key") }
        guard isGate, case .change(let change) = item.expectation else { return .right }
        let moved = change.collateralTexts(in: live)
        return moved.isEmpty ? .right : .moved(moved.joined(separator: "; "))
    }

    /// What is not as wanted, with both values; nil when all is.
    private func difference(_ live: EncryptionState) -> String? {
        switch item.expectation {
        case .change(let change):
            let missing = change.missing(in: live)
            return missing.isEmpty ? nil : missing.joined(separator: "; ")
        case .target(let decision): return decision.difference(in: live)
        }
    }

    private mutating func failed(
        _ step: Step, _ endpoint: Endpoint, _ verdict: Verdict, _ failure: Failure, _ now: Now,
        _ dice: inout Dice
    ) -> [JournalEntry] {
        let records = trouble(step, verdict, failure, now)
        switch retry.failed(verdict, failure, settings: settings, now: now, dice: &dice) {
        case .retry(let at):
            wish = .call(step, endpoint, notBefore: at)
            return records
        case .giveUp: return records + finish(.unreadable(failure), now)
        }
    }

    private func trouble(_ step: Step, _ verdict: Verdict, _ failure: Failure, _ now: Now) -> [JournalEntry] {
        [.troubledRead(ordinal: ordinal, step, verdict, failure, at: now.wall)]
    }

    private mutating func finish(_ finding: Finding, _ now: Now) -> [JournalEntry] {
        var records = [JournalEntry.reread(ordinal: ordinal, finding, at: now.wall)]
        guard isGate else {
            wish = .finished(.settled(halts: nil))
            return records
        }
        if let outcome = corrected(finding, now) { records.append(.outcome(ordinal: ordinal, outcome)) }
        wish = .finished(.settled(halts: halt(finding)))
        return records
    }

    /// The result of a project that is no longer what its outcome says; nil while it is.
    private func corrected(_ finding: Finding, _ now: Now) -> Outcome? {
        var outcome = item.outcome
        let isOurs = outcome.result == .changed
        switch finding {
        case .right: return nil
        case .unreadable(let failure):
            // What may pass is read again by the next run; what is gone or closed stays so.
            guard failure.readReason != .readFailed else { return nil }
            (outcome.result, outcome.reason, outcome.verified) = (.drifted, failure.readReason, .none)
            (outcome.httpStatus, outcome.errorCode) = (failure.status, failure.code)
            outcome.detail = "after it was done: \(finding.detail ?? "")"
        case .notWanted(let detail):
            (outcome.result, outcome.reason, outcome.verified) = (.drifted, .stateChanged, .none)
            outcome.detail = "after it was done: \(detail)"
        case .notValid(let detail):
            outcome.result = isOurs ? .failed : .blocked
            outcome.reason = isOurs ? .notValidAfterChange : .keyNotValid
            outcome.verified = .readBack
            outcome.detail = detail
        case .moved(let detail):
            outcome.result = isOurs ? .failed : .drifted
            outcome.reason = isOurs ? .collateralChange : .stateChanged
            outcome.verified = .readBack
            outcome.detail = detail
        }
        outcome.finishedAt = now.wall
        return outcome
    }

    private func halt(_ finding: Finding) -> Halt? {
        let text = "\(project): \(finding.detail ?? "")"
        let isOurs = item.outcome.result == .changed
        switch finding {
        case .right: return nil
        case .notValid where isOurs: return Halt(.notValidAfterChange, text)
        case .moved where isOurs: return Halt(.collateralChange, text)
        default: return Halt(.waveGate, "read again after the soak, \(text)")
        }
    }
}

extension Reread.Finding {
    package static let notValidWord = "not_valid"

    /// The word in the job.
    package var word: String {
        switch self {
        case .right: "right"
        case .notValid: Self.notValidWord
        case .moved: "moved"
        case .notWanted: "not_wanted"
        case .unreadable: "unreadable"
        }
    }

    /// What is wrong; nil when nothing is.
    package var detail: String? {
        switch self {
        case .right: nil
        case .notValid(let detail), .moved(let detail), .notWanted(let detail): detail
        case .unreadable(let failure): "can't be read: \(failure.summary)"
        }
    }
}
