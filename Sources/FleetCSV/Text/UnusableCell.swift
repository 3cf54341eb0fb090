/// What a cell holds when it holds no value, though it is not empty.
package enum UnusableCell: Hashable, Sendable {
    /// White space and invisible characters only; the first of them.
    case blank(Unicode.Scalar)
    /// `#REF!` and its like, in any language of a spreadsheet.
    case spreadsheetError(String)
    /// `NULL` or `\N`, as databases export it. `null` in any case: exports of SQL, JSON and YAML differ in it, and as a
    /// value it would go out to every project.
    case null(String)

    package init?(_ text: String) {
        // Nearly every cell ends here: the signs below begin with none of the letters but N.
        guard let first = text.utf8.first, Self.mayBegin(first) else { return nil }
        let inside = text.trimmedOfBlanks
        // None of them is long, however much white space an export pads it with.
        guard inside.utf8.count <= 200 else { return nil }
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
            || byte == UInt8(ascii: "e")
    }

    /// What stands between `#` and `!` or `?` in English, and in other languages where no capital is left of it.
    private static let errorNames: Set<String> = [
        "REF", "NAME", "VALUE", "DIV/0", "NULL", "NUM", "SPILL", "CALC", "FIELD", "BLOCKED", "CONNECT",
        "BUSY",
        "UNKNOWN", "PYTHON", "EXTERNAL", "TIMEOUT", "ERROR", "N/A", "BEZUG", "WERT", "ZAHL", "VALEUR",
        "NOMBRE",
        "NOM", "VALOR", "NUME", "RIF", "VALORE", "NOME",
    ]
    /// Those that stand without a mark behind them.
    private static let bareErrors: Set<String> = [
        "#N/A", "#NA", "#N/A N/A", "#NV", "#ND", "#N/D", "#GETTING_DATA", "#YOK", "#BRAK", "#HIÁNYZIK",
    ]

    /// `#` and capitals up to `!` or `?`, whatever the language; those of English in any case; `#N/A` in its own;
    /// LibreOffice's `Err:502`.
    private static func isSpreadsheetError(_ text: String) -> Bool {
        let capitals = text.uppercased()
        if capitals.hasPrefix("ERR:") {
            let number = text.utf8.dropFirst(4)
            return !number.isEmpty && number.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard text.hasPrefix("#"), text.unicodeScalars.count <= 30 else { return false }
        if bareErrors.contains(capitals) || isNotAvailable(text) { return true }
        guard text.hasSuffix("!") || text.hasSuffix("?") else { return false }
        let inside = text.unicodeScalars.dropFirst().dropLast()
            .filter { $0 != "\u{A1}" && $0 != "\u{BF}" && !OddCharacter.isBlank($0) }
        guard inside.contains(where: \.properties.isAlphabetic) else { return false }
        if errorNames.contains(capitals.filter { $0.isLetter || $0.isNumber || $0 == "/" }) { return true }
        return inside.allSatisfy { scalar in
            scalar.properties.isAlphabetic && !scalar.properties.isLowercase
                || (0x30...0x39).contains(scalar.value) || "/_.-".unicodeScalars.contains(scalar)
        }
    }

    /// `#N/A` as other languages shorten it: `#N/D`, `#I/T`, `#Н/Д`.
    private static func isNotAvailable(_ text: String) -> Bool {
        let parts = text.unicodeScalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                (1...2).contains(part.count) && part.allSatisfy(\.properties.isUppercase)
            }
    }

    /// What it is, and what to do.
    package var message: String {
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
