/// Whole numbers as people write them.
package enum DecimalText {
    /// Digits only: no sign, no space; nil also for what does not fit.
    package static func number(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}
