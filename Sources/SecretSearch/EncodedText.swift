/// What a text may be the code of: here escapes in it; beside this tags between letters, and stretches of
/// base64, base32, hex digits and byte numbers.
///
/// Each function takes visible characters only (`SqueezedText.plain`) and costs time linear in them.
enum EncodedText {
    /// The text with percent-encoding (RFC 3986), entities of HTML and backslash escapes (JSON, C, JavaScript) read,
    /// also when only a part is written so; nil when there are none.
    static func unescaped(_ text: [UInt8]) -> [UInt8]? {
        guard var index = firstMark(text) else { return nil }
        var result = Array(text[..<index])
        var isChanged = false
        while index < text.count {
            let escape =
                switch text[index] {
                case UInt8(ascii: "%"): percent(text, index + 1)
                case UInt8(ascii: "&"): entity(text, index + 1)
                case UInt8(ascii: "\\"): backslash(text, index + 1)
                default: nil as Escape?
                }
            if let escape {
                result += escape.bytes
                index = escape.end
                isChanged = true
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return isChanged ? result : nil
    }

    private static func firstMark(_ text: [UInt8]) -> Int? {
        text.withUnsafeBufferPointer { text in
            ByteClass.all.withUnsafeBufferPointer { classes in
                text.firstIndex { classes[Int($0)].contains(.escape) }
            }
        }
    }

    private typealias Escape = (bytes: [UInt8], end: Int)

    private static func percent(_ text: [UInt8], _ start: Int) -> Escape? {
        if start < text.count, text[start] | 0x20 == UInt8(ascii: "u") {
            return number(text, start + 1, 16, 4...4).map { (utf8($0.value), $0.end) }
        }
        return number(text, start, 16, 2...2).map { ([UInt8($0.value)], $0.end) }
    }

    /// `&#109;`, `&#x6D;`, `&amp;`; the semicolon of a number may be missing.
    private static func entity(_ text: [UInt8], _ start: Int) -> Escape? {
        if start < text.count, text[start] == UInt8(ascii: "#") {
            let isHex = start + 1 < text.count && text[start + 1] | 0x20 == UInt8(ascii: "x")
            let found =
                isHex ? number(text, start + 2, 16, 1...8) : number(text, start + 1, 10, 1...8)
            guard let found else { return nil }
            let hasEnd = found.end < text.count && text[found.end] == UInt8(ascii: ";")
            return (utf8(found.value), hasEnd ? found.end + 1 : found.end)
        }
        let name = text[start...].prefix(32).prefix { $0 != UInt8(ascii: ";") }
        guard name.count >= 2, name.endIndex < text.count, text[name.endIndex] == UInt8(ascii: ";"),
            name.allSatisfy({ $0 < 0x80 && ByteClass.of($0).contains(.word) })
        else { return nil }
        // Every name of an ASCII character means a piece of punctuation, which the search can do without.
        return (
            names[String(decoding: name, as: UTF8.self).lowercased()].map { [$0] } ?? [], name.endIndex + 1
        )
    }

    private static let names: [String: UInt8] = [
        "amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27, "sol": 0x2F, "bsol": 0x5C,
        "plus": 0x2B, "equals": 0x3D, "lowbar": 0x5F, "hyphen": 0x2D, "dash": 0x2D, "period": 0x2E,
        "colon": 0x3A, "semi": 0x3B, "comma": 0x2C, "num": 0x23, "percnt": 0x25, "dollar": 0x24,
        "commat": 0x40, "excl": 0x21, "quest": 0x3F, "ast": 0x2A, "lpar": 0x28, "rpar": 0x29,
        "lsqb": 0x5B, "rsqb": 0x5D, "lcub": 0x7B, "rcub": 0x7D, "verbar": 0x7C, "grave": 0x60, "hat": 0x5E,
    ]

    private static func backslash(_ text: [UInt8], _ start: Int) -> Escape? {
        guard start < text.count else { return nil }
        switch UnicodeScalar(text[start]) {
        case "n", "r", "t", "b", "f", "v", "a": return ([], start + 1)
        case "u" where start + 1 < text.count && text[start + 1] == UInt8(ascii: "{"):
            guard let found = number(text, start + 2, 16, 1...8), found.end < text.count else { return nil }
            return (utf8(found.value), found.end + 1)
        case "u":
            guard let found = number(text, start + 1, 16, 4...4) else { return nil }
            guard UTF16.isLeadSurrogate(UInt16(found.value)), found.end + 1 < text.count,
                let trail = number(text, found.end + 2, 16, 4...4),
                UTF16.isTrailSurrogate(UInt16(trail.value))
            else { return (utf8(found.value), found.end) }
            return (utf8(0x10000 + (found.value - 0xD800) << 10 + (trail.value - 0xDC00)), trail.end)
        case "U": return number(text, start + 1, 16, 8...8).map { (utf8($0.value), $0.end) }
        case "x": return number(text, start + 1, 16, 2...2).map { ([UInt8($0.value)], $0.end) }
        case "0"..."7":
            return number(text, start, 8, 1...3).map { ([UInt8(truncatingIfNeeded: $0.value)], $0.end) }
        default: return ([text[start]], start + 1)
        }
    }

    private static func number(
        _ text: [UInt8], _ start: Int, _ base: UInt32, _ count: ClosedRange<Int>
    ) -> (value: UInt32, end: Int)? {
        var (value, end): (UInt32, Int) = (0, start)
        while end < text.count, end - start < count.upperBound, let digit = digit(text[end]), digit < base {
            value = value &* base &+ digit
            end += 1
        }
        return end - start >= count.lowerBound ? (value, end) : nil
    }

    private static func utf8(_ value: UInt32) -> [UInt8] {
        UnicodeScalar(value).map { Array(String($0).utf8) } ?? []
    }

    static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46, 0x61...0x66: UInt32((byte | 0x20) - 0x61 + 10)
        default: nil
        }
    }
}
