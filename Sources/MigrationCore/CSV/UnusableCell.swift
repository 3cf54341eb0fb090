/// What a cell holds when it holds no value, though it is not empty.
package enum UnusableCell: Hashable, Sendable {
    /// White space and invisible characters only; the first of them.
    case blank(Unicode.Scalar)
    /// `#REF!` and its like, in any language of a spreadsheet.
    case spreadsheetError(String)
    /// `NULL` or `\N`, as databases export it.
    case null(String)

    package init?(_ text: String) {
        // Nearly every cell ends here: the signs below begin with none of the letters but N.
        guard let first = text.utf8.first, Self.mayBegin(first) else { return nil }
        // None of them is long, and a long cell is not worth a look at each of its characters.
        guard text.utf8.count <= 200 else { return nil }
        let inside = text.trimmedOfBlanks
        if inside.isEmpty, let blank = text.unicodeScalars.first {
            self = .blank(blank)
        } else if Self.isSpreadsheetError(inside) {
            self = .spreadsheetError(inside)
        } else if inside == #"\N"# || inside.lowercased() == "null" {
            self = .null(inside)
        } else {
            return nil
        }
    }

    private static func mayBegin(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "\\")
            || byte == UInt8(ascii: "N") || byte == UInt8(ascii: "n") || byte == UInt8(ascii: "E")
    }

    /// `#` and capitals up to `!` or `?`, whatever the language; `#N/A` in its own; LibreOffice's `Err:502`.
    private static func isSpreadsheetError(_ text: String) -> Bool {
        if text.hasPrefix("Err:"), text.utf8.dropFirst(4).allSatisfy({ (0x30...0x39).contains($0) }) {
            return text.utf8.count > 4
        }
        guard text.hasPrefix("#"), text.unicodeScalars.count <= 24 else { return false }
        if ["#N/A", "#NV", "#N/D", "#GETTING_DATA"].contains(text) { return true }
        guard text.hasSuffix("!") || text.hasSuffix("?") else { return false }
        let inside = text.unicodeScalars.dropFirst().dropLast()
        return !inside.isEmpty
            && inside.allSatisfy { scalar in
                scalar.properties.isUppercase || (0x30...0x39).contains(scalar.value) || scalar == "/"
                    || scalar == "_" || scalar == "\u{A1}" || scalar == "\u{BF}"
            }
    }

    /// What it is, and what to do.
    var message: String {
        switch self {
        case .spreadsheetError: "\(what); correct the formula there and save the sheet again"
        case .blank, .null: "\(what); empty the cell, or write the value"
        }
    }

    /// The rest of a sentence about the cell.
    var what: String {
        switch self {
        case .blank(let scalar): "holds white space only, \(OddCharacter.name(scalar))"
        case .spreadsheetError(let text): "holds \(Excerpt.of(text)), a spreadsheet's error"
        case .null(let text): "holds \(Excerpt.of(text)), an export's word for no value"
        }
    }
}
