import AtlasAPI

/// Durations as people write them: `250ms`, `5s`, `3m`, `1h`.
package enum DurationText {
    /// nil for anything but a whole number with one of the units, of at most a year.
    package static func parse(_ text: String) -> Duration? {
        for (unit, nanoseconds) in units where text.hasSuffix(unit) {
            let digits = text.dropLast(unit.count)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let count = Int64(digits), count <= year / nanoseconds
            else { continue }
            return .nanoseconds(count * nanoseconds)
        }
        return nil
    }

    /// The largest unit that gives a whole number; what is finer than a nanosecond is lost.
    package static func format(_ duration: Duration) -> String {
        for (unit, nanoseconds) in units.reversed() where duration.nanoseconds % nanoseconds == 0 {
            return "\(duration.nanoseconds / nanoseconds)\(unit)"
        }
        return "\(duration.nanoseconds)ns"
    }

    private static let year: Int64 = 365 * 86_400_000_000_000
    /// `ms` before `s`, since both end in s. Nanoseconds are only for what divides nothing else.
    private static let units: [(String, Int64)] = [
        ("ns", 1), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]
}
