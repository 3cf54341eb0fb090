import GRDB

/// A cell that holds another value than its column can: somebody else wrote the file.
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

    /// Counts and numbers of things: small enough to be added up and counted on from.
    func integer(_ column: String) throws -> Int { Int(try number(column, 0...1_000_000_000)) }

    private func number(_ column: String, _ range: ClosedRange<Int64>) throws -> Int64 {
        guard case .int64(let number) = storage(column), range.contains(number) else {
            throw OddValue(column: column)
        }
        return number
    }

    func optionalInteger(_ column: String) throws -> Int? {
        if case .null = storage(column) { nil } else { try integer(column) }
    }

    /// The number of a process, on whatever system.
    func process(_ column: String) throws -> Int {
        Int(try number(column, Int64(Int32.min)...Int64(Int32.max)))
    }

    /// A sheet's, or the one after its last.
    func optionalWave(_ column: String) throws -> Int? {
        if case .null = storage(column) { nil } else { Int(try number(column, 1...1_000_001)) }
    }

    /// Milliseconds since 1970, before the year 10000: times are subtracted and written out.
    func time(_ column: String) throws -> Int64 { try number(column, 0...253_402_300_799_999) }

    func optionalTime(_ column: String) throws -> Int64? {
        if case .null = storage(column) { nil } else { try time(column) }
    }

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
