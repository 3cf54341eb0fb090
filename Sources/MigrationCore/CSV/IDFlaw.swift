/// What keeps a text from being a project's id, as far as it can be seen.
enum IDFlaw {
    private static let length = 24

    /// 24 digits that end in nine zeros: what a spreadsheet makes of an id of digits, since it keeps 15 of them. One
    /// true id of digits in a thousand million looks so.
    static func isRounded(_ id: ArraySlice<UInt8>) -> Bool {
        guard id.last == UInt8(ascii: "0"), id.count == length, id.first != UInt8(ascii: "0") else {
            return false
        }
        let isZero = { (byte: UInt8) in byte == UInt8(ascii: "0") }
        // All zeros before them too is an id that somebody made up.
        return id.allSatisfy { (0x30...0x39).contains($0) } && id.suffix(9).allSatisfy(isZero)
            && !id.dropFirst(12).prefix(3).allSatisfy(isZero)
    }

    /// What is wrong and what to do.
    static func message(_ text: String) -> String {
        if text.isEmpty { return "the project id is empty; write it (24 hex digits), or take the row out" }
        if let cell = UnusableCell(text) {
            return "the project id's cell \(cell.what); write the id, or take the row out"
        }
        if HeaderSpelling.isID(text) {
            return "the header again; take this line out of the middle of the file"
        }
        let shown = Excerpt.of(text)
        let scalars = Array(text.unicodeScalars)
        if let blank = scalars.first(where: OddCharacter.isBlank),
            isID(String(text.without(OddCharacter.isBlank)))
        {
            return "the id \(shown) holds \(OddCharacter.name(blank)); take it out"
        }
        if let made = spreadsheetNumber(text) {
            return "\(shown) is a number that a spreadsheet made of an id\(made); its digits are lost: "
                + "take the sheet anew and import the column as text"
        }
        if let first = scalars.first, first == "=" {
            return "\(shown) is a spreadsheet's text formula; write the id alone, without = and quotes"
        }
        if let first = scalars.first, first == "'" || first == "\u{2019}" {
            return "\(shown) begins with a spreadsheet's apostrophe; write the id alone"
        }
        if text.lowercased().hasPrefix("objectid") {
            return "\(shown) is MongoDB's notation; write the 24 hex digits alone, without ObjectId(…)"
        }
        if let quote = scalars.first(where: { OddCharacter.isSmartQuote($0) || $0 == "\"" || $0 == "'" }) {
            return
                "the id \(shown) holds \(quote == "\"" || quote == "'" ? "quotes" : OddCharacter.name(quote)); "
                + "write the 24 hex digits alone"
        }
        return counted(shown, scalars)
    }

    private static func counted(_ shown: String, _ scalars: [Unicode.Scalar]) -> String {
        guard scalars.allSatisfy({ Character($0).isHexDigit }) else {
            return "\(shown) is not a project id; write its 24 hex digits"
        }
        if scalars.count == length - 1 {
            return
                "\(shown) has 23 hex digits of 24 (spreadsheets drop a zero in front); write the id in full"
        }
        // Of a long one only the beginning is kept.
        let count = scalars.count > 60 ? "over 60" : String(scalars.count)
        return "\(shown) has \(count) hex digits; and an id has 24; write it in full"
    }

    private static func isID(_ text: String) -> Bool {
        text.utf8.count == length && text.unicodeScalars.allSatisfy { Character($0).isHexDigit }
    }

    /// `6.12E+23`, also with a comma, or an id whose last digits became zeros; what to say of it, or nil.
    private static func spreadsheetNumber(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        if isRounded(bytes[...]) { return " (its last nine digits are zeros)" }
        guard let mark = bytes.firstIndex(where: { $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "e") })
        else {
            return nil
        }
        let exponent = bytes[(mark + 1)...].drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        let front = bytes[..<mark]
        let isDigits = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let isMark = { (byte: UInt8) in byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") }
        // An id of 24 digits with one e in it was taken already, so any other number with an exponent is none.
        guard (1...3).contains(exponent.count), exponent.allSatisfy(isDigits), !front.isEmpty,
            front.allSatisfy({ isDigits($0) || isMark($0) }), front.contains(where: isDigits)
        else { return nil }
        return " (E+\(String(decoding: exponent, as: UTF8.self)))"
    }
}

extension String {
    fileprivate func without(_ isOut: (Unicode.Scalar) -> Bool) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: unicodeScalars.filter { !isOut($0) })
        return String(view)
    }
}
