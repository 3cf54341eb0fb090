/// How many columns of a terminal a text takes; wide characters take two.
///
/// Source: Unicode, UAX 11 (wide and fullwidth ranges) and the emoji that terminals show wide; marks take none.
package enum DisplayWidth {
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x2E80...0x303E, 0x3041...0x33FF,
        0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF,
        0x1AFF0...0x1B2FF,
        0x1F200...0x1F2FF, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
    ]

    package static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

    /// The longest beginning that fits into so many columns, with `…` for what was cut off.
    package static func cut(_ text: String, to columns: Int) -> String {
        guard of(text) > columns else { return text }
        var (cut, width) = ("", 0)
        for character in text {
            guard width + of(character) < columns else { break }
            width += of(character)
            cut.append(character)
        }
        return columns > 0 ? cut + "…" : ""
    }

    private static func of(_ character: Character) -> Int {
        let widths = character.unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format, .control: return 0
            default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
            }
        }
        // A sequence (a flag, a family) is one picture.
        return min(2, widths.reduce(0, +))
    }
}
