import Foundation

/// "contract section 4.2", "the contract's section 3", "facts 2, 4 and 5" in a comment or a text.
struct Citation: Hashable {
    enum Library: Hashable { case contract, facts }

    var library: Library
    var section: String

    /// Comments run over several lines, so line ends and comment signs count as spaces.
    static func found(in text: String) -> [Citation] {
        let lines = text.split(separator: "\n").map { line in
            line.drop { $0 == " " }.drop { $0 == "/" || $0 == "#" }.trimmingCharacters(in: .whitespaces)
        }
        let joined = lines.joined(separator: " ")
        let contract =
            /(?i)\bcontract(?:'s)?,?\s+\(?sections?\s+(\d+(?:\.\d+)*(?:(?:,\s+and|,|\s+and)\s+\d+(?:\.\d+)*)*)/
        let facts = /\bfacts\s+(\d+(?:\.\d+)*(?:(?:,\s+and|,|\s+and)\s+\d+(?:\.\d+)*)*)/
        return joined.matches(of: contract).flatMap { sections($0.1, .contract) }
            + joined.matches(of: facts).flatMap { sections($0.1, .facts) }
    }

    private static func sections(_ list: Substring, _ library: Library) -> [Citation] {
        list.matches(of: /\d+(?:\.\d+)*/).map { Citation(library: library, section: String($0.0)) }
    }
}
