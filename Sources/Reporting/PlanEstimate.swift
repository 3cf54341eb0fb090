package import MigrationCore

/// How long a plan's changes take at least, when nothing has to be tried again: what the pace of PATCHes
/// allows, or what the requests in flight allow, whichever is slower, and the soaks between its waves.
package struct PlanEstimate: Hashable, Sendable {
    package enum Bound: Hashable, Sendable {
        /// `--rate`
        case rate
        /// `--concurrency`
        case concurrency
        /// `--wave-soak`
        case soak
    }

    /// What one request is taken to last; Atlas checks the key in most of them.
    package static let requestTime: Duration = .milliseconds(500)

    /// PATCHes and the reads around them.
    package let requests: Int
    package let duration: Duration
    /// nil when there is nothing to change.
    package let bound: Bound?

    /// Between the waves, together.
    package let soaks: Duration

    /// - Parameters:
    ///   - readsPerChange: GETs of the look and the check of one change.
    ///   - waves: how many projects are in each wave that is still to come; empty without waves.
    package init(changes: Int, readsPerChange: Int, waves: [Int], settings: RunSettings) {
        // Each wave but the last is read again after its soak.
        requests = changes * (1 + readsPerChange) + max(0, waves.dropLast().reduce(0, +))
        // The first PATCH of a run waits for nobody.
        let paced = settings.patchInterval.map { $0 * max(0, changes - 1) } ?? .zero
        let carried = Self.requestTime * requests / max(1, settings.concurrency)
        soaks = settings.waveSoak * max(0, waves.count - 1)
        duration = max(paced, carried) + soaks
        guard changes > 0 else {
            bound = nil
            return
        }
        bound = soaks > max(paced, carried) ? .soak : paced >= carried ? .rate : .concurrency
    }
}
