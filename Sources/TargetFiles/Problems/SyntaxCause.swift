import FleetCSV

/// What a syntax error of YAML comes from, as far as the text around its place shows. Says nothing of the text but
/// the one character: it could be a secret.
package enum SyntaxCause: Hashable, Sendable {
    case tab
    /// A space, quote or invisible character that YAML takes for a letter.
    case oddCharacter(Unicode.Scalar)
    case template
    /// `${` without quotes inside of `{ }` or `[ ]`.
    case bareReference
    case slashComment
    /// A backslash in double quotes, before this.
    case backslash(Unicode.Scalar?)
    /// A character that can begin no value.
    case beginning(Unicode.Scalar)
    case colonInValue
    case noSpaceAfterColon
    case noColon
    /// Placed at the quote.
    case unclosedQuote
    /// Placed at the bracket.
    case unclosedBracket
    case indentation

    /// What is wrong and what to do.
    var message: String {
        switch self {
        case .tab: "a tab (U+0009), which YAML takes for no indentation; indent with spaces"
        case .oddCharacter(let scalar) where OddCharacter.isSmartQuote(scalar):
            "\(OddCharacter.name(scalar)), which quotes nothing in YAML; write a plain \" or ' for it"
        case .oddCharacter(let scalar) where OddCharacter.isLineSeparator(scalar):
            "\(OddCharacter.name(scalar)), which ends no line here; end lines with LF or CRLF"
        case .oddCharacter(let scalar) where scalar.properties.isWhitespace:
            "\(OddCharacter.name(scalar)), which is a letter to YAML; write a plain space for it"
        case .oddCharacter(let scalar):
            "\(OddCharacter.name(scalar)), which is a letter to YAML; "
                + (OddCharacter.plainMark(scalar).map { "write a plain \($0) for it" } ?? "take it out")
        case .template: "{{ or {% is a template's mark; fill the template in first, or write ${column}"
        case .bareReference:
            "a ${ without quotes inside of { } or [ ]; put it between quotes, as in \"${column}\""
        case .slashComment: "// and /* begin no comment in YAML; write # for it"
        case .backslash(let scalar):
            "a backslash\(scalar.map { " before “\(String($0))”" } ?? "") in double quotes, which is no escape; "
                + "use single quotes, or write \\\\"
        case .beginning(let scalar):
            "no value can begin with \(OddCharacter.name(scalar)); put it between quotes"
        case .colonInValue: "a colon and a space inside of a value; put the value between quotes"
        case .noSpaceAfterColon: "no space behind this colon; write “key: value”"
        case .noColon: "this line is no “key: value”; write it so, or put a long value between quotes"
        case .unclosedQuote: "the quote that opens here is never closed; close it"
        case .unclosedBracket: "the bracket that opens here is never closed; close it"
        case .indentation: "this line stands at no level of the lines above; indent it like its neighbours"
        }
    }
}
