/// A text as the search for secrets sees it: nothing in it but what can be read, so that white space, line ends,
/// zero-width characters, other letter case, accents and other forms of a letter hide nothing.
struct SqueezedText {
    /// Without what can't be seen; letters of ASCII as they came, since base64 needs them so.
    let plain: [UInt8]
    /// `plain` with one space where white space stood, which may be all that is between two numbers.
    let spaced: [UInt8]
    /// `plain` in lower case.
    let folded: [UInt8]
    /// Letters and digits of `folded`: no punctuation between them hides anything either.
    let letters: [UInt8]

    var hasSpaces: Bool { spaced.count > plain.count }

    private static let space: UInt8 = 0x20

    init(_ bytes: [UInt8]) {
        spaced = Self.squeezed(bytes)
        plain = Self.withoutSpaces(spaced)
        (folded, letters) = Self.folded(plain)
    }

    private static func squeezed(_ bytes: [UInt8]) -> [UInt8] {
        // Most texts are visible ASCII, and need no copy.
        let isPlain = bytes.withUnsafeBufferPointer { bytes in
            for byte in bytes where byte <= space || byte >= 0x7F { return false }
            return true
        }
        if isPlain { return bytes }
        return squeezedASCII(bytes) ?? squeezedCharacters(bytes)
    }

    /// nil when there is something else than ASCII in it.
    private static func squeezedASCII(_ bytes: [UInt8]) -> [UInt8]? {
        var isASCII = true
        let squeezed = [UInt8](unsafeUninitializedCapacity: bytes.count) { result, count in
            bytes.withUnsafeBufferPointer { bytes in
                // A space that was met, and is not written before something stands behind it.
                var (found, isDue) = (0, false)
                for byte in bytes {
                    if byte > space, byte < 0x7F {
                        if isDue, found > 0 {
                            result[found] = space
                            found &+= 1
                        }
                        isDue = false
                        result[found] = byte
                        found &+= 1
                    } else if byte < 0x80 {
                        isDue = isDue || byte == space || (0x09...0x0D).contains(byte)
                    } else {
                        isASCII = false
                        break
                    }
                }
                count = found
            }
        }
        return isASCII ? squeezed : nil
    }

    private static func squeezedCharacters(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bytes.count * 3) { result, count in
            // A space that was met, and is not written before something stands behind it.
            var isDue = false
            func put(_ byte: UInt8) {
                if isDue, count > 0, count < result.count {
                    result[count] = space
                    count &+= 1
                }
                isDue = false
                guard count < result.count else { return }
                result[count] = byte
                count &+= 1
            }
            bytes.withUnsafeBufferPointer { bytes in
                var index = 0
                while index < bytes.count {
                    let byte = bytes[index]
                    if byte > space, byte < 0x7F {
                        put(byte)
                        index &+= 1
                    } else if byte < 0x80 {
                        isDue = isDue || byte == space || (0x09...0x0D).contains(byte)
                        index &+= 1
                    } else if let (scalar, length) = scalar(bytes, index) {
                        if ReadableForm.isSpace(scalar) {
                            isDue = true
                        } else {
                            ReadableForm.write(scalar, put)
                        }
                        index &+= length
                    } else {
                        put(byte)
                        index &+= 1
                    }
                }
            }
        }
    }

    private static func withoutSpaces(_ spaced: [UInt8]) -> [UInt8] {
        guard spaced.contains(space) else { return spaced }
        return [UInt8](unsafeUninitializedCapacity: spaced.count) { result, count in
            spaced.withUnsafeBufferPointer { spaced in
                var found = 0
                for index in 0..<spaced.count {
                    result[found] = spaced[index]
                    found &+= spaced[index] == space ? 0 : 1
                }
                count = found
            }
        }
    }

    /// nil where there is no UTF-8.
    @inline(__always)
    private static func scalar(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int
    ) -> (UnicodeScalar, length: Int)? {
        let lead = bytes[start]
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        guard lead >= 0xC2, lead <= 0xF4, start &+ length <= bytes.count else { return nil }
        var value = UInt32(lead & (0xFF >> UInt8(length &+ 1)))
        for index in (start &+ 1)..<(start &+ length) {
            guard bytes[index] & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(bytes[index] & 0x3F)
        }
        return UnicodeScalar(value).map { ($0, length) }
    }

    private static func folded(_ plain: [UInt8]) -> (all: [UInt8], letters: [UInt8]) {
        var all: [UInt8] = []
        let letters = [UInt8](unsafeUninitializedCapacity: plain.count) { letters, letterCount in
            all = [UInt8](unsafeUninitializedCapacity: plain.count) { all, count in
                plain.withUnsafeBufferPointer { plain in
                    var found = 0
                    for index in 0..<plain.count {
                        let byte = plain[index]
                        let folded = byte &- 0x41 < 26 ? byte | 0x20 : byte
                        all[index] = folded
                        letters[found] = folded
                        let isWord = folded &- 0x61 < 26 || byte &- 0x30 < 10 || byte >= 0x80
                        found &+= isWord ? 1 : 0
                    }
                    letterCount = found
                    count = plain.count
                }
            }
        }
        return (all, letters)
    }
}
