package import AtlasAPI

/// The buckets that a server has closed for a while (a 429, a 503 with `Retry-After`, or a 405 that closes the whole
/// run), and since when they have refused without a success between.
package struct RateHolds: Sendable {
    package struct Hold: Hashable, Sendable {
        package var until: Instant
        package var since: Instant
        var refusals: Int
        /// Whether a PATCH was refused; reads may still pass then, and say nothing.
        var refusesChanges: Bool
        /// What the run halts for when it lasts too long, and the answer for people.
        package var cause = Halt.Cause.rateLimit
        package var summary = ""
        /// The server said how long; else it is our own backoff.
        package var isAsked = true

        /// When the patience with it is over, if that comes first.
        func patienceEnds(_ patience: Duration) -> Instant? {
            let end = since + patience
            return end < until ? end : nil
        }
    }

    private var holds: [RateBucket: Hold] = [:]

    package init() {}

    /// When the bucket opens, or nil when it is open; a hold on everything holds each.
    package func opens(_ bucket: RateBucket, now: Instant) -> Instant? { hold(bucket, now: now)?.until }

    /// The hold that keeps the bucket shut the longest; nil when it is open.
    package func hold(_ bucket: RateBucket, now: Instant) -> Hold? {
        [holds[bucket], holds[.everything]].compactMap { $0 }.filter { $0.until > now }
            .max { $0.until < $1.until }
    }

    /// A shut bucket that has refused for `patience`: no wait lasts longer.
    package func spent(_ patience: Duration, now: Instant) -> Hold? {
        holds.values.filter { $0.until > now && $0.since + patience <= now }.min { $0.since < $1.since }
    }

    /// When the first shut bucket will have refused for `patience`; nil when all open before.
    package func patienceEnds(_ patience: Duration, now: Instant) -> Instant? {
        holds.values.filter { $0.until > now }.compactMap { $0.patienceEnds(patience) }.min()
    }

    /// A refusal came. The wait grows with each one in a row and is never under `floor`, nor under a second
    /// (Atlas has been seen to say "retry after 0 seconds"). One that the server did not ask for ends with the
    /// `patience` at the latest, so that there is a last try.
    /// - Returns: how long the bucket has refused by then; past the outage patience the run gives up.
    @discardableResult
    package mutating func refuse(
        _ bucket: RateBucket, isChange: Bool, floor: Duration?, patience: Duration? = nil,
        backoff: Backoff, now: Instant, dice: inout Dice, cause: Halt.Cause = .rateLimit, summary: String = ""
    ) -> Duration {
        let earlier = holds[bucket]
        // Refusals that were under way together count once.
        let isNew = (earlier?.until ?? now) <= now
        let refusals = (earlier?.refusals ?? 0) + (isNew ? 1 : 0)
        let isAsked = (floor ?? .zero) > .zero
        var until =
            now
            + backoff.delay(
                afterFailures: max(1, refusals), floor: max(floor ?? .zero, .seconds(1)), dice: &dice)
        let end = patience.map { (earlier?.since ?? now) + $0 }
        if !isAsked, let end, end > now { until = min(until, end) }
        let isLonger = earlier.map { $0.until >= until } ?? false
        holds[bucket] = Hold(
            until: max(earlier?.until ?? now, until), since: earlier?.since ?? now, refusals: refusals,
            refusesChanges: isChange || earlier?.refusesChanges == true, cause: cause, summary: summary,
            isAsked: isLonger ? earlier?.isAsked == true : isAsked)
        return now - (earlier?.since ?? now)
    }

    /// A hold that an earlier process met and wrote down; the patience with it begins anew.
    package mutating func restore(
        _ bucket: RateBucket, until: Instant, now: Instant, cause: Halt.Cause, summary: String
    ) {
        guard until > max(now, holds[bucket]?.until ?? now) else { return }
        holds[bucket] = Hold(
            until: until, since: now, refusals: 1, refusesChanges: false, cause: cause, summary: summary)
    }

    /// An answer that was no refusal. It ends the row of refusals once the hold is over; one that was under way
    /// when the hold began says nothing, nor does a read when a PATCH was refused.
    package mutating func succeed(_ bucket: RateBucket, isChange: Bool, now: Instant) {
        guard !holds.isEmpty else { return }
        for key in [bucket, .everything] {
            guard let hold = holds[key], hold.until <= now, isChange || !hold.refusesChanges else { continue }
            holds[key] = nil
        }
    }

    /// Forgets the buckets of a project that has left play.
    package mutating func forget(_ project: ProjectID) {
        guard !holds.isEmpty else { return }
        for bucket in [RateBucket.project(project), .encryption(project), .roles(project)] {
            holds[bucket] = nil
        }
    }
}
