package import AtlasAPI

/// Tells an outage from single projects' trouble: failures on min(5, projects in play) different projects in a
/// row hold all starts; one GET at growing intervals probes, until one is answered or the patience is over.
package struct OutageBreaker: Sendable {
    private enum State: Sendable {
        /// Ordinals of the projects.
        case closed(failing: Set<Int>)
        case open(since: Instant, probeAt: Instant, probes: Int)
    }

    private static let threshold = 5
    private var state = State.closed(failing: [])

    package init() {}

    package var isOpen: Bool { if case .open = state { true } else { false } }

    /// When it opened; nil when closed.
    package var since: Instant? { if case .open(let since, _, _) = state { since } else { nil } }

    /// When the next probe may leave; nil when closed.
    package var probeAt: Instant? { if case .open(_, let at, _) = state { at } else { nil } }

    /// - Returns: how long the outage has lasted, when it is one.
    package mutating func failed(
        _ ordinal: Int, inPlay: Int, backoff: Backoff, now: Instant
    ) -> Duration? {
        switch state {
        case .closed(var failing):
            failing.insert(ordinal)
            guard failing.count >= min(Self.threshold, max(1, inPlay)) else {
                state = .closed(failing: failing)
                return nil
            }
            state = .open(since: now, probeAt: now + backoff.bound(afterFailures: 1), probes: 1)
            return .zero
        case .open(let since, let probeAt, let probes):
            // Requests that were under way when it opened come back too; only a due probe sets the next.
            if now >= probeAt {
                state = .open(
                    since: since, probeAt: now + backoff.bound(afterFailures: probes + 1), probes: probes + 1)
            }
            return now - since
        }
    }

    /// Any other completion.
    /// - Returns: whether an outage just ended.
    package mutating func completed() -> Bool {
        defer { state = .closed(failing: []) }
        return isOpen
    }
}
