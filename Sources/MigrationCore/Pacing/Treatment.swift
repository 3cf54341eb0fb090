/// What a verdict means for whoever gets it; one row each, and everything else asks the row: how often a request is
/// tried again and what binds that, what a history of attempts may have done, the words in the job's queries, and the
/// printed retry table.
package struct Treatment: Hashable, Sendable {
    /// Whether the request can have taken effect.
    package enum Effect: Hashable, Sendable { case none, maybe, yes }

    /// What ends the tries.
    package enum Bound: Hashable, Sendable {
        /// The check of what was accepted.
        case check
        /// `--max-attempts`
        case attempts
        /// So many more tries.
        case tries(Int)
        /// `--propagation-patience`
        case propagation
        /// `--outage-patience`
        case outage
        /// A hold, which `--outage-patience` ends: for a bucket, or for the run.
        case hold
        /// The same request again, without a wait.
        case resend
        /// No try is worth it.
        case permanent
        /// The run ends.
        case run
    }

    /// Of whom it speaks.
    package enum Subject: Hashable, Sendable { case project, server, run }

    package var effect: Effect
    /// Whether a PATCH or POST that got it counts as an attempt (contract section 4).
    package var isAttempt: Bool
    package var bound: Bound
    /// nil: `--backoff-base`.
    package var firstWait: Duration?
    package var subject: Subject

    fileprivate init(
        _ effect: Effect, isAttempt: Bool, _ bound: Bound, of subject: Subject, firstWait: Duration? = nil
    ) {
        self.effect = effect
        self.isAttempt = isAttempt
        self.bound = bound
        self.subject = subject
        self.firstWait = firstWait
    }

    /// Whether the same request may well be answered better a little later: a reason not to send more at a time.
    package var passes: Bool {
        switch bound {
        case .attempts, .tries, .propagation, .outage, .hold: true
        case .check, .resend, .permanent, .run: false
        }
    }

    /// Whether the request got to the server and was not refused for good: what shows as wanted after it is the doing
    /// of whoever sent it, whatever the answer said.
    package var arrives: Bool { effect != .none || (passes && bound != .outage) }

    /// Whether it is a sign of an outage. A server that asks to wait is there.
    package var suggestsOutage: Bool { subject == .server && bound != .hold }
}

extension Verdict {
    package var treatment: Treatment {
        switch self {
        case .accepted: Treatment(.yes, isAttempt: true, .check, of: .project)
        case .propagation: Treatment(.none, isAttempt: true, .propagation, of: .project)
        case .slow:
            Treatment(.none, isAttempt: true, .propagation, of: .project, firstWait: .seconds(30))
        case .few: Treatment(.none, isAttempt: true, .tries(3), of: .project)
        case .passing: Treatment(.none, isAttempt: true, .attempts, of: .project)
        case .conflict: Treatment(.none, isAttempt: true, .tries(2), of: .project)
        case .transient: Treatment(.maybe, isAttempt: true, .attempts, of: .server)
        case .youngRole: Treatment(.maybe, isAttempt: true, .propagation, of: .server)
        case .noAnswer: Treatment(.maybe, isAttempt: true, .attempts, of: .server)
        case .notSent: Treatment(.none, isAttempt: false, .outage, of: .server)
        case .secretUnavailable: Treatment(.none, isAttempt: false, .run, of: .run)
        case .throttled: Treatment(.none, isAttempt: false, .hold, of: .server)
        case .maintenance: Treatment(.none, isAttempt: false, .hold, of: .server)
        case .staleChallenge: Treatment(.none, isAttempt: false, .resend, of: .run)
        // Of the project by the time that it is told: the run's own trouble has been looked into.
        case .unauthorised: Treatment(.none, isAttempt: true, .permanent, of: .project)
        case .refused: Treatment(.none, isAttempt: true, .permanent, of: .project)
        case .accessList: Treatment(.none, isAttempt: true, .run, of: .run)
        case .version: Treatment(.none, isAttempt: true, .run, of: .run)
        }
    }

    /// The verdicts that have a trait, in the order of their words.
    package static func those(_ trait: (Treatment) -> Bool) -> [Verdict] {
        allCases.filter { trait($0.treatment) }.sorted { $0.rawValue < $1.rawValue }
    }
}
