/// What became of a project; every project of the CSV has exactly one. The words are part of the contract.
package enum ProjectResult: String, CaseIterable, Sendable {
    /// Our PATCH changed it, and the check said so as far as `verified` tells.
    case changed
    /// It was already as wanted.
    case unchanged
    /// The target's `where` does not match it.
    case excluded
    /// Tried, or looked at, and surely not as wanted.
    case failed
    /// Left alone because a precondition does not hold.
    case blocked
    /// Left alone because it is no longer as planned.
    case drifted
    /// A change was sent and nobody can say yet whether it took; `resume` looks again.
    case unknown
    /// Not worked on yet.
    case pending

    /// As the target wants it.
    package var isDone: Bool { self == .changed || self == .unchanged }
}

/// Why a project has its class or result. The words are part of the contract (sections 3 and 5).
package enum Reason: String, CaseIterable, Sendable {
    // Decided by the plan.
    case notFound = "not_found"
    case noAccess = "no_access"
    case readFailed = "read_failed"
    case nameMismatch = "name_mismatch"
    case severalProviders = "several_providers"
    case keyNotValid = "key_not_valid"
    case providerMismatch = "provider_mismatch"
    case providerNotEnabled = "provider_not_enabled"
    case roleMissing = "role_missing"
    case roleNotInProject = "role_not_in_project"
    case roleNotReady = "role_not_ready"
    case roleAmbiguous = "role_ambiguous"
    case oneWay = "one_way"
    // Found by the run.
    case stateChanged = "state_changed"
    case roleChanged = "role_changed"
    case refused
    case attemptsExhausted = "attempts_exhausted"
    case propagationTimeout = "propagation_timeout"
    case notValidAfterChange = "not_valid_after_change"
    case collateralChange = "collateral_change"
    case stillOld = "still_old"
    case outcomeUnknown = "outcome_unknown"

    /// A project that ends so stops every further start at once, whatever the budget.
    package var haltsRun: Bool { self == .notValidAfterChange || self == .collateralChange }
}

/// How far a result was checked, weakest first.
package enum Verification: String, CaseIterable, Sendable {
    case none
    /// Atlas answered the PATCH with 2xx.
    case accepted
    /// A later GET reads as wanted.
    case readBack = "read_back"
    /// … and says that the key works.
    case valid
}

/// The end of one project's work in a run.
package struct Outcome: Hashable, Sendable {
    package var result: ProjectResult
    package var reason: Reason?
    package var verified: Verification
    /// Of the answer that decided; nil when none did.
    package var httpStatus: Int?
    package var errorCode: String?
    /// One line for people: fields, values, candidates; never a secret.
    package var detail: String?
    /// Committed PATCH intents that count (contract section 4), over all runs.
    package var attempts: Int
    /// Milliseconds since 1970 UTC; the first look of this run.
    package var startedAt: Int64?
    package var finishedAt: Int64?

    package init(
        _ result: ProjectResult, _ reason: Reason? = nil, verified: Verification = .none,
        failure: Failure? = nil, detail: String? = nil, attempts: Int = 0
    ) {
        self.result = result
        self.reason = reason
        self.verified = verified
        httpStatus = failure?.status
        errorCode = failure?.code
        self.detail = detail ?? failure?.detail
        self.attempts = attempts
    }
}
