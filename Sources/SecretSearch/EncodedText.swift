/// What a text may be the code of: here escapes in it; beside this tags between letters, and stretches of base64,
/// base32, hex digits and numbers.
///
/// Each function takes visible characters (`SqueezedText.plain`), or those with one space where white space stood
/// (`spaced`), and costs time linear in them.
enum EncodedText {
    /// A spaced text with percent-encoding (RFC 3986), entities of HTML and backslash escapes (JSON, C, JavaScript)
    /// read, also when only a part is written so, or a line ends within one; nil when there are none.
    static func unescaped(_ text: [UInt8]) -> [UInt8]? {
        replaced(text, .escape) { mark, rest in
            switch mark {
            case UInt8(ascii: "%"): percent(&rest)
            case UInt8(ascii: "&"): entity(&rest)
            case UInt8(ascii: "\\"): backslash(&rest)
            default: nil
            }
        }
    }

    /// A spaced text with `=2D` (quoted-printable, RFC 2045) and `_x002D_` (Office Open XML) read. Apart from the
    /// others, since a `=` in front of two hex digits is mostly none.
    static func unescapedOfMail(_ text: [UInt8]) -> [UInt8]? {
        replaced(text, .mailEscape) { mark, rest in
            guard mark == UInt8(ascii: "_") else {
                return rest.number(16, 2...2).map { [UInt8($0)] }
            }
            guard rest.next().map({ $0 | 0x20 }) == UInt8(ascii: "x"), let value = rest.number(16, 4...4),
                rest.next() == mark
            else { return nil }
            return utf8(value)
        }
    }

    /// `read` gets what stands behind a mark, and gives what the escape stands for; nil when it is none.
    private static func replaced(
        _ text: [UInt8], _ marks: ByteClass, _ read: (UInt8, inout Rest) -> [UInt8]?
    ) -> [UInt8]? {
        var result: [UInt8] = []
        var copied = 0
        var mark = nextMark(text, marks, from: 0)
        while mark < text.count {
            var rest = Rest(text: text, index: mark + 1)
            if let bytes = read(text[mark], &rest) {
                result += text[copied..<mark]
                result += bytes
                copied = rest.index
            }
            mark = nextMark(text, marks, from: max(mark + 1, copied))
        }
        return copied > 0 ? result + text[copied...] : nil
    }

    private static func nextMark(_ text: [UInt8], _ marks: ByteClass, from start: Int) -> Int {
        text.withUnsafeBufferPointer { text in
            ByteClass.all.withUnsafeBufferPointer { classes in
                var index = start
                while index < text.count, classes[Int(text[index])].rawValue & marks.rawValue == 0 {
                    index &+= 1
                }
                return index
            }
        }
    }

    private static func percent(_ rest: inout Rest) -> [UInt8]? {
        if rest.take(letter: "u") { return rest.number(16, 4...4).map(utf8) }
        return rest.number(16, 2...2).map { [UInt8($0)] }
    }

    /// `&#109;`, `&#x6D;`, `&amp;`; the semicolon of a number may be missing.
    private static func entity(_ rest: inout Rest) -> [UInt8]? {
        if rest.take("#") {
            let value = rest.take(letter: "x") ? rest.number(16, 1...8) : rest.number(10, 1...8)
            guard let value else { return nil }
            _ = rest.take(";")
            return utf8(value)
        }
        var name: [UInt8] = []
        while name.count < 32, let byte = rest.next(), byte != UInt8(ascii: ";") {
            guard byte < 0x80, ByteClass.of(byte).contains(.word) else { return nil }
            name.append(byte)
        }
        guard (2..<32).contains(name.count) else { return nil }
        // Every name of an ASCII character means a piece of punctuation, which the search can do without.
        return names[String(decoding: name, as: UTF8.self).lowercased()].map { [$0] } ?? []
    }

    private static let names: [String: UInt8] = [
        "amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27, "sol": 0x2F, "bsol": 0x5C,
        "plus": 0x2B, "equals": 0x3D, "lowbar": 0x5F, "hyphen": 0x2D, "dash": 0x2D, "period": 0x2E,
        "colon": 0x3A, "semi": 0x3B, "comma": 0x2C, "num": 0x23, "percnt": 0x25, "dollar": 0x24,
        "commat": 0x40, "excl": 0x21, "quest": 0x3F, "ast": 0x2A, "lpar": 0x28, "rpar": 0x29,
        "lsqb": 0x5B, "rsqb": 0x5D, "lcub": 0x7B, "rcub": 0x7D, "verbar": 0x7C, "grave": 0x60, "hat": 0x5E,
        "nbsp": 0x20, "tab": 0x20, "newline": 0x20, "ensp": 0x20, "emsp": 0x20, "thinsp": 0x20,
    ]

    private static func backslash(_ rest: inout Rest) -> [UInt8]? {
        guard let first = rest.next() else { return nil }
        switch UnicodeScalar(first) {
        case "n", "r", "t", "f", "v": return [0x20]
        case "b", "a": return []
        case "u" where rest.take("{"):
            guard let value = rest.number(16, 1...8), rest.next() != nil else { return nil }
            return utf8(value)
        case "u": return rest.number(16, 4...4).map { unit in utf16(unit, &rest) }
        case "U": return rest.number(16, 8...8).map(utf8)
        case "x" where rest.take("{"):
            guard let value = rest.number(16, 1...8), rest.next() != nil else { return nil }
            return utf8(value)
        case "x": return rest.number(16, 2...2).map { [UInt8($0)] }
        case "0"..."7":
            rest.index -= 1
            return rest.number(8, 1...3).map { [UInt8(truncatingIfNeeded: $0)] }
        default: return [first]
        }
    }

    /// With the second half of a pair, when `unit` is the first.
    private static func utf16(_ unit: UInt32, _ rest: inout Rest) -> [UInt8] {
        var second = rest
        guard UTF16.isLeadSurrogate(UInt16(unit)), second.next() != nil, second.next() != nil,
            let trail = second.number(16, 4...4), UTF16.isTrailSurrogate(UInt16(trail))
        else { return utf8(unit) }
        rest = second
        return utf8(0x10000 + (unit - 0xD800) << 10 + (trail - 0xDC00))
    }

    static func utf8(_ value: UInt32) -> [UInt8] {
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

/// What of a text is still to be read, spaces passed over.
private struct Rest {
    let text: [UInt8]
    var index: Int

    mutating func next() -> UInt8? {
        while index < text.count {
            defer { index += 1 }
            if text[index] != 0x20 { return text[index] }
        }
        return nil
    }

    mutating func take(_ mark: UnicodeScalar) -> Bool { take { $0 == UInt8(ascii: mark) } }

    /// In either case.
    mutating func take(letter: UnicodeScalar) -> Bool { take { $0 | 0x20 == UInt8(ascii: letter) } }

    private mutating func take(_ isWanted: (UInt8) -> Bool) -> Bool {
        var after = self
        guard let byte = after.next(), isWanted(byte) else { return false }
        index = after.index
        return true
    }

    mutating func number(_ base: UInt32, _ count: ClosedRange<Int>) -> UInt32? {
        var (value, found): (UInt32, Int) = (0, 0)
        var after = self
        while found < count.upperBound, let byte = after.next(), let digit = EncodedText.digit(byte),
            digit < base
        {
            value = value &* base &+ digit
            found += 1
            index = after.index
        }
        return found >= count.lowerBound ? value : nil
    }
}
