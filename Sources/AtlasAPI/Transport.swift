/// A point on a clock that only goes forward and counts the machine's sleep; nanoseconds from some zero.
package struct Instant: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    package static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(nanoseconds: instant.nanoseconds + duration.nanoseconds)
    }

    package static func - (left: Instant, right: Instant) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds; durations here are at most years.
    package var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }

    package var seconds: Double { Double(nanoseconds) / 1e9 }
}

/// Both clocks at one moment: waits are measured by `instant`, times for people are `wall`.
package struct Now: Sendable, Equatable {
    package var instant: Instant
    /// Milliseconds since 1970-01-01 UTC.
    package var wall: Int64

    package init(instant: Instant, wall: Int64) {
        self.instant = instant
        self.wall = wall
    }
}

/// Number of a request within one run; the reply names it.
package struct RequestID: Hashable, Comparable, Sendable {
    package var number: Int

    package init(_ number: Int) { self.number = number }

    package static func < (left: RequestID, right: RequestID) -> Bool { left.number < right.number }
}

package enum TransportEvent: Sendable {
    case ended(RequestID, Reply)
    /// A watched descriptor (a signal) became readable.
    case interrupted
}

/// Carries requests out; everything happens on the caller's thread. Two exist: libcurl and the simulation.
package protocol Transport: AnyObject {
    /// Begins the requests; none has been sent by an earlier call with the same id.
    func start(_ requests: [(id: RequestID, request: HTTPRequest)])

    /// Blocks until something ended, a watched descriptor became readable, or `deadline` has come (nil: no
    /// deadline). An empty answer means that the deadline has come.
    func wait(until deadline: Instant?) -> [TransportEvent]
}
