package import AtlasAPI

/// Reads one project: name, roles and state, as far as its purpose needs them.
///
/// ```
/// name ─▶ roles ─▶ state ─▶ planned, or surveyed      any ─▶ the same, as one that can't be read
/// ```
package struct ProjectReading: ProjectWork {
    package enum Purpose: Sendable {
        /// To decide on its change; reads all that the decision needs.
        case plan(PlanDecision)
        /// To tell what it is like; name and organisation are known from the list.
        case survey
    }

    package let ordinal: Int
    package let project: ProjectID
    package var subject: ProjectID? { project }
    package private(set) var wish: Wish

    private let purpose: Purpose
    private let settings: RunSettings
    private var live: Project?
    private var roles: [CloudRole]?
    private var retry = ReadRetry()
    private var isDraining = false
    private var isInFlight = false

    package init(
        ordinal: Int, project: ProjectID, purpose: Purpose, settings: RunSettings, now: Instant
    ) {
        self.ordinal = ordinal
        self.project = project
        self.purpose = purpose
        self.settings = settings
        switch purpose {
        case .plan: wish = .call(.planName, .project(project), notBefore: now)
        case .survey: wish = .call(.planRoles, .roles(project), notBefore: now)
        }
    }

    package mutating func willSend(now: Now) -> [JournalEntry] {
        isInFlight = true
        return []
    }

    package mutating func ended(_ end: CallEnd, now: Now, dice: inout Dice) -> [JournalEntry] {
        isInFlight = false
        guard case .call(let step, let endpoint, _) = wish else { return [] }
        switch end {
        case .succeeded(let json, _):
            if let records = take(step, json ?? .null, now: now) { return records }
            return failed(step, endpoint, .transient, .unreadable, now, &dice)
        case .failed(let verdict, let failure): return failed(step, endpoint, verdict, failure, now, &dice)
        case .denied(let failure): return refuse(step, .unauthorised, failure, now)
        case .heldBack(let verdict, let failure):
            return again(step, endpoint, verdict, failure, at: now.instant, now)
        case .outage(let verdict, let failure):
            let wait = retry.wait(verdict, failure, settings, &dice)
            return again(step, endpoint, verdict, failure, at: now.instant + wait, now)
        }
    }

    package mutating func drain(now: Now) -> [JournalEntry] {
        isDraining = true
        if !isInFlight { wish = .finished(.left) }
        return []
    }

    /// nil when the answer can't be understood.
    private mutating func take(_ step: Step, _ json: JSONValue, now: Now) -> [JournalEntry]? {
        switch step {
        case .planName:
            guard let read = Project(json), read.id == project else { return nil }
            retry.reset()
            live = read
            next(needsRoles ? .planRoles : .planState, now)
            return []
        case .planRoles:
            guard let read = CloudRole.list(json, needed: neededProvider) else { return nil }
            retry.reset()
            roles = read
            next(.planState, now)
            return []
        default:
            guard let state = EncryptionState(json) else { return nil }
            switch purpose {
            case .plan(let decision):
                guard let live else { return nil }
                return settle(decision.decide(project: live, state: state, roles: roles), now)
            case .survey: return settle(.read(state, roles ?? []))
            }
        }
    }

    private var needsRoles: Bool {
        if case .plan(let decision) = purpose { decision.needsRoles } else { true }
    }

    private var neededProvider: Provider? {
        if case .plan(let decision) = purpose { decision.target.provider } else { nil }
    }

    private mutating func next(_ step: Step, _ now: Now) {
        if isDraining {
            wish = .finished(.left)
        } else {
            let endpoint: Endpoint = step == .planRoles ? .roles(project) : .encryption(project)
            wish = .call(step, endpoint, notBefore: now.instant)
        }
    }

    private mutating func failed(
        _ step: Step, _ endpoint: Endpoint, _ verdict: Verdict, _ failure: Failure, _ now: Now,
        _ dice: inout Dice
    ) -> [JournalEntry] {
        switch retry.failed(verdict, failure, settings: settings, now: now, dice: &dice) {
        case .retry(let at): return again(step, endpoint, verdict, failure, at: at, now)
        case .giveUp: return refuse(step, verdict, failure, now)
        }
    }

    private mutating func again(
        _ step: Step, _ endpoint: Endpoint, _ verdict: Verdict, _ failure: Failure, at: Instant, _ now: Now
    ) -> [JournalEntry] {
        wish = isDraining ? .finished(.left) : .call(step, endpoint, notBefore: at)
        return [.troubledRead(ordinal: ordinal, step, verdict, failure, at: now.wall)]
    }

    private mutating func refuse(_ step: Step, _ verdict: Verdict, _ failure: Failure, _ now: Now)
        -> [JournalEntry]
    {
        if case .survey = purpose { return settle(.unreadable(failure)) }
        if failure.isForeign {
            // Nothing has been said of the project: it stays unread, and the next `plan` reads it.
            wish = .finished(.left)
            return [.troubledRead(ordinal: ordinal, step, verdict, failure, at: now.wall)]
        }
        var item = PlanItem.blocked(failure.readReason, failure.summary)
        item.liveName = live?.name
        item.organisation = live?.organisation
        item.httpStatus = failure.status
        item.errorCode = failure.code
        return [.troubledRead(ordinal: ordinal, step, verdict, failure, at: now.wall)] + settle(item, now)
    }

    private mutating func settle(_ survey: Survey) -> [JournalEntry] {
        wish = .finished(.settled(halts: nil))
        return [.surveyed(ordinal: ordinal, survey)]
    }

    private mutating func settle(_ item: PlanItem, _ now: Now) -> [JournalEntry] {
        wish = .finished(.settled(halts: nil))
        return [.planned(ordinal: ordinal, item, at: now.wall)]
    }
}
