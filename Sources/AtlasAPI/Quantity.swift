import FoundationEssentials

/// Numbers as other servers spell them: gateways and OAuth servers write `3600` and `"3600"`.
package enum Quantity {
    /// A number of digits with an optional fraction, as in `6` and `6.5`, with white space around it; nil for anything
    /// else, a sign and an exponent included.
    package static func parse(_ text: some StringProtocol) -> Double? {
        let trimmed = text.drop { $0 == " " || $0 == "\t" }
        let digits = trimmed.prefix { $0 != " " && $0 != "\t" }
        guard trimmed.dropFirst(digits.count).allSatisfy({ $0 == " " || $0 == "\t" }) else { return nil }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        return Double(String(digits))
    }

    private static let units: [String: Double] = [
        "": 1, "ms": 0.001, "msec": 0.001, "millis": 0.001, "milliseconds": 0.001, "s": 1, "sec": 1,
        "secs": 1,
        "second": 1, "seconds": 1, "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3600,
        "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600, "d": 86_400, "day": 86_400, "days": 86_400,
    ]

    /// A length of time in seconds: `6`, `6.5`, `+6`, `1e3`, `6s`, `6 seconds`, `2 days`, `PT1M6S`, `P1DT2H`; nil for
    /// anything else, and for less than nothing.
    package static func seconds(_ text: some StringProtocol) -> Double? {
        let word = text.lowercased().split { $0 == " " || $0 == "\t" }.joined(separator: " ")
        if word.hasPrefix("p") { return iso(word.dropFirst()) }
        let unsigned = word.hasPrefix("+") ? word.dropFirst() : word[...]
        let number = unsigned.prefix { "0123456789.".contains($0) }
        guard let value = parse(number) else { return nil }
        let rest = unsigned[number.endIndex...]
        if let exponent = rest.wholeMatch(of: /e[+-]?[0-9]{1,3}/) {
            return Double("\(number)\(exponent.0)")
        }
        return units[String(rest.drop { $0 == " " })].map { value * $0 }
    }

    /// What follows `P` (ISO 8601): years, months, weeks and days, then `T`, hours, minutes and seconds, each once and
    /// in this order. A month is 30 days, a year 365: a wait of that length is cut in any case.
    private static func iso(_ text: Substring) -> Double? {
        let halves = text.split(separator: "t", maxSplits: 1, omittingEmptySubsequences: false)
        let day = 86_400.0
        let date = sum(halves[0], [("y", 365 * day), ("m", 30 * day), ("w", 7 * day), ("d", day)])
        guard halves.count == 2 else { return halves[0].isEmpty ? nil : date }
        guard !halves[1].isEmpty else { return nil }
        let time = sum(halves[1], [("h", 3600), ("m", 60), ("s", 1)])
        return date.flatMap { date in time.map { date + $0 } }
    }

    private static func sum(_ text: Substring, _ units: [(name: Character, seconds: Double)]) -> Double? {
        var (left, total) = (text, 0.0)
        for unit in units where left.contains(unit.name) {
            let number = left.prefix { $0 != unit.name }
            guard !number.contains(" "), let value = parse(number) else { return nil }
            total += value * unit.seconds
            left = left[number.endIndex...].dropFirst()
        }
        return left.isEmpty ? total : nil
    }

    /// Whole seconds, rounded up, as a wait of at most `limit`; nil for less than nothing.
    package static func wait(seconds: Double, limit: Duration) -> Duration? {
        guard seconds >= 0 else { return nil }
        return seconds >= limit.seconds ? limit : .seconds(Int64(seconds.rounded(.up)))
    }
}

extension JSONValue {
    /// A number, or a text of digits that says one.
    package var quantity: Double? {
        switch self {
        case .number(let value): value
        case .string(let text): Quantity.parse(text)
        default: nil
        }
    }
}
