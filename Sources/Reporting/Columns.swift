/// Words and numbers in columns.
enum Columns {
    /// One indented line a pair: words flush left, numbers flush right.
    static func aligned(_ pairs: [(String, Int)]) -> String {
        let words = pairs.map(\.0.count).max() ?? 0
        let numbers = pairs.map { String($0.1).count }.max() ?? 0
        return pairs.map { word, number in
            "  \(left(word, words))  \(right(String(number), numbers))\n"
        }.joined()
    }

    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
