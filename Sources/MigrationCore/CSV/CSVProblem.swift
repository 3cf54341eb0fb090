/// Something wrong in a CSV, and where.
package struct CSVProblem: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        // Of any CSV.
        /// Placed at the opening quote.
        case unterminatedQuote
        case textAfterQuote
        case strayQuote
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
        case namelessColumn
        case badWave(String)
        case rowLength(expected: Int, found: Int)
        case malformedID(String)
        case duplicateID(String, firstLine: Int)
        /// A value that the target file can't use.
        case cell(CellProblem)
    }

    package var kind: Kind
    package var position: SourcePosition

    package init(_ kind: Kind, at position: SourcePosition) {
        self.kind = kind
        self.position = position
    }

    /// What is wrong and what to do, without file and place.
    package var message: String {
        switch kind {
        case .unterminatedQuote:
            "the quote that opens here is never closed; close it, or double a quote that is part of the text"
        case .textAfterQuote:
            "text after a closing quote; put the whole field between quotes and double the quotes inside it"
        case .strayQuote:
            "a quote inside a field that does not begin with one; put the field between quotes and double it"
        case .loneCarriageReturn: "a carriage return without a line feed; end lines with LF or CRLF"
        case .nul: "a NUL byte; save the file as UTF-8 text"
        case .invalidUTF8: "not UTF-8; save the file as UTF-8 text"
        case .fieldTooLong(let limit):
            "the field is over \(limit) bytes; shorten it, or look for a quote that is never closed"
        case .recordTooLong(let limit): "the row is over \(limit) bytes; shorten it"
        case .tooManyFields(let limit): "the row has over \(limit) fields; take columns out"
        default: fleetMessage
        }
    }

    private var fleetMessage: String {
        switch kind {
        case .empty: "the file has no header row; begin it with one that names project_id"
        case .noIDColumn(let nearest):
            "no project_id column\(NearestName.hint(nearest)); name one project_id, projectId, group_id or groupId"
        case .secondIDColumn(let name, let first):
            "\(Excerpt.of(name)) is a second id column besides \(Excerpt.of(first)); keep one of them"
        case .duplicateColumn(let name, let first):
            "the column \(Excerpt.of(name)) is there already, at column \(first) of this line; rename one"
        case .namelessColumn: "a column without a name; name it, or take it out of every row"
        case .badWave(let text):
            "\(text) is no wave; give a whole number from 1 to 1000000, or leave the cell empty for the last wave"
        case .rowLength(let expected, let found):
            "expected \(expected) field\(expected == 1 ? "" : "s") as in the header, found \(found)"
        case .malformedID(let text):
            text.isEmpty
                ? "the project id is empty; it must be 24 hex digits"
                : "\(Excerpt.of(text)) is not a project id; it must be 24 hex digits"
        case .duplicateID(let id, let line):
            "the project \(Excerpt.of(id)) is there already, on line \(line); keep one of the rows"
        case .cell(let problem): problem.message
        default: "the file can't be read"
        }
    }
}
