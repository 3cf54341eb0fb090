/// A project's cell that the target file can't use. The caller knows the cell's place in the CSV.
package struct CellProblem: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case empty
        case noSuchColumn
        /// White space, a spreadsheet's error, or an export's NULL.
        case unusable(UnusableCell)
        /// What the field takes instead.
        case badValue(expected: String)
        /// A role's id that is none.
        case badID(IDFlaw)
        /// A `/` or `..` in a part of a file's path.
        case pathPart
    }

    package var column: String
    /// The target's field that uses it.
    package var field: String
    package var kind: Kind

    package init(column: String, field: String, kind: Kind) {
        self.column = column
        self.field = field
        self.kind = kind
    }

    /// What is wrong and what to do; without the value, which may be meant to be secret.
    package var message: String {
        let column = Excerpt.of(column)
        switch kind {
        case .empty: return "the column \(column) is empty, and \(field) needs a value from it; fill the cell"
        case .noSuchColumn:
            return "there is no column \(column), and \(field) needs a value from it; add the column"
        case .unusable(let cell): return "the column \(column) \(cell.message)"
        case .badID(let flaw): return "the cell in the column \(column) \(flaw.words)"
        case .badValue(let expected):
            return "the column \(column) gives \(field) a wrong value; write \(expected)"
        case .pathPart:
            return "the column \(column) is a part of the path for \(field); take “/” and “..” out of it"
        }
    }
}
