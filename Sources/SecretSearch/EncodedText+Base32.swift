extension EncodedText {
    /// Stretches of base32 and base32hex (RFC 4648 sections 6 and 7), of either letter case. `letters`: without
    /// punctuation, since such codes are often written in groups; what stands before and behind may be letters too, so
    /// each stretch is read from each of its first eight. `look` gets what may be text of it.
    static func base32(_ letters: [UInt8], size: Int, _ look: ([UInt8]) -> Bool) -> Bool {
        fiveBits.contains { digits in
            letters.withUnsafeBufferPointer { text in
                digits.withUnsafeBufferPointer { digits in
                    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count * 2) { scratch in
                        base32(text, digits, size, scratch, look)
                    }
                }
            }
        }
    }

    private static func base32(
        _ text: UnsafeBufferPointer<UInt8>, _ digits: UnsafeBufferPointer<UInt8>, _ size: Int,
        _ scratch: UnsafeMutableBufferPointer<UInt8>, _ look: ([UInt8]) -> Bool
    ) -> Bool {
        let least = (size * 8 + 4) / 5
        let values = UnsafeMutableBufferPointer(rebasing: scratch[text.count...])
        for index in 0..<text.count { values[index] = digits[Int(text[index])] }
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, values[end] < 32 { end &+= 1 }
            var shift = start
            while shift < start &+ 8, end &- shift >= least {
                let code = UnsafeBufferPointer(rebasing: values[shift..<end])
                if mayBeReadable(code.count * 5 / 8, size, { byte($0, of: code) }) {
                    let count = code.count * 5 / 8
                    for place in 0..<count { scratch[place] = byte(place, of: code) }
                    if readable(UnsafeBufferPointer(rebasing: scratch[..<count]), size, look) { return true }
                }
                shift &+= 1
            }
            start = end &+ 1
        }
        return false
    }

    /// Eight of the bits in `code`, which has five in each.
    @inline(__always)
    private static func byte(_ place: Int, of code: UnsafeBufferPointer<UInt8>) -> UInt8 {
        let index = place &* 8 / 5
        let bit = place &* 8 &- index &* 5
        var bits = UInt32(code[index]) &<< 10 | UInt32(code[index &+ 1]) &<< 5
        if bit > 2 { bits |= UInt32(code[index &+ 2]) }
        return UInt8(truncatingIfNeeded: bits &>> UInt32(7 &- bit))
    }

    /// Of both alphabets, by byte; 255 for what is no digit.
    private static let fiveBits: [[UInt8]] = [
        "abcdefghijklmnopqrstuvwxyz234567", "0123456789abcdefghijklmnopqrstuv",
    ]
    .map { alphabet in
        var table = [UInt8](repeating: 255, count: 256)
        for (value, byte) in alphabet.utf8.enumerated() {
            table[Int(byte)] = UInt8(value)
            if byte >= UInt8(ascii: "a") { table[Int(byte) - 0x20] = UInt8(value) }
        }
        return table
    }
}
