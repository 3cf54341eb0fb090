package import AtlasAPI

/// A clock that moves only when the simulation says so; minutes of waiting take no time.
package final class VirtualClock {
    /// 2026-01-01T00:00:00Z, so that times in reports look like times.
    package static let epoch: Int64 = 1_767_225_600_000
    package private(set) var instant = Instant(nanoseconds: 0)
    /// Moments at which somebody sets the client's wall clock, and how far off it is from then on, in milliseconds.
    private var jumps: [(at: Instant, offset: Int64)]
    private var wallOffset: Int64 = 0

    package init(jumps: [(at: Instant, offset: Int64)] = []) {
        self.jumps = jumps.sorted { $0.at < $1.at }
    }

    package var now: Now { Now(instant: instant, wall: serverTime + wallOffset) }

    /// The server's own clock, in milliseconds since 1970; nobody sets it.
    package var serverTime: Int64 { Self.epoch + instant.nanoseconds / 1_000_000 }

    package func advance(to time: Instant) {
        instant = max(instant, time)
        while let jump = jumps.first, jump.at <= instant {
            wallOffset = jump.offset
            jumps.removeFirst()
        }
    }
}
