import FleetCSV

/// A percentage with up to two decimals, kept in hundredths so that its arithmetic is exact.
package struct Percent: Hashable, Sendable, CustomStringConvertible {
    /// 1 % is 100.
    package let hundredths: Int

    /// Reads `5%`, `2.5%`, `0.25%`; 0 to 100.
    package init?(_ text: some StringProtocol) {
        guard text.hasSuffix("%") else { return nil }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = DecimalText.number(parts[0]), whole <= 100 else {
            return nil
        }
        var sum = whole * 100
        if parts.count == 2 {
            guard parts[1].utf8.count <= 2, let fraction = DecimalText.number(parts[1]) else { return nil }
            sum += parts[1].utf8.count == 1 ? fraction * 10 : fraction
        }
        guard sum <= 10_000 else { return nil }
        hundredths = sum
    }

    func roundedDown(of count: Int) -> Int { count * hundredths / 10_000 }
    func roundedUp(of count: Int) -> Int { (count * hundredths + 9_999) / 10_000 }

    package var description: String {
        let (whole, fraction) = hundredths.quotientAndRemainder(dividingBy: 100)
        guard fraction > 0 else { return "\(whole)%" }
        return fraction % 10 == 0
            ? "\(whole).\(fraction / 10)%" : "\(whole).\(fraction < 10 ? "0" : "")\(fraction)%"
    }
}
