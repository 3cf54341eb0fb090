import TargetFiles
package import AtlasAPI

/// Reads a project that is done once more: is it still right? For the gate of a wave and for `verify`.
///
/// ```
/// (roles ─▶) state ─right─▶ finished          wrong three times in a row, or unreadable ─▶ finished
///              ▲       └─wrong─▶ wait ─┐
///              └───────────────────────┘
/// ```
package struct Reread: Procedure {
    package var ordinal: Int { item.ordinal }
    package let settings: RunSettings
    package var subject: ProjectID? { item.project }
    private let item: RereadItem
    /// The gate of a wave halts the run and corrects the project's result; `verify` only tells.
    private let isGate: Bool
    private var roles: [CloudRole]?
    private var wrongReads = 0
    private var sawDeadKey = false
    private var wait: Duration

    /// A single read may be stale (facts 2.5), and the one after it may show the key as not working yet.
    private static let leastWrongReads = 3

    package init(item: RereadItem, settings: RunSettings, isGate: Bool) {
        self.item = item
        self.settings = settings
        self.isGate = isGate
        wait = settings.firstCheckWait
    }

    package var firstCall: (step: Step, wait: Duration) { (needsRoles ? .rereadRoles : .reread, .zero) }

    /// Only AWS may hide the role that is looked for.
    private var needsRoles: Bool {
        let isAsked: Bool =
            switch item.expectation {
            case .change(let change): change.role != nil
            case .target(let decision): decision.needsRoles
            }
        return isAsked && neededProvider == .awsKms
    }

    private var neededProvider: Provider? {
        switch item.expectation {
        case .change(let change): change.provider
        case .target(let decision): decision.target.provider
        }
    }

    package mutating func took(_ answer: JSONValue, of step: Step, now: Now) -> Move? {
        if step == .rereadRoles {
            guard let read = CloudRole.list(answer, needed: neededProvider) else { return nil }
            roles = read
            return .call(.reread, at: now.instant)
        }
        guard let state = EncryptionState(answer) else { return nil }
        let finding = judge(HiddenRole.reveal(in: state, roles: roles ?? []))
        if finding == .right { return finish(.right, now) }
        let told = isGate && isOurs && state.hasDeadKey && !sawDeadKey
        if told { sawDeadKey = true }
        let records = told ? [JournalRecord.project(ordinal, .sawDeadKey(at: now.wall, until: nil))] : []
        wrongReads += 1
        guard wrongReads < Self.leastWrongReads else { return finish(finding, now).after(records) }
        defer { wait += wait }
        return .call(firstCall.step, at: now.instant + wait, records)
    }

    private var isOurs: Bool { item.outcome.result == .changed }

    package mutating func gaveUp(_ step: Step, _ verdict: Verdict, _ failure: Failure, now: Now) -> Move {
        finish(.unreadable(failure), now)
    }

    private func judge(_ live: EncryptionState) -> RereadFinding {
        if let difference = difference(live) {
            return .notWanted(live.hasDeadKey ? difference + "; and Atlas can't use the key" : difference)
        }
        if live.hasDeadKey { return .notValid("Atlas can't use the key") }
        // Switched off since: there is no key to restore.
        if live.enabled.isEmpty { return .notWanted("no provider is enabled any more") }
        // What others have moved since is theirs, but what a change of this job moved is looked for.
        if isGate || item.outcome.reason == .collateralChange, case .change(let change) = item.expectation {
            let moved = change.collateralTexts(in: live)
            if !moved.isEmpty { return .moved(moved.joined(separator: "; ")) }
        }
        guard live.single == nil else { return .right }
        return .notWanted("enabled: " + live.enabled.map(\.provider.rawValue).joined(separator: ", "))
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

    private func finish(_ finding: RereadFinding, _ now: Now) -> Move {
        let read = JournalRecord.project(ordinal, .reread(finding, at: now.wall))
        guard isGate else { return .settled(read) }
        let correction = corrected(finding, now).map { JournalRecord.project(ordinal, .outcome($0)) }
        return .end(.settled(halts: halt(finding)), [read] + [correction].compactMap { $0 })
    }

    /// The result of a project that is no longer what its outcome says; nil while it is.
    private func corrected(_ finding: RereadFinding, _ now: Now) -> Outcome? {
        var outcome = item.outcome
        switch finding {
        // A project that nobody could read is what it was when it was read last.
        case .right, .unreadable: return nil
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

    private func halt(_ finding: RereadFinding) -> Halt? {
        let text = "\(item.project): \(finding.detail ?? "")"
        switch finding {
        case .right: return nil
        case .unreadable where item.acceptsUnreadable: return nil
        case .unreadable: return Halt(.gateUnread, text)
        case .notValid where isOurs: return Halt(.notValidAfterChange, text)
        case .moved where isOurs: return Halt(.collateralChange, text)
        default: return Halt(.waveGate, "read again after the soak, \(text)")
        }
    }
}
