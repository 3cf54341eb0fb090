/// Text that somebody else chose (project names, details, cells) as it may reach a terminal or a log line.
///
/// Names come from Atlas and from spreadsheets; an escape sequence in one could move the cursor, recolour or
/// hide a line, and a bidirectional control could show it in another order than it is.
package enum TerminalText {
    /// Line breaks, tab and all other controls become visible escapes (`\n`, `\u{1b}`); the rest stays as it
    /// is.
    package static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": shown += "\\n"
            case "\r": shown += "\\r"
            case "\t": shown += "\\t"
            case _ where isUnsafe(scalar): shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // C0, DEL and C1.
        case 0...0x1F, 0x7F...0x9F: true
        // Line and paragraph separator: line breaks to some terminals and to many editors.
        case 0x2028, 0x2029: true
        // Bidirectional embeddings, overrides, isolates and marks.
        case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true
        default: false
        }
    }
}
