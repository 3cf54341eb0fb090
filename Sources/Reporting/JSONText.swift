import AtlasAPI

/// JSON as text (RFC 8259), written member by member: keys come in the order in which they are written, and
/// nothing but the text is held.
struct JSONText {
    private(set) var text = ""
    private var isFirst = true

    /// `{"key":value,…}`
    static func object(_ write: (inout JSONText) -> Void) -> String {
        var members = JSONText()
        write(&members)
        return "{" + members.text + "}"
    }

    mutating func add(_ key: String, _ value: String?) {
        add(key, raw: value.map(Self.string) ?? "null")
    }

    mutating func add(_ key: String, _ value: Int?) {
        add(key, raw: value.map { String($0) } ?? "null")
    }

    /// `raw` is JSON already.
    mutating func add(_ key: String, raw: String) {
        if !isFirst { text += "," }
        isFirst = false
        Self.append(key, to: &text)
        text += ":"
        text += raw
    }

    static func string(_ value: String) -> String {
        var text = ""
        append(value, to: &text)
        return text
    }

    /// Controls and what could reorder a line are escaped too: `--format json` may end in a terminal.
    private static func append(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where TerminalText.isUnsafe(scalar): text += TerminalText.jsonEscape(scalar)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

/// An array whose elements come one at a time, each on a line of its own.
struct JSONElements {
    private var isEmpty = true

    mutating func line(_ element: String) -> String {
        defer { isEmpty = false }
        return (isEmpty ? "\n" : ",\n") + element
    }

    var end: String { isEmpty ? "]" : "\n]" }
}
