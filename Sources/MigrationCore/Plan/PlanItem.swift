package import AtlasAPI

/// What kind of work a project is. The words are part of the contract.
package enum PlanClass: String, CaseIterable, Sendable {
    /// Already as wanted.
    case noop
    case reversible
    /// Can't be undone: static credentials to a role, and every change of a secret.
    case irreversible
    /// The target's `where` does not match.
    case excluded
    /// A precondition does not hold; the reason says which.
    case blocked
    /// Not read yet.
    case unread

    /// Whether `apply` has anything to do with it.
    package var isChange: Bool { self == .reversible || self == .irreversible }
}

/// The plan of one project.
package struct PlanItem: Hashable, Sendable {
    package var planClass: PlanClass
    package var reason: Reason?
    /// One line for people: names, candidates, the refusing status.
    package var detail: String?
    package var liveName: String?
    package var organisation: OrganisationID?
    /// nil when the state could not be read.
    package var live: EncryptionState?
    /// Only for the two classes that change something.
    package var change: PlannedChange?
    /// The state reads as wanted, whether its key works or not.
    package var isAsWanted = false
    package var httpStatus: Int?
    package var errorCode: String?

    package init(_ planClass: PlanClass, _ reason: Reason? = nil, detail: String? = nil) {
        self.planClass = planClass
        self.reason = reason
        self.detail = detail
    }

    package static func blocked(_ reason: Reason, _ detail: String? = nil) -> PlanItem {
        PlanItem(.blocked, reason, detail: detail)
    }
}
