import FleetCSV

/// Why a text is no JSON. None carries what stands there beyond one character: it could be a secret.
package enum JSONFlaw: Hashable, Sendable {
    /// A comma with nothing behind it.
    case trailingComma
    case missingComma
    case missingColon
    case missingValue
    case comment
    case singleQuote
    /// A key or value without quotes.
    case bareWord
    /// `True`, `None`, `NaN` and the like.
    case foreignWord
    case template
    case oddCharacter(Unicode.Scalar)
    /// Placed at the opening quote.
    case unterminatedText
    /// A line end, a tab or another control character inside a text.
    case controlCharacter(Unicode.Scalar)
    case badEscape(Unicode.Scalar?)
    case halfSurrogate
    case badNumber
    case textAfterEnd
    /// Placed at the bracket that is never closed.
    case unclosed(Unicode.Scalar)

    /// What is wrong and what to do.
    var message: String {
        switch self {
        case .trailingComma: "a comma with nothing behind it; take it out"
        case .missingComma: "a comma is missing in front of this; write one, or close the bracket"
        case .missingColon: "a colon is missing behind the key; write \"key\": value"
        case .missingValue: "a value is missing here; write one"
        case .comment: "JSON has no comments; take it out, or write the file as YAML"
        case .singleQuote: "JSON takes double quotes only; write \" for '"
        case .bareWord:
            "a key or text without quotes (a file that begins with { is read as JSON); put it between double quotes"
        case .foreignWord: "another language's word; write true, false or null"
        case .template: "{{ is a template's mark; fill the template in first, or write \"${column}\""
        case .oddCharacter(let scalar):
            "\(OddCharacter.name(scalar)) outside of a text; \(Self.replacement(scalar))"
        case .unterminatedText: "the text that begins here is never closed; close it with \""
        case .controlCharacter("\n"), .controlCharacter("\r"):
            "a line end inside a text; close the text with \", or write \\n"
        case .controlCharacter(let scalar):
            "\(OddCharacter.name(scalar)) inside a text; write it as an escape such as \\t"
        case .badEscape(let scalar):
            "a backslash\(scalar.map { " before “\(String($0))”" } ?? ""), which is no escape in JSON; write \\\\ for "
                + "a backslash, or / in a path"
        case .halfSurrogate:
            "half a character (\\uD800 to \\uDFFF); write both halves, or the character itself"
        case .badNumber: "not a number as JSON writes them; put a text between double quotes"
        case .textAfterEnd: "something behind the end of the object; keep one object per file"
        case .unclosed(let bracket): "this \(String(bracket)) is never closed; close it at its end"
        }
    }

    private static func replacement(_ scalar: Unicode.Scalar) -> String {
        if OddCharacter.isSmartQuote(scalar) { return "write a plain \" for it" }
        if let mark = OddCharacter.plainMark(scalar) { return "write a plain \(mark) for it" }
        return OddCharacter.isBlank(scalar) ? "write a plain space for it" : "put texts between double quotes"
    }
}
