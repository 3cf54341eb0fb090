/// Texts in the numbers of their bytes or characters.
extension EncodedText {
    /// How numbers of one base are written.
    private struct Base {
        /// 2, 8, 10 or 16.
        var base: UInt32
        /// Digits of a number that can mean something visible: of fewer there are too many in any text.
        var digits: ClosedRange<Int>
        /// Digits of a byte where nothing stands between two.
        var width: Int
    }

    private static let bases = [
        Base(base: 2, digits: 6...21, width: 8), Base(base: 8, digits: 2...8, width: 3),
        Base(base: 10, digits: 2...8, width: 3), Base(base: 16, digits: 2...8, width: 2),
    ]

    /// The most characters between two numbers: `</td>, <td>U+`.
    private static let gap = 20

    /// Numbers with something between them: `45 46`, `[45,46]`, `0x2d;0x2e`, `U+002D`, `055`, `0b101101`, `chr(45)`.
    /// Gives what they stand for to `look`, as `base64` does.
    static func numbers(_ text: [UInt8], size: Int, _ look: ([UInt8]) -> Bool) -> Bool {
        text.withUnsafeBufferPointer { text in
            let decimals = text.count { $0 &- 0x30 < 10 }
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 4) { scratch in
                bases.contains { base in
                    let hasEnough = base.base > 10 || decimals >= size * base.digits.lowerBound
                    return hasEnough && numbers(text, base, size, scratch, look)
                }
            }
        }
    }

    private static func numbers(
        _ text: UnsafeBufferPointer<UInt8>, _ base: Base, _ size: Int,
        _ scratch: UnsafeMutableBufferPointer<UInt8>, _ look: ([UInt8]) -> Bool
    ) -> Bool {
        digits.withUnsafeBufferPointer { digits in
            var (index, end, found) = (0, 0, 0)
            while index < text.count {
                guard UInt32(digits[Int(text[index])]) < base.base else {
                    index &+= 1
                    continue
                }
                let start = index
                var value: UInt32 = 0
                while index < text.count, UInt32(digits[Int(text[index])]) < base.base {
                    value = min(value &* base.base &+ UInt32(digits[Int(text[index])]), 0x20_0000)
                    index &+= 1
                }
                let count = index &- start
                guard count >= base.digits.lowerBound else { continue }
                // Three digits are those of a byte; a list of others is read as no text in any base.
                let isNumber = count <= base.digits.upperBound && value <= (count > 3 ? 0x10_FFFF : 0xFF)
                if !isNumber || start &- end > gap {
                    if areQuoted(scratch, found, size, look) { return true }
                    found = 0
                }
                if isNumber { write(value, scratch, &found) }
                end = index
            }
            return areQuoted(scratch, found, size, look)
        }
    }

    /// A byte as itself, a character of more in UTF-8.
    @inline(__always)
    private static func write(
        _ value: UInt32, _ scratch: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) {
        if value < 0x100 {
            scratch[count] = UInt8(value)
            count &+= 1
        } else {
            for byte in utf8(value) {
                scratch[count] = byte
                count &+= 1
            }
        }
    }

    /// Every number, and every other: `{"40":45,"41":46}` counts them.
    private static func areQuoted(
        _ scratch: UnsafeMutableBufferPointer<UInt8>, _ count: Int, _ size: Int, _ look: ([UInt8]) -> Bool
    ) -> Bool {
        guard count >= size else { return false }
        let all = UnsafeBufferPointer(rebasing: scratch[..<count])
        if readable(all, size, look) { return true }
        guard count >= 2 * size - 1 else { return false }
        return [0, 1].contains { first in
            let half = stride(from: first, to: count, by: 2).map { all[$0] }
            return half.withUnsafeBufferPointer { readable($0, size, look) }
        }
    }

    /// Bytes in digits of a fixed number each, with at most two characters between digits: `6d64`, `6D:64`,
    /// `0110110101100100`, `109100`.
    static func digits(_ text: [UInt8], size: Int, _ look: ([UInt8]) -> Bool) -> Bool {
        text.withUnsafeBufferPointer { text in
            let decimals = text.count { $0 &- 0x30 < 10 }
            return bases.contains { base in
                let hasEnough = base.base > 10 || decimals >= size * base.width
                return hasEnough
                    && stretches(text, base.base, least: size * base.width) {
                        areQuoted($0, base, size, look)
                    }
            }
        }
    }

    /// The first digits may be no part of the code.
    private static func areQuoted(
        _ stretch: UnsafeBufferPointer<UInt8>, _ base: Base, _ size: Int, _ look: ([UInt8]) -> Bool
    ) -> Bool {
        var values: [UInt8] = []
        for byte in stretch {
            let digit = digits[Int(byte)]
            if UInt32(digit) < base.base {
                values.append(digit)
            } else if byte | 0x20 == UInt8(ascii: "x"), values.last == 0 {
                values.removeLast()
            }
        }
        return (0..<base.width).contains { shift in
            let bytes = stride(from: shift, through: values.count - base.width, by: base.width).map { start in
                let value = (start..<start + base.width).reduce(UInt32(0)) { value, place in
                    value * base.base + UInt32(values[place])
                }
                return UInt8(truncatingIfNeeded: min(value, 0xFF))
            }
            return bytes.withUnsafeBufferPointer { readable($0, size, look) }
        }
    }

    /// The stretches with `least` digits, and at most two characters between two, none of a word but the `x` of `0x`.
    private static func stretches(
        _ text: UnsafeBufferPointer<UInt8>, _ base: UInt32, least: Int,
        _ isWanted: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        digits.withUnsafeBufferPointer { values in
            var (start, found, gap) = (0, 0, 0)
            for index in 0..<text.count {
                let byte = text[index]
                if UInt32(values[Int(byte)]) < base {
                    if found == 0 { start = index }
                    found &+= 1
                    gap = 0
                    continue
                }
                guard found > 0 else { continue }
                if byte | 0x20 == UInt8(ascii: "x"), text[index &- 1] == UInt8(ascii: "0") {
                    gap = 0
                    continue
                }
                gap = ByteClass.of(byte).contains(.word) ? 3 : gap &+ 1
                guard gap > 2 else { continue }
                if found >= least, isWanted(UnsafeBufferPointer(rebasing: text[start..<index])) {
                    return true
                }
                (found, gap) = (0, 0)
            }
            return found >= least && isWanted(UnsafeBufferPointer(rebasing: text[start...]))
        }
    }

    /// By byte; 255 for what is no digit.
    private static let digits: [UInt8] = (0...255).map { digit(UInt8($0)).map { UInt8($0) } ?? 255 }
}
