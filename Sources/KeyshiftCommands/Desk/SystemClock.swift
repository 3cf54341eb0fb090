import AtlasAPI

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The machine's clocks.
enum SystemClock {
    /// Goes on while the machine sleeps, so that a token's age and a wait stay true: `CLOCK_BOOTTIME` on
    /// Linux, `CLOCK_MONOTONIC` on Darwin (which, unlike `CLOCK_UPTIME_RAW`, counts sleep there).
    static func instant() -> Instant {
        #if canImport(Darwin)
            Instant(nanoseconds: read(CLOCK_MONOTONIC))
        #else
            Instant(nanoseconds: read(CLOCK_BOOTTIME))
        #endif
    }

    /// Milliseconds since 1970-01-01 UTC; jumps when someone sets the clock.
    static func wallMilliseconds() -> Int64 { read(CLOCK_REALTIME) / 1_000_000 }

    static func now() -> Now { Now(instant: instant(), wall: wallMilliseconds()) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // Fails only for a clock that the system does not have; these exist on every supported system.
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
