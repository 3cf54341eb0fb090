package import MigrationCore

/// How long a plan's changes take at least, when nothing has to be tried again: what the pace of PATCHes
/// allows, or what the requests in flight allow, whichever is slower.
package struct PlanEstimate: Hashable, Sendable {
    package enum Bound: Hashable, Sendable {
        /// `--rate`
        case rate
        /// `--concurrency`
        case concurrency
    }

    /// What one request is taken to last; Atlas checks the key in most of them.
    package static let requestTime: Duration = .milliseconds(500)

    /// PATCHes and the reads around them.
    package let requests: Int
    package let duration: Duration
    /// nil when there is nothing to change.
    package let bound: Bound?

    /// `readsPerChange`: GETs of the look and the check of one change.
    package init(changes: Int, readsPerChange: Int, settings: RunSettings) {
        let sizes = settings.waves.sizes(of: changes)
        // Each wave but the last is read again after its rest.
        requests = changes * (1 + readsPerChange) + max(0, sizes.dropLast().reduce(0, +))
        // The first PATCH of a run waits for nobody.
        let paced = settings.patchInterval.map { $0 * max(0, changes - 1) } ?? .zero
        let carried = Self.requestTime * requests / max(1, settings.concurrency)
        duration = max(paced, carried) + settings.waveSoak * max(0, sizes.count - 1)
        bound = changes <= 0 ? nil : paced >= carried ? .rate : .concurrency
    }
}
