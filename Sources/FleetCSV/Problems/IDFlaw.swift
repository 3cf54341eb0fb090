/// What keeps a text from being an id of Atlas's, as far as it can be seen.
package enum IDFlaw: Hashable, Sendable {
    case empty
    case unusable(UnusableCell)
    case header
    /// A blank in or around what is an id without it.
    case blank(Unicode.Scalar)
    /// How one sees that digits are lost.
    case number(loss: String)
    /// `="…"`.
    case formula
    case apostrophe
    /// `ObjectId(…)`.
    case notation
    case quote(Unicode.Scalar)
    /// A character beyond ASCII, such as a full-width digit.
    case odd(Unicode.Scalar)
    /// Hex digits, but not 24.
    case count(Int)
    case other

    private static let length = 24

    /// 24 digits that end in nine zeros: what a spreadsheet makes of an id of digits, since it keeps 15 of them. One
    /// true id of digits in a thousand million looks so.
    package static func isRounded(_ id: ArraySlice<UInt8>) -> Bool {
        guard id.last == UInt8(ascii: "0"), id.count == length, id.first != UInt8(ascii: "0") else {
            return false
        }
        let isZero = { (byte: UInt8) in byte == UInt8(ascii: "0") }
        // All zeros before them too is an id that somebody made up.
        return id.allSatisfy { (0x30...0x39).contains($0) } && id.suffix(9).allSatisfy(isZero)
            && !id.dropFirst(12).prefix(3).allSatisfy(isZero)
    }

    /// What a text that is no id shows.
    package init(_ text: String) {
        let scalars = Array(text.unicodeScalars)
        if text.isEmpty {
            self = .empty
        } else if let cell = UnusableCell(text) {
            self = .unusable(cell)
        } else if HeaderSpelling.isID(text) {
            self = .header
        } else if let loss = Self.spreadsheetNumber(text.without(OddCharacter.isBlank)) {
            self = .number(loss: loss)
        } else if let blank = scalars.first(where: OddCharacter.isBlank),
            Self.isID(text.without(OddCharacter.isBlank))
        {
            self = .blank(blank)
        } else {
            self = Self.byCharacters(text, scalars)
        }
    }

    private static func byCharacters(_ text: String, _ scalars: [Unicode.Scalar]) -> IDFlaw {
        let inside = text.trimmedOfBlanks
        if inside.hasPrefix("=") { return .formula }
        if let first = inside.unicodeScalars.first, first == "'" || first == "\u{2019}",
            inside.unicodeScalars.last != first
        {
            return .apostrophe
        }
        if inside.lowercased().hasPrefix("objectid") { return .notation }
        if let quote = scalars.first(where: { OddCharacter.isSmartQuote($0) || $0 == "\"" || $0 == "'" }) {
            return .quote(quote)
        }
        if let odd = scalars.first(where: { !$0.isASCII }) { return .odd(odd) }
        let isHex = scalars.allSatisfy(\.properties.isASCIIHexDigit)
        return isHex && scalars.count != length ? .count(scalars.count) : .other
    }

    /// What is wrong with a project's id, and what to do.
    static func message(_ text: String) -> String {
        let shown = Excerpt.of(text)
        let flaw = IDFlaw(text)
        return switch flaw {
        case .empty: "the project id is empty; write it (24 hex digits), or take the row out"
        case .unusable(let cell): "the project id's cell \(cell.what); write the id, or take the row out"
        case .header: "the header again; take this line out of the middle of the file"
        case .number(let loss):
            "\(shown) is a number that a spreadsheet made of an id\(loss); its digits are lost: "
                + "take the sheet anew and import the column as text"
        case .blank, .quote, .odd: "the id \(shown) \(flaw.words)"
        case .formula, .apostrophe, .notation, .count, .other: "\(shown) \(flaw.words)"
        }
    }

    /// The rest of a sentence about the text, with what to do; nothing of the text but a character.
    package var words: String {
        switch self {
        case .empty: "is empty; write the id's 24 hex digits"
        case .unusable(let cell): cell.message
        case .header: "holds a header's word; write the id's 24 hex digits"
        case .blank(let scalar): "holds \(OddCharacter.name(scalar)); take it out"
        case .number(let loss):
            "is a number that a spreadsheet made of an id\(loss); its digits are lost: take the sheet anew and "
                + "import the column as text"
        case .formula: "is a spreadsheet's text formula; write the id alone, without = and quotes"
        case .apostrophe: "begins with a spreadsheet's apostrophe; write the id alone"
        case .notation: "is MongoDB's notation; write the 24 hex digits alone, without ObjectId(…)"
        case .quote(let quote):
            "holds \(quote.isASCII ? "quotes" : OddCharacter.name(quote)); write the 24 hex digits alone"
        case .odd(let scalar):
            "holds \(OddCharacter.name(scalar)), which is no hex digit; write the id's 24 digits (0-9, a-f) plainly"
        case .count(Self.length - 1):
            "has 23 hex digits of 24 (spreadsheets drop a zero in front); write the id in full"
        // Of a long one only the beginning is kept.
        case .count(let count):
            "has \(count > 60 ? "over 60" : String(count)) hex digits, and an id has 24; write it in full"
        case .other: "is not a project id; write its 24 hex digits"
        }
    }

    private static func isID(_ text: String) -> Bool {
        text.utf8.count == length && text.unicodeScalars.allSatisfy { Character($0).isHexDigit }
    }

    /// What a spreadsheet makes of an id of digits, however it shows numbers: `6.12E+23`, `6,12×10²³`, thousands marks,
    /// zeros at the end; what to say of it, or nil. `text` is without blanks.
    private static func spreadsheetNumber(_ text: String) -> String? {
        if isRounded(Array(text.utf8)[...]) { return " (its last nine digits are zeros)" }
        // An id of 24 digits with one e in it was taken already, so any other number with an exponent is none.
        if let match = text.wholeMatch(of: /[+-]?[0-9.,]*[0-9][0-9.,]*[eE]([+-]?[0-9]{1,3})/) {
            let exponent = match.1.drop { $0 == "+" }
            return " (E\(exponent.hasPrefix("-") ? "" : "+")\(exponent))"
        }
        if text.wholeMatch(of: /[+-]?[0-9.,]*[0-9][0-9.,]*[*x×·]10(\^[+-]?[0-9]+|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)/) != nil
        {
            return " (a power of ten)"
        }
        let thousands = /[+-]?[0-9]{1,3}(?:([.,'’`_٬])[0-9]{3})(?:\1[0-9]{3})+(?:[.,][0-9]{1,3})?/
        return text.wholeMatch(of: thousands) == nil ? nil : " (thousands marks)"
    }
}

extension String {
    fileprivate func without(_ isOut: (Unicode.Scalar) -> Bool) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: unicodeScalars.filter { !isOut($0) })
        return String(view)
    }
}
