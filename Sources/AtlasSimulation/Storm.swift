/// Ready fault plans by name.
package enum Storm: String, CaseIterable, Sendable {
    /// No faults.
    case calm
    /// Every passing kind now and then; all clear within four tries in a row, so every project can succeed.
    case stormy
    /// The same twice as often.
    case gale

    package var plan: FaultPlan {
        var plan = FaultPlan()
        switch self {
        case .calm: break
        case .stormy:
            plan.rates = Self.rates
            plan.lastOrdinal = 3
            plan.lastReadOrdinal = 12
            plan.longestRun = 3
        case .gale:
            plan.rates = Self.rates.mapValues { $0 * 2 }
            plan.lastOrdinal = 3
            plan.lastReadOrdinal = 24
            plan.longestRun = 3
        }
        return plan
    }

    /// What `--hazards` adds: rare things that a run must stop for.
    package static let hazards: [FaultKind: Double] = [.neverValid: 0.005, .foreignEdit: 0.002]

    private static let rates: [FaultKind: Double] = [
        .conflict: 0.04, .conflictUnknown: 0.02, .serverError: 0.03, .serverErrorAfter: 0.04,
        .badGateway: 0.02,
        .unavailable: 0.02, .unavailableRetryAfter: 0.02, .limited: 0.02, .limitedRetryAfter: 0.02,
        .propagation: 0.05, .resetBefore: 0.02, .resetAfter: 0.04, .hang: 0.003, .hangAfter: 0.003,
        .cut: 0.02,
        .stale: 0.08, .notValid: 0.05,
        .signIn: 0.01, .signInAfter: 0.01, .gatewayJSON: 0.01, .gatewayRefusal: 0.01,
        .conflictAfter: 0.01, .limitedAfter: 0.01, .gatewayUnauthorized: 0.01,
    ]
}
