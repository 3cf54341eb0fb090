import AtlasAPI

/// What the simulator draws. It may not use the system's generator: the same seed has to give the same run everywhere.
extension Dice {
    /// A number from 0 up to but without 1, of 53 random bits.
    package mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number from 0 up to but without `bound`; the bias is of no matter for bounds this small.
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Lower-case hexadecimal digits.
    package mutating func hex(_ count: Int) -> String {
        let digits = Array("0123456789abcdef")
        return String((0..<count).map { _ in digits[below(16)] })
    }

    /// A made-up UUID in the usual form of 8-4-4-4-12 digits.
    package mutating func uuid() -> String {
        [hex(8), hex(4), "4" + hex(3), "8" + hex(3), hex(12)].joined(separator: "-")
    }
}
