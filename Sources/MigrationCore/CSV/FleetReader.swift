import AtlasAPI

/// Reads a fleet CSV in pieces and hands on its projects one by one. Holds one record and the first problems,
/// whatever the length of the file.
///
/// Rows go on arriving after a problem, so that the caller can find duplicates too; when `problems` is not empty
/// in the end, nothing of the file may be used.
package struct FleetReader: Sendable {
    /// Takes a project; may report what only the caller can know.
    package typealias RowSink = (FleetRow, inout ProblemList) throws -> Void

    private enum Header {
        case awaited
        case known(FleetHeader)
        /// Of use only for counting fields.
        case unusable(fieldCount: Int)
        /// There was one, with an error of CSV.
        case broken
    }

    package private(set) var problems = ProblemList()
    /// Projects handed on.
    package private(set) var rowCount = 0
    private var tokenizer = CSVTokenizer()
    private var state = Header.awaited

    package init() {}

    /// nil before the header row was read, and when it has no id column.
    package var header: FleetHeader? { if case .known(let header) = state { header } else { nil } }

    /// Reads the next bytes of the file.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer, to sink: RowSink) rethrows {
        // The tokenizer is moved out, so that its events can change the rest of the reader.
        var tokenizer = self.tokenizer
        self.tokenizer = CSVTokenizer()
        defer { self.tokenizer = tokenizer }
        try tokenizer.feed(bytes) { try handle($0, sink) }
    }

    package mutating func feed(_ bytes: [UInt8], to sink: RowSink) rethrows {
        try bytes.withUnsafeBytes { try feed($0, to: sink) }
    }

    /// The file has ended.
    package mutating func finish(to sink: RowSink) rethrows {
        var tokenizer = self.tokenizer
        try tokenizer.finish { try handle($0, sink) }
        if case .awaited = state { problems.add(CSVProblem(.empty, at: .start)) }
    }

    /// Adds a problem that was found apart from a row.
    package mutating func add(_ problem: CSVProblem) { problems.add(problem) }

    private mutating func handle(_ event: CSVTokenizer.Event, _ sink: RowSink) rethrows {
        switch (event, state) {
        case (.problem(let problem), .awaited):
            problems.add(problem)
            state = .broken
        case (.problem(let problem), _): problems.add(problem)
        case (.record(let record), .awaited): readHeader(record)
        case (.record(let record), .known(let header)):
            guard let row = row(record, header) else { return }
            rowCount += 1
            try sink(row, &problems)
        case (.record(let record), .unusable(let count)): _ = hasRightLength(record, count)
        case (.record, .broken): break
        }
    }

    private mutating func readHeader(_ record: CSVRecord) {
        let header = FleetHeader(record) { problems.add($0) }
        state = header.map(Header.known) ?? .unusable(fieldCount: record.count)
    }

    private mutating func hasRightLength(_ record: CSVRecord, _ expected: Int) -> Bool {
        if record.count == expected { return true }
        // A long row goes wrong at its first cell too many, a short one where it begins.
        let position = record.positions[record.count > expected ? expected : 0]
        problems.add(CSVProblem(.rowLength(expected: expected, found: record.count), at: position))
        return false
    }

    private mutating func row(_ record: CSVRecord, _ header: FleetHeader) -> FleetRow? {
        let isWhole = hasRightLength(record, header.columns.count)
        guard header.idColumn < record.count else { return nil }
        let text = record[header.idColumn]
        guard let id = ProjectID(text) else {
            problems.add(CSVProblem(.malformedID(Excerpt.kept(text)), at: record.positions[header.idColumn]))
            return nil
        }
        guard isWhole else { return nil }
        let cells = (0..<record.count).map { FormulaGuard.removed(from: record[$0]) }
        let name = header.nameColumn.map { cells[$0] }
        return FleetRow(
            header: header, ordinal: rowCount + 1, positions: record.positions, id: id,
            name: name?.isEmpty == false ? name : nil, wave: wave(cells, record, header), cells: cells)
    }

    private mutating func wave(_ cells: [String], _ record: CSVRecord, _ header: FleetHeader) -> Int? {
        guard let column = header.waveColumn, !cells[column].isEmpty else { return nil }
        if let wave = DecimalText.number(cells[column]), FleetHeader.waveRange.contains(wave) { return wave }
        problems.add(CSVProblem(.badWave(Excerpt.kept(cells[column])), at: record.positions[column]))
        return nil
    }
}
