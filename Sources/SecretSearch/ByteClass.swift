/// What a byte of a text may be part of.
struct ByteClass: OptionSet {
    let rawValue: UInt8

    /// 0x21 to 0x7E.
    /// A letter or digit of ASCII, or a part of another character.
    static let word = ByteClass(rawValue: 2)
    /// `%`, `&` and `\`.
    static let escape = ByteClass(rawValue: 4)
    /// `=` and `_`.
    static let mailEscape = ByteClass(rawValue: 8)

    /// By byte.
    static let all: [ByteClass] = (0...255).map { byte in
        var all: ByteClass = []
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: all.insert(word)
        case 0x3D, 0x5F: all.insert(mailEscape)
        case 0x25, 0x26, 0x5C: all.insert(escape)
        default: break
        }
        return all
    }

    static func of(_ byte: UInt8) -> ByteClass { all[Int(byte)] }
}
