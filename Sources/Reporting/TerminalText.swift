/// Text that somebody else chose (project names, details, cells) as it may reach a terminal or a log line.
///
/// Names come from Atlas and from spreadsheets; an escape sequence in one could move the cursor, recolour or
/// hide a line, and a format character could show it in another order than it is, or hide a part of it.
package enum TerminalText {
    /// Line breaks, tab and all other unsafe scalars become visible escapes (`\n`, `\u{1b}`); the rest stays as it
    /// is, so that what is safe is not escaped twice.
    package static func safe(_ text: String) -> String { cleaned(text, keepsLines: false) }

    /// As `safe`, but line breaks stay: for a whole message whose lines are ours.
    package static func lines(_ text: String) -> String { cleaned(text, keepsLines: true) }

    /// A JSON document with its unsafe scalars escaped as JSON does; they stand only inside its strings.
    package static func json(_ document: String) -> String {
        guard document.unicodeScalars.contains(where: { $0 != "\n" && isUnsafe($0) }) else { return document }
        var shown = ""
        for scalar in document.unicodeScalars {
            if scalar != "\n", isUnsafe(scalar) {
                shown += jsonEscape(scalar)
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// `\u001b`; two of them for a scalar beyond the first plane (RFC 8259, section 7).
    static func jsonEscape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }.joined()
    }

    private static func cleaned(_ text: String, keepsLines: Bool) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": shown += keepsLines ? "\n" : "\\n"
            case "\r": shown += "\\r"
            case "\t": shown += "\\t"
            case _ where isUnsafe(scalar): shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        // By what they are, so that no list grows old: C1, bidirectional controls, joiners and other invisible
        // marks, tags, and the separators that are line breaks to some terminals and to many editors.
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        // Unassigned ones that Unicode keeps for such marks.
        default:
            return scalar.properties.isDefaultIgnorableCodePoint && !scalar.properties.isVariationSelector
        }
    }
}
