package import AtlasAPI

/// A clock that moves only when the simulation says so; minutes of waiting take no time.
package final class VirtualClock {
    /// 2026-01-01T00:00:00Z, so that times in reports look like times.
    private static let epoch: Int64 = 1_767_225_600_000
    package private(set) var instant = Instant(nanoseconds: 0)
    /// What somebody has set the wall clock forward or back by, in milliseconds.
    package var wallOffset: Int64 = 0

    package init() {}

    package var now: Now {
        Now(instant: instant, wall: Self.epoch + instant.nanoseconds / 1_000_000 + wallOffset)
    }

    /// The server's own clock, in milliseconds since 1970; nobody sets it.
    package var serverTime: Int64 { Self.epoch + instant.nanoseconds / 1_000_000 }

    package func advance(to time: Instant) { instant = max(instant, time) }
}
