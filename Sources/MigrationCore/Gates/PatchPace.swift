package import AtlasAPI

/// A token bucket of size one: PATCHes leave at least `interval` apart, whoever they are for. Courtesy and
/// blast radius, not quota: Atlas's own limit is per project.
package struct PatchPace: Sendable {
    /// nil: no pacing.
    private let interval: Duration?
    private var nextAllowed: Instant?

    package init(interval: Duration?) { self.interval = interval }

    /// When the next PATCH may leave; nil: now.
    package func opens(now: Instant) -> Instant? {
        guard let nextAllowed, nextAllowed > now else { return nil }
        return nextAllowed
    }

    package mutating func spend(now: Instant) {
        guard let interval else { return }
        nextAllowed = now + interval
    }
}
