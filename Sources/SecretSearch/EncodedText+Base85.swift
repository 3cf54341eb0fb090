extension EncodedText {
    /// Base85 as PostScript and PDF write it (Ascii85), as Git and Python do, and Z85: five characters for four bytes.
    /// Every visible character is a digit of one of them, so each is read from each of the first five.
    static func base85(_ text: [UInt8], size: Int, _ look: ([UInt8]) -> Bool) -> Bool {
        guard text.count >= (size * 5 + 3) / 4 else { return false }
        return text.withUnsafeBufferPointer { text in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { scratch in
                eightyFive.contains { digits in
                    digits.withUnsafeBufferPointer { digits in
                        (0..<5).contains { shift in
                            readable(decoded85(text, digits, shift, into: scratch), size, look)
                        }
                    }
                }
            }
        }
    }

    /// What is no digit ends a code, and the next begins behind it.
    private static func decoded85(
        _ text: UnsafeBufferPointer<UInt8>, _ digits: UnsafeBufferPointer<UInt8>, _ shift: Int,
        into scratch: UnsafeMutableBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        var (group, held, count, skipped): (UInt64, Int, Int, Int) = (0, 0, 0, 0)
        /// Of a group that is not whole the first bytes, the missing digits read as the highest.
        func put(_ bytes: Int) {
            // Four bytes at most are in a group: what is more is no code.
            let isCode = group <= 0xFFFF_FFFF
            for index in 0..<bytes {
                scratch[count] = isCode ? UInt8(truncatingIfNeeded: group >> UInt64(24 &- 8 &* index)) : 0xFF
                count &+= 1
            }
            (group, held) = (0, 0)
        }
        func end() {
            guard held > 0 else { return }
            let bytes = held &- 1
            while held < 5 {
                group = group &* 85 &+ 84
                held &+= 1
            }
            put(bytes)
        }
        for byte in text {
            let digit = digits[Int(byte)]
            guard digit < 85 else {
                // Ascii85 shortens four zeros, which no text has.
                end()
                skipped = 0
                continue
            }
            if skipped < shift {
                skipped &+= 1
                continue
            }
            group = group &* 85 &+ UInt64(digit)
            held &+= 1
            if held == 5 { put(4) }
        }
        end()
        return UnsafeBufferPointer(rebasing: scratch[..<count])
    }

    /// By byte; 255 for what is no digit.
    private static let eightyFive: [[UInt8]] = {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        return [
            (0x21...0x75).map { UInt8($0) },
            Array(("0123456789" + letters + letters.lowercased() + "!#$%&()*+-;<=>?@^_`{|}~").utf8),
            Array(("0123456789" + letters.lowercased() + letters + ".-:+=^!/*?&<>()[]{}@%$#").utf8),
        ].map { alphabet in
            var table = [UInt8](repeating: 255, count: 256)
            for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
            return table
        }
    }()
}
