/// Hides U+0085, U+2028 and U+2029 from libyaml, which ends lines at them as no editor does: all places behind one
/// would be off. Each is one character again, so that columns stay.
struct LineSeparators {
    private static let separators: [Unicode.Scalar] = ["\u{85}", "\u{2028}", "\u{2029}"]
    /// As many characters for private use that the text does not hold.
    private var stand: [Unicode.Scalar] = []

    init() {}

    init(unusedIn text: String) {
        guard text.unicodeScalars.contains(where: Self.separators.contains) else { return }
        let used = Set(text.unicodeScalars.filter { $0.value >= 0xF0000 })
        stand = (0xF0000...0xFFFFD).lazy.compactMap { Unicode.Scalar($0 as UInt32) }.filter {
            !used.contains($0)
        }
        .prefix(Self.separators.count).map { $0 }
    }

    func hidden(in text: String) -> String { replace(Self.separators, with: stand, in: text) }

    func shown(in text: String) -> String { replace(stand, with: Self.separators, in: text) }

    private func replace(_ old: [Unicode.Scalar], with new: [Unicode.Scalar], in text: String) -> String {
        guard stand.count == Self.separators.count else { return text }
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            view.append(old.firstIndex(of: scalar).map { new[$0] } ?? scalar)
        }
        return String(view)
    }
}
