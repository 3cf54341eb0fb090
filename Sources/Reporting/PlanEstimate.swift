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
        requests = changes * (1 + readsPerChange)
        // The first PATCH of a run waits for nobody.
        let paced = settings.patchInterval.map { $0 * max(0, changes - 1) } ?? .zero
        let carried = Self.requestTime * requests / max(1, settings.concurrency)
        duration = max(paced, carried)
        bound = changes <= 0 ? nil : paced >= carried ? .rate : .concurrency
    }
}
