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
        /// The file's first bytes are kept until they say what it is.
        case sample([UInt8])
        case awaited
        case known(FleetHeader)
        /// Of use only for counting fields.
        case unusable(fieldCount: Int)
        /// There was one, with an error of CSV.
        case broken
        /// The file is something else, which was told.
        case foreign
    }

    package private(set) var problems = ProblemList()
    /// Projects handed on.
    package private(set) var rowCount = 0
    private var tokenizer: CSVTokenizer
    private let separator: UInt8
    private var state = Header.sample([])
    private var headerPositions: [SourcePosition] = []

    /// `separator`: a byte of ASCII that stands between cells.
    package init(separator: UInt8 = UInt8(ascii: ",")) {
        self.separator = separator
        tokenizer = CSVTokenizer(separator: separator)
    }

    /// nil before the header row was read, and when it has no id column.
    package var header: FleetHeader? { if case .known(let header) = state { header } else { nil } }
    /// Whether nothing that follows can matter: the file is no fleet CSV.
    package var isForeign: Bool { if case .foreign = state { true } else { false } }

    /// Reads the next bytes of the file.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer, to sink: RowSink) rethrows {
        guard case .sample(var sample) = state else { return try read(bytes, sink) }
        sample += bytes
        state = .sample(sample)
        if sample.count >= ForeignFile.sampleSize { try endSample(sink) }
    }

    /// Judges the first bytes, and reads them when they are a fleet CSV's.
    private mutating func endSample(_ sink: RowSink) rethrows {
        guard case .sample(let sample) = state else { return }
        if let problem = ForeignFile.of(sheet: sample, separator: Unicode.Scalar(separator)) {
            problems.add(problem)
            state = .foreign
            return
        }
        state = .awaited
        try sample.withUnsafeBytes { try read($0, sink) }
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer, _ sink: RowSink) rethrows {
        if isForeign { return }
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
        try endSample(sink)
        if isForeign { return }
        var tokenizer = self.tokenizer
        try tokenizer.finish { try handle($0, sink) }
        if case .awaited = state { problems.add(CSVProblem(.empty, at: .start)) }
    }

    /// Tells that this column of the header is nearly `role_id`, for a target that reads it.
    package mutating func addRoleSpelling(_ column: Int) {
        guard let header, headerPositions.indices.contains(column) else { return }
        problems.add(CSVProblem(.misspelledRole(header.columns[column]), at: headerPositions[column]))
    }

    /// Tells of each name in the header that holds a secret.
    package mutating func addSecrets(in name: (String) -> HeldSecret?) {
        for (column, position) in zip(header?.columns ?? [], headerPositions) {
            if let held = name(column) { problems.add(CSVProblem(.secret(held, column: nil), at: position)) }
        }
    }

    /// Takes what a message would quote of a secret out of the problems.
    package mutating func hideSecrets(_ held: (String) -> HeldSecret?) {
        problems.replace { problem in
            held(problem.message).map { CSVProblem(.secret($0, column: nil), at: problem.position) }
                ?? problem
        }
    }

    /// Tells of a secret in a row that was handed on before the secret was known.
    package mutating func add(_ held: HeldSecret, column: String, line: Int) {
        problems.add(CSVProblem(.secret(held, column: column), at: SourcePosition(line: line, column: 1)))
    }

    private mutating func handle(_ event: CSVTokenizer.Event, _ sink: RowSink) rethrows {
        switch (event, state) {
        case (.problem(let problem), .awaited):
            problems.add(problem)
            state = .broken
        case (.problem(let problem), _): problems.add(problem)
        // A spreadsheet saves blank lines so.
        case (.record(let record), _) where record.isAllEmpty: break
        case (.record(let record), .awaited): readHeader(record)
        case (.record(let record), .known(let header)):
            guard let row = row(record, header) else { return }
            rowCount += 1
            try sink(row, &problems)
        case (.record(let record), .unusable(let count)): _ = hasRightLength(record, count)
        case (.record, .sample), (.record, .broken), (.record, .foreign): break
        }
    }

    private mutating func readHeader(_ record: CSVRecord) {
        headerPositions = record.positions
        let header = FleetHeader(record) { problems.add($0) }
        // Where no column is even nearly an id, this may be no fleet CSV at all; its rows would only be noise.
        let isFleet = (0..<record.count).contains { HeaderSpelling.isID(record[$0]) }
        state = header.map(Header.known) ?? (isFleet ? .unusable(fieldCount: record.count) : .foreign)
    }

    private mutating func hasRightLength(_ record: CSVRecord, _ expected: Int) -> Bool {
        if record.count == expected { return true }
        // A long row goes wrong at its first cell too many, a short one where it begins.
        let position = record.positions[record.count > expected ? expected : 0]
        let sign = RowSign(record, expected: expected, separator: Unicode.Scalar(separator))
        problems.add(
            CSVProblem(.rowLength(expected: expected, found: record.count, sign: sign), at: position))
        return false
    }

    /// nil for a row without a usable id. One problem of a row is told: the others may be its consequences.
    private mutating func row(_ record: CSVRecord, _ header: FleetHeader) -> FleetRow? {
        guard hasRightLength(record, header.columns.count) else { return nil }
        let text = record[header.idColumn]
        guard let id = ProjectID(text), !IDFlaw.isRounded(record.bytes(of: header.idColumn)) else {
            problems.add(CSVProblem(.malformedID(Excerpt.kept(text)), at: record.positions[header.idColumn]))
            return nil
        }
        let cells = (0..<record.count).map { FormulaGuard.removed(from: record[$0]) }
        let before = problems.count
        let name = name(cells, record, header)
        let wave = problems.count == before ? wave(cells, record, header) : nil
        return FleetRow(
            header: header, ordinal: rowCount + 1, positions: record.positions, id: id, name: name,
            wave: wave,
            cells: cells, isFaulty: problems.count > before)
    }

    private mutating func name(_ cells: [String], _ record: CSVRecord, _ header: FleetHeader) -> String? {
        guard let column = header.nameColumn, !cells[column].isEmpty else { return nil }
        guard let flaw = UnusableCell(cells[column]) else { return WordGuard.value(of: cells[column]) }
        let kind = CSVProblem.Kind.unusable(column: FleetHeader.nameName, flaw)
        problems.add(CSVProblem(kind, at: record.positions[column]))
        return nil
    }

    private mutating func wave(_ cells: [String], _ record: CSVRecord, _ header: FleetHeader) -> Int? {
        guard let column = header.waveColumn, !cells[column].isEmpty else { return nil }
        if let wave = DecimalText.number(cells[column]), FleetHeader.waveRange.contains(wave) { return wave }
        let kind =
            UnusableCell(cells[column]).map { .unusable(column: FleetHeader.waveName, $0) }
            ?? CSVProblem.Kind.badWave(Excerpt.kept(cells[column]))
        problems.add(CSVProblem(kind, at: record.positions[column]))
        return nil
    }
}
