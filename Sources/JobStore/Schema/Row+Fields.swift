import GRDB

/// A cell that holds another kind of value than its column is for: somebody else wrote the file.
struct OddValue: Error {
    var column: String
}

/// Reading cells. GRDB's own subscripts stop the process at a value of another kind; a STRICT table has none, but the
/// bytes of a file may say anything.
extension Row {
    private func storage(_ column: String) -> DatabaseValue.Storage {
        let value: DatabaseValue = self[column]
        return value.storage
    }

    /// - Throws: `OddValue`, as the others here.
    func text(_ column: String) throws -> String {
        guard case .string(let text) = storage(column) else { throw OddValue(column: column) }
        return text
    }

    /// nil for NULL.
    func optionalText(_ column: String) throws -> String? {
        if case .null = storage(column) { nil } else { try text(column) }
    }

    func integer(_ column: String) throws -> Int {
        guard case .int64(let number) = storage(column), let integer = Int(exactly: number) else {
            throw OddValue(column: column)
        }
        return integer
    }

    func optionalInteger(_ column: String) throws -> Int? {
        if case .null = storage(column) { nil } else { try integer(column) }
    }

    /// Milliseconds since 1970.
    func time(_ column: String) throws -> Int64 { Int64(try integer(column)) }

    func optionalTime(_ column: String) throws -> Int64? { try optionalInteger(column).map { Int64($0) } }

    func flag(_ column: String) throws -> Bool { try integer(column) != 0 }

    /// A word that one of the product's own lists has.
    func word<Word: RawRepresentable<String>>(_ column: String, _: Word.Type = Word.self) throws -> Word {
        guard let word = Word(rawValue: try text(column)) else { throw OddValue(column: column) }
        return word
    }

    /// nil for NULL.
    func optionalWord<Word: RawRepresentable<String>>(
        _ column: String, _: Word.Type = Word.self
    ) throws -> Word? {
        if case .null = storage(column) { nil } else { try word(column) }
    }
}
