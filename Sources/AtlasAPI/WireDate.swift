import FoundationEssentials

/// Dates of the wire, as milliseconds since 1970-01-01 UTC.
package enum WireDate {
    /// The three forms of RFC 9110 section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT` (Atlas leaves the day's leading
    /// zero out), `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. nil for anything else. The name
    /// of the day is not looked at; a year of two digits is one of 1970 to 2069.
    package static func http(_ text: String) -> Int64? {
        var parts = text.split(separator: " ").map(String.init)
        if parts.count == 5 {
            guard parts[0].utf8.count == 3 else { return nil }
            parts = ["\(parts[0]),", parts[2], parts[1], parts[4], parts[3], "GMT"]
        } else if parts.count == 4 {
            let date = parts[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard date.count == 3, date[2].utf8.count == 2, let year = digits(date[2], 2...2) else {
                return nil
            }
            parts = [parts[0], date[0], date[1], String(year < 70 ? 2000 + year : 1900 + year)] + parts[2...]
        }
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT",
            let month = months.firstIndex(of: parts[2]), let day = digits(parts[1], 1...2),
            let year = digits(parts[3], 4...4), let seconds = timeOfDay(parts[4]),
            let days = days(year, month + 1, day)
        else { return nil }
        return (days * 86_400 + seconds) * 1000
    }

    /// `2026-08-10T03:03:36Z` (RFC 3339) with an optional fraction, of which the milliseconds count, and `Z` or an
    /// offset; nil for anything else.
    package static func rfc3339(_ text: String) -> Int64? {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard date.count == 3, let year = digits(date[0], 4...4), let month = digits(date[1], 2...2),
            let day = digits(date[2], 2...2), let days = days(year, Int(month), day),
            let seconds = timeOfDay(halves[1].prefix(8))
        else { return nil }
        var zone = halves[1].dropFirst(8)
        var fraction: Int64 = 0
        if zone.first == "." {
            let places = zone.dropFirst().prefix { $0 != "Z" && $0 != "+" && $0 != "-" }
            guard !places.isEmpty, places.utf8.allSatisfy(isDigit) else { return nil }
            fraction = digits("\(places)000".prefix(3), 3...3) ?? 0
            zone = zone.dropFirst(1 + places.count)
        }
        guard let offset = offset(zone) else { return nil }
        return (days * 86_400 + seconds - offset) * 1000 + fraction
    }

    /// Seconds east of Greenwich: `Z`, `+02:00`.
    private static func offset(_ zone: Substring) -> Int64? {
        if zone == "Z" { return 0 }
        let parts = zone.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hours = digits(parts[0], 2...2), let minutes = digits(parts[1], 2...2),
            hours < 24, minutes < 60
        else { return nil }
        switch zone.first {
        case "+": return hours * 3600 + minutes * 60
        case "-": return -(hours * 3600 + minutes * 60)
        default: return nil
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar (Howard Hinnant's `days_from_civil`, for years from 0); nil
    /// when there is no such day.
    private static func days(_ year: Int64, _ month: Int, _ day: Int64) -> Int64? {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), day >= 1, day <= lengths[month - 1] else { return nil }
        // Years begin in March, so that the day of a leap year is its last.
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * Int64(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Seconds since midnight of `08:49:37`; a leap second is the first of the next minute.
    private static func timeOfDay(_ text: some StringProtocol) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { digits($0, 2...2) }
        guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2], hour < 24,
            minute < 60, second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func digits(_ text: some StringProtocol, _ count: ClosedRange<Int>) -> Int64? {
        guard count.contains(text.utf8.count), text.utf8.allSatisfy(isDigit) else { return nil }
        return Int64(text)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// `2026-11-23T19:46:00.123Z`; a time that RFC 3339 can't say, as its number.
    package static func text(milliseconds: Int64) -> String {
        guard sayable.contains(milliseconds) else {
            return "no date (\(milliseconds) ms since 1970)"
        }
        // The style cuts off the fraction of a binary number, which loses a millisecond of many.
        let fraction = (milliseconds % 1000 + 1000) % 1000
        let whole = Date(timeIntervalSince1970: Double((milliseconds - fraction) / 1000))
        let digits = String(fraction + 1000).dropFirst()
        return "\(whole.formatted(Date.ISO8601FormatStyle()).dropLast()).\(digits)Z"
    }

    /// 1583-01-01 to the end of 9999: before it Foundation counts in the Julian calendar, which RFC 3339 does not.
    private static let sayable: ClosedRange<Int64> = -12_212_553_600_000...253_402_300_799_999

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
