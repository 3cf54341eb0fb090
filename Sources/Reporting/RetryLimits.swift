import AtlasAPI
import MigrationCore

/// What binds the tries after each verdict, in words with a number.
struct RetryLimits: Sendable {
    var settings: RunSettings

    func text(_ verdict: Verdict) -> String {
        let treatment = verdict.treatment
        switch treatment.bound {
        case .check:
            return "read until it shows, for up to \(time(settings.verifyPatience)) (--verify-patience)"
        case .propagation:
            let first = treatment.firstWait.map { "; the first wait is up to \(time($0))" } ?? ""
            return propagation + first
        case .tries(let count): return "\(count) more tries"
        case .attempts:
            let look = treatment.effect == .maybe ? "looks after at least \(time(settings.settleTime)); " : ""
            return look + attempts
        case .outage: return "tried again for up to \(time(settings.outagePatience)) (--outage-patience)"
        case .hold:
            let what = verdict == .throttled ? "holds that rate limit at least 1s" : "holds the run"
            return "\(what); \(halt)"
        case .resend: return "1 more try, which costs no attempt"
        case .permanent where verdict == .unauthorised:
            return "at most 1 new token and 1 probe; then the project fails or the run stops"
        case .run where !treatment.isAttempt: return "0 more tries; the run stops"
        case .permanent, .run: return "0 more tries"
        }
    }

    private var propagation: String {
        "tried again for up to \(time(settings.propagationPatience)) (--propagation-patience)"
    }

    private var attempts: String { "up to \(settings.maxAttempts) attempts (--max-attempts)" }

    private var halt: String { "the run halts after \(time(settings.outagePatience)) (--outage-patience)" }

    private func time(_ duration: Duration) -> String { DurationText.format(duration) }
}
