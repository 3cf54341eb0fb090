/// Something wrong in a CSV, and where.
package struct CSVProblem: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        // Of any CSV.
        /// Placed at the opening quote.
        case unterminatedQuote
        case textAfterQuote
        case strayQuote
        /// A stray quote after this: `="…"`, `ObjectId("…")`, ` "…"`.
        case wrappedQuote(QuoteWrapping)
        case loneCarriageReturn
        case nul
        /// Placed where the broken sequence begins.
        case invalidUTF8
        case fieldTooLong(limit: Int)
        case recordTooLong(limit: Int)
        case tooManyFields(limit: Int)

        // Of a fleet.
        case empty
        case noIDColumn(nearest: String?)
        case secondIDColumn(name: String, first: String)
        case duplicateColumn(name: String, firstColumn: Int)
        case namelessColumn(count: Int = 1)
        case badWave(String)
        case rowLength(expected: Int, found: Int, sign: RowSign? = nil)
        /// No fleet CSV at all.
        case foreign(ForeignFile)
        /// A header that is nearly a known column's name.
        case misspelledColumn(String, word: String)
        /// A header that is nearly `role_id`, where the target reads that column.
        case misspelledRole(String)
        /// A guard's cell that holds no value.
        case unusable(column: String, UnusableCell)
        case malformedID(String)
        case duplicateID(String, firstLine: Int)
        /// A value that the target file can't use.
        case cell(CellProblem)
        /// Of a header, or of a text that a message would have quoted, without its column.
        case secret(HeldSecret, column: String?)
    }

    package enum QuoteWrapping: Hashable, Sendable { case formula, objectID, space }

    package var kind: Kind
    package var position: SourcePosition

    package init(_ kind: Kind, at position: SourcePosition) {
        self.kind = kind
        self.position = position
    }

    /// What is wrong and what to do, without file and place. One switch, so that no new kind goes without a sentence.
    package var message: String {
        switch kind {
        case .unterminatedQuote:
            "the quote that opens here is never closed; close it, or double a quote that is part of the text"
        case .textAfterQuote:
            "text after a closing quote; put the whole field between quotes and double the quotes inside it (no \\\")"
        case .strayQuote:
            "a quote inside a field that does not begin with one; put the field between quotes and double it"
        case .wrappedQuote(.formula):
            "a spreadsheet's text formula (=\"…\"); write the value alone, without = and quotes"
        case .wrappedQuote(.objectID):
            "MongoDB's notation (ObjectId(\"…\")); write the 24 hex digits alone"
        case .wrappedQuote(.space): "white space in front of a quote; take it out"
        case .loneCarriageReturn: "a carriage return without a line feed; end lines with LF or CRLF"
        case .nul: "a NUL byte; save the file as UTF-8 text"
        case .invalidUTF8: "not UTF-8; save the file as UTF-8 (Excel: “CSV UTF-8”)"
        case .fieldTooLong(let limit):
            "the field is over \(limit) bytes; shorten it, or look for a quote that is never closed"
        case .recordTooLong(let limit): "the row is over \(limit) bytes; shorten it"
        case .tooManyFields(let limit): "the row has over \(limit) fields; take columns out"
        case .foreign(let file): file.sheetMessage
        case .empty: "the file has no header row; begin it with one that names project_id"
        case .rowLength(let expected, let found, let sign):
            "expected \(expected) field\(expected == 1 ? "" : "s") as in the header, found \(found); "
                + RowSign.advice(sign, isLong: found > expected)
        case .malformedID(let text): IDFlaw.message(text)
        case .duplicateID(let id, let line):
            "the project \(Excerpt.of(id)) is there already, on line \(line); keep one of the rows"
        case .badWave(let text):
            "\(Excerpt.of(text))\(text.oddCharactersHint) is no wave; give a whole number from 1 to 1000000, or leave "
                + "the cell empty for the last wave"
        case .unusable(let column, let cell): "the column \(Excerpt.of(column)) \(cell.message)"
        case .cell(let problem): problem.message
        case .secret(let held, let column): held.message(column: column)
        case .noIDColumn(let nearest):
            "no project_id column\(NearestName.hint(nearest)); name one project_id, projectId, group_id or groupId"
        case .secondIDColumn(let name, let first):
            "\(Excerpt.of(name)) is a second id column besides \(Excerpt.of(first)); keep one of them"
        case .duplicateColumn(let name, let first):
            "the column \(Excerpt.of(name)) is there already, at column \(first) of this line; rename one"
        case .namelessColumn(1): "a column without a name; name it, or take it out of every row"
        case .namelessColumn(let count):
            "\(count) columns without a name; name them, or take them out of every row"
        case .misspelledColumn(let name, let word):
            "\(Excerpt.of(name))\(name.oddCharactersHint) is nearly \(word), and would not count as it; "
                + "name the column \(word)"
        case .misspelledRole(let name):
            "\(Excerpt.of(name))\(name.oddCharactersHint) is nearly role_id, which roleId: auto reads; "
                + "name the column role_id, or something else"
        }
    }
}
