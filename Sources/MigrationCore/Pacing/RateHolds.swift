package import AtlasAPI

/// The buckets that a 429 (or the whole run that a 405) has closed for a while, and since when they have
/// refused without a success between.
package struct RateHolds: Sendable {
    private struct Hold: Sendable {
        var until: Instant
        var since: Instant
        var refusals: Int
        /// Whether a PATCH was refused; reads may still pass then, and say nothing.
        var refusesChanges: Bool
    }

    private var holds: [RateBucket: Hold] = [:]

    package init() {}

    /// When the bucket opens, or nil when it is open; a hold on everything holds each.
    package func opens(_ bucket: RateBucket, now: Instant) -> Instant? {
        let latest = [holds[bucket]?.until, holds[.everything]?.until].compactMap { $0 }.max()
        guard let latest, latest > now else { return nil }
        return latest
    }

    /// A refusal came. The wait grows with each one in a row and is never under `floor`, nor under a second
    /// (Atlas has been seen to say "retry after 0 seconds").
    /// - Returns: how long the bucket has refused by then; past the outage patience the run gives up.
    package mutating func refuse(
        _ bucket: RateBucket, isChange: Bool, floor: Duration?, backoff: Backoff, now: Instant,
        dice: inout Dice
    ) -> Duration {
        let earlier = holds[bucket]
        // Refusals that were under way together count once.
        let isNew = (earlier?.until ?? now) <= now
        let refusals = (earlier?.refusals ?? 0) + (isNew ? 1 : 0)
        let delay = backoff.delay(
            afterFailures: max(1, refusals), floor: max(floor ?? .zero, .seconds(1)), dice: &dice)
        holds[bucket] = Hold(
            until: max(earlier?.until ?? now, now + delay), since: earlier?.since ?? now, refusals: refusals,
            refusesChanges: isChange || earlier?.refusesChanges == true)
        return now - (earlier?.since ?? now)
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
