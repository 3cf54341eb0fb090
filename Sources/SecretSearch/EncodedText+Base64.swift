extension EncodedText {
    /// Base64 in either alphabet (RFC 4648 sections 4 and 5), uuencode, and in pieces: whatever stands between two of
    /// its digits is passed over. What stands before the code may be digits too, so it is read from each of the first
    /// four. Gives what may be text of it to `look` until that has found what it wants, and says whether it has.
    /// `size`: bytes that are worth a look.
    static func base64(_ text: [UInt8], size: Int, _ look: ([UInt8]) -> Bool) -> Bool {
        guard text.count >= (size * 4 + 2) / 3 else { return false }
        return text.withUnsafeBufferPointer { text in
            // In the one alphabet the signs of the other stand between pieces.
            let isOne = !text.contains { $0 == 0x2B || $0 == 0x2D || $0 == 0x2F || $0 == 0x5F }
            return (sixBits.prefix(isOne ? 1 : 2) + [uuDigits]).contains { digits in
                digits.withUnsafeBufferPointer { base64(text, $0, size, look) }
            }
        }
    }

    private static func base64(
        _ text: UnsafeBufferPointer<UInt8>, _ alphabet: UnsafeBufferPointer<UInt8>, _ size: Int,
        _ look: ([UInt8]) -> Bool
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { digits in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { scratch in
                var count = 0
                for byte in text {
                    digits[count] = alphabet[Int(byte)]
                    count &+= alphabet[Int(byte)] < 64 ? 1 : 0
                }
                guard count >= (size * 4 + 2) / 3 else { return false }
                for shift in 0..<4 {
                    let code = UnsafeBufferPointer(rebasing: digits[shift..<count])
                    guard mayBeReadable(code.count * 3 / 4, size, { byte($0, of: code) }) else { continue }
                    if readable(decoded(code, into: scratch), size, look) { return true }
                }
                return readable(inPieces(text, alphabet, into: scratch), size, look)
            }
        }
    }

    /// Of each alphabet, by byte; 255 for what is no digit.
    private static let sixBits: [[UInt8]] = ["+/", "-_"].map { last in
        var table = [UInt8](repeating: 255, count: 256)
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last
        for (value, character) in digits.utf8.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }

    /// The one that `decoded` would have there.
    @inline(__always)
    private static func byte(_ place: Int, of code: UnsafeBufferPointer<UInt8>) -> UInt8 {
        let index = place &* 8 / 6
        let bit = UInt8(truncatingIfNeeded: place &* 8 &- index &* 6)
        return code[index] &<< (2 &+ bit) | code[index &+ 1] &>> (4 &- bit)
    }

    /// Those of uuencode. Its zero is a space or, as most write it, a back quote.
    private static let uuDigits: [UInt8] = (0...255).map { byte in
        (0x20...0x60).contains(byte) ? UInt8((byte - 0x20) & 63) : 255
    }

    private static func decoded(
        _ code: UnsafeBufferPointer<UInt8>, into scratch: UnsafeMutableBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        var (index, count) = (0, 0)
        while index &+ 4 <= code.count {
            let (first, second) = (code[index], code[index &+ 1])
            let (third, fourth) = (code[index &+ 2], code[index &+ 3])
            scratch[count] = first << 2 | second >> 4
            scratch[count &+ 1] = second << 4 | third >> 2
            scratch[count &+ 2] = third << 6 | fourth
            index &+= 4
            count &+= 3
        }
        let rest = code.count &- index
        if rest >= 2 {
            scratch[count] = code[index] << 2 | code[index &+ 1] >> 4
            count &+= 1
        }
        if rest == 3 {
            scratch[count] = code[index &+ 1] << 4 | code[index &+ 2] >> 2
            count &+= 1
        }
        return UnsafeBufferPointer(rebasing: scratch[..<count])
    }

    /// Every piece as a code of its own: a text that was cut before it was written in base64.
    private static func inPieces(
        _ text: UnsafeBufferPointer<UInt8>, _ alphabet: UnsafeBufferPointer<UInt8>,
        into scratch: UnsafeMutableBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        var (bits, place, count): (UInt32, Int, Int) = (0, 0, 0)
        for byte in text {
            let digit = alphabet[Int(byte)]
            guard digit < 64 else {
                place = 0
                continue
            }
            bits = bits << 6 | UInt32(digit)
            if place & 3 != 0 {
                scratch[count] = UInt8(truncatingIfNeeded: bits >> UInt32(6 &- 2 &* (place & 3)))
                count &+= 1
            }
            place &+= 1
        }
        return UnsafeBufferPointer(rebasing: scratch[..<count])
    }
}
