import TargetFiles
package import AtlasAPI

/// Reads one project: name, roles and state, as far as its purpose needs them.
///
/// ```
/// name ─▶ roles ─▶ state ─▶ planned, or surveyed      any ─▶ the same, as one that can't be read
/// ```
package struct ProjectReading: Procedure {
    package enum Purpose: Sendable {
        /// To decide on its change; reads all that the decision needs.
        case plan(PlanDecision)
        /// To tell what it is like; name and organisation are known from the list.
        case survey
    }

    package let ordinal: Int
    package let settings: RunSettings
    package var subject: ProjectID? { project }
    private let project: ProjectID
    private let purpose: Purpose
    private var live: Project?
    private var roles: [CloudRole]?

    package init(ordinal: Int, project: ProjectID, purpose: Purpose, settings: RunSettings) {
        self.ordinal = ordinal
        self.project = project
        self.purpose = purpose
        self.settings = settings
    }

    package var firstCall: (step: Step, wait: Duration) {
        if case .plan = purpose { (.planName, .zero) } else { (.planRoles, .zero) }
    }

    package mutating func took(_ answer: JSONValue, of step: Step, now: Now) -> Move? {
        switch step {
        case .planName:
            guard let read = Project(answer), read.id == project else { return nil }
            live = read
            return .call(needsRoles ? .planRoles : .planState, at: now.instant)
        case .planRoles:
            guard let read = CloudRole.list(answer, needed: neededProvider) else { return nil }
            roles = read
            return .call(.planState, at: now.instant)
        default:
            guard let state = EncryptionState(answer) else { return nil }
            guard case .plan(let decision) = purpose else {
                return .settled(.survey(.surveyed(ordinal: ordinal, .read(state, roles ?? []))))
            }
            guard let live else { preconditionFailure("a plan reads the name before the state") }
            return planned(decision.decide(project: live, state: state, roles: roles), now)
        }
    }

    package mutating func gaveUp(_ step: Step, _ verdict: Verdict, _ failure: Failure, now: Now) -> Move {
        guard case .plan = purpose else {
            return .settled(.survey(.surveyed(ordinal: ordinal, .unreadable(failure))))
        }
        // Nothing has been said of the project: it stays unread, and the next `plan` reads it.
        if failure.isForeign { return .end(.left) }
        var item = PlanItem.blocked(failure.readReason, failure.summary)
        item.liveName = live?.name
        item.organisation = live?.organisation
        item.httpStatus = failure.status
        item.errorCode = failure.code
        return planned(item, now)
    }

    private func planned(_ item: PlanItem, _ now: Now) -> Move {
        .settled(.project(ordinal, .planned(item, at: now.wall)))
    }

    private var needsRoles: Bool {
        if case .plan(let decision) = purpose { decision.needsRoles } else { true }
    }

    private var neededProvider: Provider? {
        if case .plan(let decision) = purpose { decision.target.provider } else { nil }
    }
}
