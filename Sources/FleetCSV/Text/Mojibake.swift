/// A byte order mark that a program read in another encoding and saved as letters: everything else beyond ASCII in the
/// file is as garbled.
package enum Mojibake {
    /// The three bytes of the mark in the encodings of Windows, DOS, macOS and Unix, once.
    private static let marks = [
        "ï»¿", "ď»ż", "п»ї", "ο»Ώ", "ן»¿", "ļ»æ", "ï»؟", "Ôªø", "∩╗┐", "´╗┐", "я╗┐", "О╩©", "・ｿ", "ｻｿ", "锘",
    ]

    /// The mark that a text begins with, as it stands there; nil without one. White space and quotes may stand before.
    package static func mark(beginning text: String) -> String? {
        let start = text.unicodeScalars.drop { OddCharacter.isBlank($0) || $0 == "\"" || $0 == "'" }
        let begin = String(String.UnicodeScalarView(start.prefix(64)))
        if let mark = marks.first(where: begin.hasPrefix) { return mark }
        // Saved so several times.
        var (bytes, length) = (begin.unicodeScalars.map(byte), 3)
        for _ in 0..<4 {
            let whole = bytes.prefix { $0 != nil }.compactMap { $0 }
            let decoded = Array(String(decoding: whole, as: UTF8.self).unicodeScalars)
            length *= 2
            if decoded.first == "\u{FEFF}" || decoded.starts(with: Array("ï»¿".unicodeScalars)) {
                return String(String.UnicodeScalarView(start.prefix(length)))
            }
            bytes = decoded.map(byte)
        }
        return nil
    }

    /// The byte of a character in Windows-1252; nil where it has none.
    private static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        if let index = upper.firstIndex(of: scalar) { return UInt8(0x80 + index) }
        return UInt8(exactly: scalar.value)
    }

    /// 0x80 to 0x9F.
    private static let upper = Array(
        "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars)
}
