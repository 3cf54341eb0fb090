/// Keeps spreadsheets from taking a cell for a formula: such a cell gets one `'` in front when it is written and
/// loses one when it is read. Cells that look guarded already get one more, so that reading undoes writing.
package enum FormulaGuard {
    package static func added(to cell: String) -> String {
        needsGuard(cell.utf8) ? "'" + cell : cell
    }

    package static func removed(from cell: String) -> String {
        guard cell.utf8.first == apostrophe, needsGuard(cell.utf8) else { return cell }
        // The first byte, not the first `Character`: `'` and a combining mark after it are one of those.
        return String(decoding: cell.utf8.dropFirst(), as: UTF8.self)
    }

    private static let apostrophe = UInt8(ascii: "'")

    /// Any number of `'`, then one of `= + - @ tab CR`.
    private static func needsGuard(_ bytes: some Sequence<UInt8>) -> Bool {
        switch bytes.first(where: { $0 != apostrophe }) {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: true
        default: false
        }
    }
}
