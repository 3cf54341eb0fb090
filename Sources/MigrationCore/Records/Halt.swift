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
        /// A project of a finished wave could not be read again; it is what it was.
        case gateUnread = "wave_gate_unread"
    }

    package var cause: Cause
    /// The arithmetic or the answer, for people.
    package var detail: String

    package init(_ cause: Cause, _ detail: String) {
        self.cause = cause
        self.detail = detail
    }
}
