/// A piece of a user's file as it may stand in a message: quoted, short, on one line.
package enum Excerpt {
    private static let limit = 60

    package static func of(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit) {
            switch scalar.properties.generalCategory {
            // Format characters would let a cell reorder the line that quotes it.
            case .control, .format, .lineSeparator, .paragraphSeparator: shown.append("\u{FFFD}")
            default: shown.append(scalar)
            }
        }
        return "“\(String(shown))\(text.unicodeScalars.count > limit ? "…" : "")”"
    }
}
