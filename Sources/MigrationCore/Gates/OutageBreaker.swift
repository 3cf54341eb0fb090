package import AtlasAPI

/// Tells an outage from single projects' trouble (contract section 4).
///
/// ```
/// closed ──5 projects, or 3 connections, in a row──▶ open ──any good answer──▶ closed
///    └─3 failures in a row of fewer projects─▶ (the probe) ──fails──▶ open
///                                                  └─answers─▶ closed, and the trouble is the projects' own
/// ```
/// While it is open one GET at a time leaves, at growing intervals, until one is answered or the patience is over.
package struct OutageBreaker: Sendable {
    /// What a failure adds to the picture.
    package struct Finding: Hashable, Sendable {
        /// How long the outage has lasted; nil while there is none.
        package var lasted: Duration?
        /// Too few projects have failed to know: whether Atlas answers at all, the identity probe tells.
        package var isDoubtful: Bool
    }

    private struct Opening: Sendable {
        var since: Instant
        var probeAt: Instant
        var probes: Int
        /// Probes that failed, of either kind.
        var failedProbes: Int
        /// It was connections that came to nothing.
        var isUnreachable: Bool
    }

    private static let projectsLimit = 5
    private static let connectionsLimit = 3
    private static let doubtfulFailures = 3
    /// Probes that fail before a person hears of it.
    private static let tellingProbes = 3

    private var opening: Opening?
    /// Ordinals of the projects that have failed since the last good answer.
    private var projects: Set<Int> = []
    private var failures = 0
    /// Failures in a row before anything was sent.
    private var connections = 0

    package init() {}

    package var isOpen: Bool { opening != nil }

    /// When it opened; nil when closed.
    package var since: Instant? { opening?.since }

    /// Whether a person should hear of it. Five failures in a row can be a storm's; then a probe is soon answered, and
    /// nothing was amiss.
    package var isConfirmed: Bool {
        opening.map { $0.isUnreachable || $0.failedProbes >= Self.tellingProbes } ?? false
    }

    /// When the next probe may leave; nil when closed.
    package var probeAt: Instant? { opening?.probeAt }

    private var areFew: Bool { projects.count < Self.projectsLimit }

    /// A project's request failed as in an outage. `isConnection`: nothing was sent (no name, refused, TLS, a time-out
    /// before).
    package mutating func failed(
        _ ordinal: Int, isConnection: Bool, backoff: Backoff, now: Instant
    ) -> Finding {
        projects.insert(ordinal)
        failures += 1
        connections = isConnection ? connections + 1 : 0
        if let opening {
            // Requests that were under way when it opened come back too; only a due probe sets the next.
            let isProbe = now >= opening.probeAt
            if isProbe { probeLater(opening, backoff: backoff, now: now) }
            if connections >= Self.connectionsLimit { self.opening?.isUnreachable = true }
            return Finding(lasted: now - opening.since, isDoubtful: isProbe && areFew)
        }
        if !areFew || connections >= Self.connectionsLimit {
            open(isUnreachable: connections >= Self.connectionsLimit, backoff: backoff, now: now)
            return Finding(lasted: .zero, isDoubtful: false)
        }
        return Finding(lasted: nil, isDoubtful: failures >= Self.doubtfulFailures)
    }

    /// The identity probe failed too, so many times.
    package mutating func probeFailed(_ count: Int, backoff: Backoff, now: Instant) {
        if opening == nil { open(isUnreachable: false, backoff: backoff, now: now) }
        opening?.failedProbes += count
    }

    private mutating func open(isUnreachable: Bool, backoff: Backoff, now: Instant) {
        let probeAt = now + backoff.bound(afterFailures: 1)
        opening = Opening(
            since: now, probeAt: probeAt, probes: 1, failedProbes: 0, isUnreachable: isUnreachable)
    }

    private mutating func probeLater(_ opening: Opening, backoff: Backoff, now: Instant) {
        let wait = backoff.bound(afterFailures: opening.probes + 1)
        self.opening = Opening(
            since: opening.since, probeAt: now + wait, probes: opening.probes + 1,
            failedProbes: opening.failedProbes + 1, isUnreachable: opening.isUnreachable)
    }

    /// Any other completion.
    /// - Returns: whether an outage just ended.
    package mutating func completed() -> Bool {
        defer { self = OutageBreaker() }
        return isOpen
    }

    /// The probe was answered: Atlas is there. Of five projects that fail in a row it clears none, and a later one goes
    /// on from what is known.
    /// - Returns: whether an outage just ended.
    package mutating func cleared() -> Bool {
        (failures, connections) = (0, 0)
        guard areFew, isOpen else { return false }
        opening = nil
        return true
    }
}
