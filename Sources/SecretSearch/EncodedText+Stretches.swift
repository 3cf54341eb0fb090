/// Stretches of a text that may be the code of another. Each function gives what they stand for to `look` until it has
/// found what it wants, and says whether it has; `size`: bytes that are worth a look.
extension EncodedText {
    /// Every stretch of base64 is read from each of its first four characters, since what stands before the code may
    /// belong to its alphabet too.
    static func base64(_ text: [UInt8], size: Int, _ look: ([UInt8]) -> Bool) -> Bool {
        let least = (size * 4 + 2) / 3
        return text.withUnsafeBufferPointer { text in
            sixBits.withUnsafeBufferPointer { sixBits in
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { scratch in
                    var start = 0
                    while start < text.count {
                        var end = start
                        while end < text.count, sixBits[Int(text[end])] < 64 { end &+= 1 }
                        var shift = start
                        while shift < start &+ 4, end &- shift >= least {
                            let code = UnsafeBufferPointer(rebasing: text[shift..<end])
                            let bytes = decode(code, sixBits, into: scratch)
                            if isReadable(bytes, size), look(Array(bytes)) { return true }
                            shift &+= 1
                        }
                        start = end &+ 1
                    }
                    return false
                }
            }
        }
    }

    private static let sixBits: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
        for (value, character) in digits.enumerated() { table[Int(character)] = UInt8(value) }
        table[Int(UInt8(ascii: "-"))] = 62
        table[Int(UInt8(ascii: "_"))] = 63
        return table
    }()

    private static func decode(
        _ code: UnsafeBufferPointer<UInt8>, _ sixBits: UnsafeBufferPointer<UInt8>,
        into scratch: UnsafeMutableBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        var (bits, count): (UInt32, Int) = (0, 0)
        for index in 0..<code.count {
            bits = bits << 6 | UInt32(sixBits[Int(code[index])])
            let place = index & 3
            guard place != 0 else { continue }
            scratch[count] = UInt8(truncatingIfNeeded: bits >> UInt32(6 &- 2 &* place))
            count &+= 1
        }
        return UnsafeBufferPointer(rebasing: scratch[..<count])
    }

    /// Whether `size` bytes in a row may be text. What was no code, or was read from the wrong character, has hardly
    /// ever some in a row that are UTF-8, and most stretches are such.
    private static func isReadable(_ bytes: UnsafeBufferPointer<UInt8>, _ size: Int) -> Bool {
        var (readable, index) = (0, 0)
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                readable &+= byte > 0x20 ? 1 : 0
                index &+= 1
            } else {
                let end = index &+ (byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2)
                var next = index &+ 1
                while next < end, next < bytes.count, bytes[next] & 0xC0 == 0x80 { next &+= 1 }
                // A character may be cut at the end only.
                let isCharacter = (0xC2...0xF4).contains(byte) && (next == end || next == bytes.count)
                readable = isCharacter ? readable &+ (next &- index) : 0
                index = isCharacter ? next : index &+ 1
            }
            if readable >= size { return true }
        }
        return false
    }

    /// Bytes in hex digits: `6d64`, `6D:64`, `0x6d, 0x64`. At most two characters stand between two digits.
    static func hex(_ text: [UInt8], size: Int, _ look: ([UInt8]) -> Bool) -> Bool {
        stretches(text, .hexDigit, gap: 2, least: size * 2) { stretch in
            var digits: [UInt8] = []
            for byte in stretch {
                if let digit = digit(byte) {
                    digits.append(UInt8(digit))
                } else if byte | 0x20 == UInt8(ascii: "x"), digits.last == 0 {
                    digits.removeLast()
                }
            }
            // The first digit may be no part of the code.
            return [0, 1].contains { shift in
                let pairs = (digits.count - shift) / 2
                let bytes = (0..<pairs).map { digits[shift + $0 * 2] << 4 | digits[shift + $0 * 2 + 1] }
                return bytes.withUnsafeBufferPointer { isReadable($0, size) } && look(bytes)
            }
        }
    }

    /// Bytes in numbers: `109, 100, 98`. At most three characters stand between two.
    static func numbers(_ text: [UInt8], size: Int, _ look: ([UInt8]) -> Bool) -> Bool {
        // Each number has a digit, and something stands between them, so a stretch of fewer bytes has too few.
        stretches(text, .digit, gap: 3, least: size) { stretch in
            guard stretch.count >= size * 2 - 1 else { return false }
            let bytes = stretch.split { !ByteClass.of($0).contains(.digit) }.map { digits in
                digits.reduce(0) { min($0 * 10 + UInt32($1 - 0x30), 1000) }
            }
            return bytes.split { $0 > 255 }.contains { $0.count >= size && look($0.map { UInt8($0) }) }
        }
    }

    /// The stretches with `least` digits of a kind, and no more than `gap` characters, none of a word, between two. The
    /// `x` of `0x` counts as none.
    private static func stretches(
        _ text: [UInt8], _ kind: ByteClass, gap limit: Int, least: Int,
        _ isWanted: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        text.withUnsafeBufferPointer { text in
            ByteClass.all.withUnsafeBufferPointer { classes in
                var (start, digits, gap) = (0, 0, 0)
                for index in 0..<text.count {
                    let byte = classes[Int(text[index])]
                    if byte.contains(kind) {
                        if digits == 0 { start = index }
                        digits &+= 1
                        gap = 0
                        continue
                    }
                    guard digits > 0 else { continue }
                    if byte.contains(.word) {
                        let isPrefix =
                            kind == .hexDigit && text[index] | 0x20 == UInt8(ascii: "x")
                            && text[index &- 1] == UInt8(ascii: "0")
                        gap = isPrefix ? 0 : limit &+ 1
                    } else {
                        gap &+= 1
                    }
                    guard gap > limit else { continue }
                    if digits >= least, isWanted(UnsafeBufferPointer(rebasing: text[start..<index])) {
                        return true
                    }
                    (digits, gap) = (0, 0)
                }
                return digits >= least && isWanted(UnsafeBufferPointer(rebasing: text[start...]))
            }
        }
    }
}
