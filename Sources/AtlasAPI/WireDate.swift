import FoundationEssentials

/// Dates of the wire, as milliseconds since 1970-01-01 UTC.
package enum WireDate {
    /// The IMF-fixdate of RFC 9110 section 5.6.7, `Sun, 06 Nov 1994 08:49:37 GMT`; Atlas leaves the day's leading
    /// zero out. nil for anything else.
    package static func http(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", parts[1].count <= 2,
            let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        func padded(_ number: some StringProtocol) -> String {
            number.count == 1 ? "0\(number)" : "\(number)"
        }
        return rfc3339("\(parts[3])-\(padded(String(month + 1)))-\(padded(parts[1]))T\(parts[4])Z")
    }

    /// `2026-08-10T03:03:36Z` with an optional fraction; nil for anything else.
    package static func rfc3339(_ text: String) -> Int64? {
        let date =
            (try? Date(text, strategy: Date.ISO8601FormatStyle()))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        return date.map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) }
    }

    /// `2026-11-23T19:46:00.123Z`
    package static func text(milliseconds: Int64) -> String {
        // The style cuts off the fraction of a binary number, which loses a millisecond of many.
        let fraction = (milliseconds % 1000 + 1000) % 1000
        let whole = Date(timeIntervalSince1970: Double((milliseconds - fraction) / 1000))
        let digits = String(fraction + 1000).dropFirst()
        return "\(whole.formatted(Date.ISO8601FormatStyle()).dropLast()).\(digits)Z"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

extension HTTPAnswer {
    /// How long `Retry-After` asks to wait (RFC 9110 section 10.2.3), at most a day: seconds, or a date against
    /// the answer's own `Date`, so that a wrong local clock does not matter. nil without one that can be read.
    package var retryAfter: Duration? {
        guard let text = headers["Retry-After"] else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return .seconds(min(Int64(text) ?? .max, 86_400))
        }
        guard let until = WireDate.http(text), let date = headers["Date"].flatMap(WireDate.http) else {
            return nil
        }
        return .milliseconds(min(max(0, until - date), 86_400_000))
    }
}
