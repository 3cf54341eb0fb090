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
