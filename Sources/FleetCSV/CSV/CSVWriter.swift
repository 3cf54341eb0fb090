/// Writes records that `CSVTokenizer` reads back unchanged: LF line ends, quotes only where they are needed.
///
/// Two things the reader refuses can't be written: a NUL becomes U+FFFD, and cells over
/// `CSVTokenizer.fieldLimit` are the caller's to avoid.
package struct CSVWriter: Sendable {
    /// Whether cells that a spreadsheet would take for formulas get a `'`; `FleetReader` takes it off.
    package var guardsFormulas: Bool

    package init(guardsFormulas: Bool = true) { self.guardsFormulas = guardsFormulas }

    /// The record as one line with its line end; no cells give nothing, since a blank line is no record.
    package func line(_ cells: [String]) -> String {
        var output = ""
        append(cells, to: &output)
        return output
    }

    package func append(_ cells: [String], to output: inout String) {
        guard !cells.isEmpty else { return }
        // A single empty cell would be a blank line, which readers skip.
        if cells == [""] {
            output += "\"\"\n"
            return
        }
        for (index, cell) in cells.enumerated() {
            if index > 0 { output += "," }
            append(guardsFormulas ? FormulaGuard.added(to: cell) : cell, to: &output)
        }
        output += "\n"
    }

    private func append(_ cell: String, to output: inout String) {
        guard Self.needsQuotes(cell) else {
            output += cell
            return
        }
        output += "\""
        for scalar in cell.unicodeScalars {
            switch scalar {
            case "\"": output += "\"\""
            case "\0": output += "\u{FFFD}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }

    private static func needsQuotes(_ cell: String) -> Bool {
        if cell.unicodeScalars.first?.properties.isWhitespace == true { return true }
        if cell.unicodeScalars.last?.properties.isWhitespace == true { return true }
        // At the start of a file it would be taken for the byte order mark.
        if cell.unicodeScalars.first == "\u{FEFF}" { return true }
        // A spreadsheet may split at semicolons or tabs, and take what comes after one for a formula.
        return cell.utf8.contains {
            $0 == Byte.comma || $0 == UInt8(ascii: ";") || $0 == 0x09 || $0 == Byte.quote
                || $0 == Byte.lineFeed || $0 == Byte.carriageReturn
                || $0 == Byte.nul
        }
    }
}
