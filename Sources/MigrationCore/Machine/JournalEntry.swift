package import AtlasAPI

/// What is written down before anything else happens. One turn's records are one transaction.
package enum JournalEntry: Sendable {
    /// A project has been planned.
    case planned(ordinal: Int, PlanItem, at: Int64)
    /// A PATCH is about to leave.
    case intent(ordinal: Int, number: Int, at: Int64)
    /// What became of the PATCH.
    case attemptEnded(ordinal: Int, number: Int, Verdict, Failure?, at: Int64)
    /// A read after an intent showed the wanted state: no PATCH may follow.
    case sawWanted(ordinal: Int, number: Int)
    /// A read after an intent showed the wanted state and a key that Atlas can't use, for the first time; told at once,
    /// not kept in a job: the check decides what it comes to.
    case sawDeadKey(ordinal: Int, at: Int64)
    /// A read that was no success; successes show in what follows them.
    case troubledRead(ordinal: Int, Step, Verdict, Failure?, at: Int64)
    case outcome(ordinal: Int, Outcome)
    /// The organisation that the job is bound to from now on.
    case organisation(OrganisationID)
    case halted(Halt, at: Int64)
    /// A server asks to wait; the next process keeps to it too.
    case held(KeptHold)
    /// The first project of a wave may start from here on.
    case waveBegan(Int, at: Int64)
    /// Every project of the wave was right, and still is after the soak.
    case wavePassed(Int, at: Int64)
    /// A project that was done has been read again.
    case reread(ordinal: Int, Reread.Finding, at: Int64)
    /// A POST for a role is about to leave.
    case roleIntent(ordinal: Int, number: Int, at: Int64)
    /// What became of it.
    case roleEnded(ordinal: Int, number: Int, Verdict, Failure?, at: Int64)
    case roleFound(ordinal: Int, RoleFinding, at: Int64)
    /// A role that Atlas is still making, or (nil) one that was asked for and is not listed: it is looked at again
    /// until a time, in milliseconds since 1970. Not kept.
    case roleAwaited(ordinal: Int, role: RoleID?, until: Int64)
    /// A page of the organisation's projects; not kept in a job.
    case listed(ProjectPage)
    /// The list can't be read; not kept in a job.
    case unlisted(Failure)
    /// What was read of a project for `inventory` or `roles`; not kept in a job.
    case surveyed(ordinal: Int, Survey)
}

/// Which request of a project's work it was.
package enum Step: String, Sendable {
    case list
    case planName = "plan_name"
    case planRoles = "plan_roles"
    case planState = "plan_state"
    case lookRoles = "look_roles"
    case look
    case change
    case makeRole = "make_role"
    case checkRoles = "check_roles"
    case check
    case rereadRoles = "reread_roles"
    case reread

    /// Whether the server is another afterwards; all others only read.
    package var isChange: Bool { self == .change || self == .makeRole }

    func endpoint(of project: ProjectID) -> Endpoint {
        switch self {
        case .planName: .project(project)
        case .planRoles, .lookRoles, .checkRoles, .rereadRoles: .roles(project)
        case .planState, .look, .check, .reread: .encryption(project)
        case .change: .changeEncryption(project)
        case .makeRole: .makeRole(project)
        case .list: preconditionFailure("the list is no project's")
        }
    }
}

/// Why all starts ended before the work did; a halted job goes on only when a person says so.
package struct Halt: Hashable, Sendable {
    package enum Cause: String, Sendable {
        case notValidAfterChange = "not_valid_after_change"
        case collateralChange = "collateral_change"
        /// The same permanent answer on five projects in a row.
        case sameRefusal = "same_refusal"
        case apiVersion = "api_version"
        case outage
        case maintenance
        case rateLimit = "rate_limit"
        /// More projects ended badly than `--max-failures` allows.
        case failureBudget = "failure_budget"
        /// A wave was not as it must be for the next one to start.
        case waveGate = "wave_gate"
    }

    package var cause: Cause
    /// The arithmetic or the answer, for people.
    package var detail: String

    package init(_ cause: Cause, _ detail: String) {
        self.cause = cause
        self.detail = detail
    }
}
