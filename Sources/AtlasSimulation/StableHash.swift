/// FNV-1a over texts: `Hasher` is seeded anew in every process, so its values could not be replayed.
package struct StableHash: Sendable {
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    /// The seed of a draw that depends on these parts and nothing else.
    package static func of(_ seed: UInt64, _ parts: String...) -> UInt64 {
        var hash = StableHash()
        for part in parts { hash.add(part) }
        return hash.value ^ (seed &* 0x9E37_79B9_7F4A_7C15)
    }

    /// Adds a text and an end mark, so that ("ab", "c") and ("a", "bc") differ.
    package mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0xFF)
    }

    /// 16 hexadecimal digits.
    package var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
}
