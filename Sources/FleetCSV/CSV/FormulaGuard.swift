/// Keeps spreadsheets from taking a cell for a formula: such a cell gets one `'` in front when it is written and
/// loses one when it is read. Cells that look guarded already get one more, so that reading undoes writing.
package enum FormulaGuard {
    package static func added(to cell: String) -> String {
        needsGuard(cell) ? "'" + cell : cell
    }

    package static func removed(from cell: String) -> String {
        guard cell.utf8.first == apostrophe, needsGuard(cell) else { return cell }
        // The first byte, not the first `Character`: `'` and a combining mark after it are one of those.
        return String(decoding: cell.utf8.dropFirst(), as: UTF8.self)
    }

    private static let apostrophe = UInt8(ascii: "'")

    /// Any number of `'`, then one of `= + - @`, also full-width and after white space or what can't be seen, since
    /// spreadsheets trim and normalise before they look; or a tab or CR.
    private static func needsGuard(_ cell: String) -> Bool {
        let scalars = cell.unicodeScalars.drop { $0 == "'" }
        if scalars.first == "\t" || scalars.first == "\r" { return true }
        return beginsFormula(scalars)
    }

    private static func beginsFormula(_ scalars: Substring.UnicodeScalarView) -> Bool {
        switch scalars.first(where: { !isBlank($0) }) {
        case "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
        // Small forms, superscripts and subscripts are the same signs once they are normalised (NFKC); and the minus.
        case "\u{FE62}", "\u{FE63}", "\u{FE66}", "\u{FE6B}", "\u{207A}", "\u{207B}", "\u{207C}", "\u{208A}",
            "\u{208B}", "\u{208C}", "\u{2212}":
            true
        default: false
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
        // Fillers and selectors that are letters and marks by name, and a braille pattern without a dot.
        default: return scalar.properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}"
        }
    }
}
