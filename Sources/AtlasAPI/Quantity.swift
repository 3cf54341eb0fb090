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
