package import AtlasAPI

/// Exponential backoff with full jitter: anywhere between nothing and the doubled bound, so that projects that
/// failed together do not come back together.
package struct Backoff: Sendable {
    package var base: Duration
    package var cap: Duration

    package init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// The wait after `failures` failures in a row (1 or more), never under `floor` (a `Retry-After`, the settle
    /// time, the second that a 429 costs).
    package func delay(afterFailures failures: Int, floor: Duration = .zero, dice: inout Dice) -> Duration {
        let bound = self.bound(afterFailures: failures)
        let jittered = Duration.nanoseconds(Int64.random(in: 0...max(0, bound.nanoseconds), using: &dice))
        return max(jittered, floor)
    }

    /// The most that `delay` may give: base, doubled each time, up to the cap.
    package func bound(afterFailures failures: Int) -> Duration {
        var bound = base
        for _ in 1..<max(1, min(failures, 64)) where bound < cap { bound += bound }
        return min(bound, max(cap, base))
    }
}
