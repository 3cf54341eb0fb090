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
