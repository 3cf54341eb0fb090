/// A piece of a YAML file with its place. All values are texts: what YAML would make of them is not asked.
struct SourceNode {
    struct Entry {
        var key: String
        var position: SourcePosition
        var node: SourceNode
    }

    enum Value {
        case text(String)
        case map([Entry])
        case list
        /// Something that was reported already.
        case refused
    }

    var value: Value
    var position: SourcePosition
    /// Whether a text stands without quotes.
    var isPlain = false

    /// Whether nothing stands behind the key.
    var isAbsent: Bool {
        if case .text("") = value { isPlain } else { false }
    }
}
