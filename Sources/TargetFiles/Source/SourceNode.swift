import FleetCSV

/// A piece of a YAML or JSON file with its place. All values are texts: what YAML would make of them is not asked,
/// but for its null.
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

    /// Whether it is a number or a boolean of JSON, where a text would have quotes.
    var isLiteral = false

    /// Every key and text, in their order.
    func visit(_ body: (String, SourcePosition) -> Void) {
        switch value {
        case .text(let text): body(text, position)
        case .map(let entries):
            for entry in entries {
                body(entry.key, entry.position)
                entry.node.visit(body)
            }
        case .list, .refused: break
        }
    }

    /// Whether there is no value: nothing stands behind the key, or a null without quotes.
    var isAbsent: Bool {
        guard isPlain, case .text(let text) = value else { return false }
        return ["", "null", "Null", "NULL", "~"].contains(text)
    }
}
