import AtlasAPI
import MigrationCore

/// What binds the tries after each verdict, in words with a number.
struct RetryLimits: Sendable {
    var settings: RunSettings

    func text(_ verdict: Verdict) -> String {
        switch verdict {
        case .accepted: "read until it shows, for up to \(time(settings.verifyPatience)) (--verify-patience)"
        case .propagation, .youngRole: propagation
        case .slow:
            "\(propagation); the first wait is up to \(time(verdict.backoffBase ?? settings.backoffBase))"
        case .few, .conflict: "\(verdict.furtherTries ?? 0) more tries"
        case .passing: attempts
        case .transient, .noAnswer: "looks after at least \(time(settings.settleTime)); \(attempts)"
        case .notSent: "tried again for up to \(time(settings.outagePatience)) (--outage-patience)"
        case .secretUnavailable: "0 more tries; the run stops"
        case .throttled: "holds that rate limit at least 1s; \(halt)"
        case .maintenance: "holds the run; \(halt)"
        case .staleChallenge: "1 more try, which costs no attempt"
        case .unauthorised: "at most 1 new token and 1 probe; then the project fails or the run stops"
        case .refused, .accessList, .version: "0 more tries"
        }
    }

    private var propagation: String {
        "tried again for up to \(time(settings.propagationPatience)) (--propagation-patience)"
    }

    private var attempts: String { "up to \(settings.maxAttempts) attempts (--max-attempts)" }

    private var halt: String { "the run halts after \(time(settings.outagePatience)) (--outage-patience)" }

    private func time(_ duration: Duration) -> String { DurationText.format(duration) }
}
