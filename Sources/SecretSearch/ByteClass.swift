/// What a byte of a text may be part of.
struct ByteClass: OptionSet {
    let rawValue: UInt8

    /// 0x21 to 0x7E.
    static let visible = ByteClass(rawValue: 1)
    /// A letter or digit of ASCII, or a part of another character.
    static let word = ByteClass(rawValue: 2)
    static let hexDigit = ByteClass(rawValue: 4)
    static let digit = ByteClass(rawValue: 8)
    /// Of either alphabet of base64 (RFC 4648 sections 4 and 5).
    static let base64 = ByteClass(rawValue: 16)
    /// `%`, `&` and `\`.
    static let escape = ByteClass(rawValue: 32)

    /// By byte.
    static let all: [ByteClass] = (0...255).map { byte in
        var all: ByteClass = (0x21...0x7E).contains(byte) ? visible : []
        switch byte {
        case 0x30...0x39: all.formUnion([word, hexDigit, digit, base64])
        case 0x41...0x46, 0x61...0x66: all.formUnion([word, hexDigit, base64])
        case 0x47...0x5A, 0x67...0x7A: all.formUnion([word, base64])
        case 0x2B, 0x2D, 0x2F, 0x5F: all.insert(base64)
        case 0x25, 0x26, 0x5C: all.insert(escape)
        case 0x80...0xFF: all.insert(word)
        default: break
        }
        return all
    }

    static func of(_ byte: UInt8) -> ByteClass { all[Int(byte)] }
}
