package import AtlasAPI

/// Finds the project's role, and makes one where there is none; pure.
///
/// ```
/// name ─▶ list ─none─▶ key ─▶ make ─▶ list ⟲ until listed and ready ─▶ key ─▶ found
///           └─ one, or several ───────────────────────────────────▶ key ─▶ found
/// ```
/// A POST makes a role each time (Atlas, cloudProviderAccess). So one whose answer is not known is followed by looks
/// until `lookPatience` is over; only then may another leave. After one that Atlas accepted none ever leaves: its role
/// is looked for until `rolePatience` is over.
package struct RoleMaking: Procedure {
    package let ordinal: Int
    package var settings: RunSettings { aim.settings }
    package var subject: ProjectID? { project }
    private let project: ProjectID
    private let item: RoleItem
    private let aim: RoleAim
    private var requests: Int
    /// POSTs of this run that counted.
    private var tries = 0
    private var asked: RoleItem.Asked
    private var openSince: Instant?
    private var waitingSince: Instant?
    /// The role that is waited for, as it was last seen.
    private var awaited: CloudRole?
    private var polls = 0
    private var finding: RoleFinding?
    /// Its key was seen to be with the provider: a role of another cloud would be one that nobody asked for.
    private var isEligible = false

    private static let triesLimit = 3

    package init(item: RoleItem, aim: RoleAim) {
        ordinal = item.ordinal
        project = item.project
        self.item = item
        self.aim = aim
        requests = item.requests
        asked = item.asked
    }

    package var firstCall: (step: Step, wait: Duration) { (.planName, .zero) }
    package var lookStep: Step { .planRoles }
    package var body: String? {
        JSONValue.object(["providerName": .string(aim.provider.roleProviderName)]).canonicalText()
    }

    package mutating func willSend(_ step: Step, now: Now) -> [JournalRecord] {
        guard step.isChange else { return [] }
        requests += 1
        asked = .maybeMade
        return [.role(ordinal, .intent(number: requests, at: now.wall))]
    }

    package mutating func took(_ answer: JSONValue, of step: Step, now: Now) -> Move? {
        switch step {
        case .planName:
            guard let read = Project(answer), read.id == project else { return nil }
            if let name = item.name, name != read.name {
                return settle(.init(.nameMismatch, detail: "the project's name is \(read.name)"), now)
            }
            return .call(.planRoles, at: now.instant)
        case .planRoles:
            return CloudRole.list(answer, needed: aim.provider).map { judge($0, now) }
        default:
            guard let state = EncryptionState(answer) else { return nil }
            guard var finding else { return judge(state, now) }
            let settings = state.enabled.first { $0.provider == aim.provider }
            finding.key = settings?.values[aim.provider.keyField]?.description
            return settle(finding, now)
        }
    }

    package mutating func gaveUp(_ step: Step, _ verdict: Verdict, _ failure: Failure, now: Now) -> Move {
        settle(.init(.unreadable, detail: failure.summary), now)
    }

    /// A role that was being waited for, or that may have been made, is told as that.
    package mutating func leave(_ failure: Failure?, now: Now) -> Move {
        if let role = awaited {
            let detail = "\(role.id) was still \(role.status) when the run stopped"
            return settle(.init(.notReady, role: role.id, detail: detail), now)
        }
        return asked == .no ? .end(.left) : settle(unlisted("when the run stopped"), now)
    }

    /// Whether a role may be made in a project with these settings.
    private mutating func judge(_ state: EncryptionState, _ now: Now) -> Move {
        let names = state.enabled.map(\.provider.rawValue)
        guard names == [aim.provider.rawValue] else {
            let detail =
                names.isEmpty ? "no provider is enabled" : "enabled: " + names.joined(separator: ", ")
            return settle(.init(.otherProvider, detail: detail), now)
        }
        isEligible = true
        return make(now)
    }

    /// `all`: the roles of every cloud.
    private mutating func judge(_ all: [CloudRole], _ now: Now) -> Move {
        let roles = all.filter { $0.provider == aim.provider }
        awaited = nil
        if !roles.isEmpty, asked == .maybeMade { asked = .no }
        if !item.chosen.isEmpty {
            return judge(chosen: all.first { $0.id == RoleID(item.chosen) }, roles, now)
        }
        let usable = roles.filter(\.isUsable)
        if usable.count == 1 {
            return found(.init(.ready, role: usable[0].id, identity: usable[0].identity), now)
        }
        if usable.count > 1 {
            let names = usable.map { "\($0.id) (\($0.identity ?? $0.status))" }.joined(separator: ", ")
            return settle(.init(.ambiguous, detail: "candidates: \(names)"), now)
        }
        if let role = roles.first { return wait(for: roles.first(where: \.isBeingMade) ?? role, now) }
        return make(now)
    }

    /// `chosen`: the role that the sheet names, of whatever cloud.
    private mutating func judge(chosen: CloudRole?, _ roles: [CloudRole], _ now: Now) -> Move {
        guard let chosen else {
            let known = roles.isEmpty ? "it has none" : roles.map(\.id.text).joined(separator: ", ")
            let detail = "the sheet says \(item.chosen); the project's: \(known)"
            return settle(.init(.notInProject, detail: detail), now)
        }
        guard chosen.provider == aim.provider else {
            let detail = "the sheet's role is one of \(chosen.provider.rawValue)"
            return settle(.init(.otherProvider, detail: detail), now)
        }
        guard chosen.isUsable else { return wait(for: chosen, now) }
        return found(.init(.ready, role: chosen.id, identity: chosen.identity), now)
    }

    private mutating func wait(for role: CloudRole, _ now: Now) -> Move {
        let isFirst = waitingSince == nil
        let since = waitingSince ?? now.instant
        waitingSince = since
        guard aim.makes, role.isBeingMade, now.instant - since < aim.rolePatience else {
            return settle(.init(.notReady, role: role.id, detail: "\(role.id) is \(role.status)"), now)
        }
        awaited = role
        return poll(now).after(isFirst ? [awaits(role.id, for: aim.rolePatience, now)] : [])
    }

    private func awaits(_ role: RoleID?, for patience: Duration, _ now: Now) -> JournalRecord {
        .role(ordinal, .awaited(role, until: now.wall + Int64(patience.seconds * 1000)))
    }

    /// How long a role that was asked for is looked for.
    private var listPatience: Duration { asked == .made ? aim.rolePatience : aim.lookPatience }

    /// A role was asked for and is not listed: from now on it is looked for. Told once.
    private mutating func search(_ now: Now) -> [JournalRecord] {
        guard openSince == nil else { return [] }
        openSince = now.instant
        return [awaits(nil, for: listPatience, now)]
    }

    /// A role was asked for, and nobody has seen it yet.
    private func unlisted(_ when: String) -> RoleFinding {
        let known =
            asked == .made
            ? "Atlas accepted a request for a role" : "a role was asked for and may have been made"
        return .init(.notReady, detail: "\(known); it was not listed yet \(when)")
    }

    private mutating func make(_ now: Now) -> Move {
        guard aim.makes else {
            guard asked == .no else { return settle(unlisted("when the project was looked at"), now) }
            return aim.judgesKey && !isEligible
                ? .call(.planState, at: now.instant) : settle(.init(.missing), now)
        }
        if asked != .no {
            let awaits = search(now)
            guard let since = openSince, now.instant - since >= listPatience else {
                return poll(now).after(awaits)
            }
            guard asked == .maybeMade else {
                let detail =
                    "Atlas accepted the request and has not listed the role since; ask again only with a new --job"
                return settle(.init(.failed, detail: detail), now)
            }
            // Not listed for so long: it was not made.
            asked = .no
            openSince = nil
        }
        guard tries < Self.triesLimit else {
            return settle(.init(.failed, detail: "asked for \(tries) times, and never listed"), now)
        }
        return .call(isEligible ? .makeRole : .planState, at: now.instant)
    }

    package mutating func changed(_ end: CallEnd, now: Now) -> Move {
        var (verdict, failure): (Verdict, Failure?)
        switch end {
        case .succeeded: (verdict, failure) = (.accepted, nil)
        case .failed(let found, let why), .heldBack(let found, let why), .outage(let found, let why):
            (verdict, failure) = (found, why)
        case .denied(let why): (verdict, failure) = (.unauthorised, why)
        }
        let ended = JournalRecord.role(ordinal, .ended(number: requests, verdict, failure, at: now.wall))
        let treatment = verdict.treatment
        if treatment.isAttempt { tries += 1 }
        asked = RoleItem.Asked(verdict, isCoded: failure?.isCoded == true)
        openSince = nil
        polls = 0
        if case .heldBack = end { return .call(.planRoles, at: now.instant, [ended]) }
        if treatment.bound == .permanent || (asked == .no && tries >= Self.triesLimit) {
            return settle(.init(.failed, detail: failure?.summary), now).after([ended])
        }
        // One that Atlas accepted is told of when a look does not find it.
        let awaits = asked == .maybeMade ? search(now) : []
        return poll(now).after([ended] + awaits)
    }

    /// The next look: 5, 10, 20 … seconds later, up to the backoff's cap.
    private mutating func poll(_ now: Now) -> Move {
        polls += 1
        let backoff = Backoff(base: aim.settings.backoffBase, cap: aim.settings.backoffCap)
        return .call(.planRoles, at: now.instant + backoff.bound(afterFailures: polls))
    }

    private mutating func found(_ finding: RoleFinding, _ now: Now) -> Move {
        guard aim.needsKey else { return settle(finding, now) }
        self.finding = finding
        return .call(.planState, at: now.instant)
    }

    private func settle(_ finding: RoleFinding, _ now: Now) -> Move {
        .settled(.role(ordinal, .found(finding, at: now.wall)))
    }
}
