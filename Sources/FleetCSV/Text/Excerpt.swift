/// A piece of a user's file as it may stand in a message: quoted, short, on one line.
package enum Excerpt {
    private static let limit = 60

    /// What `of` needs of a text: a problem keeps no megabyte of a bad cell.
    static func kept(_ text: String) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text.unicodeScalars.prefix(limit + 1))
        return String(view)
    }

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
