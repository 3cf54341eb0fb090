import AtlasAPI

/// Counts the tries of one GET and says when the next is due: five tries by the retry table.
struct ReadRetry: Sendable, Hashable {
    private(set) var failures = 0

    enum Next: Hashable {
        case retry(at: Instant)
        case giveUp
    }

    mutating func reset() { failures = 0 }

    mutating func failed(
        _ verdict: Verdict, _ failure: Failure, settings: RunSettings, now: Now, dice: inout Dice
    ) -> Next {
        failures += 1
        guard failures < readTries, verdict.treatment.bound != .permanent else { return .giveUp }
        return .retry(at: now.instant + wait(verdict, failure, settings, &dice))
    }

    /// The wait before the same call again, without counting a try.
    func wait(_ verdict: Verdict, _ failure: Failure, _ settings: RunSettings, _ dice: inout Dice) -> Duration
    {
        Backoff(base: verdict.treatment.firstWait ?? settings.backoffBase, cap: settings.backoffCap)
            .delay(afterFailures: max(1, failures), floor: failure.retryAfter ?? .zero, dice: &dice)
    }
}
