import TestSupport
import AtlasAPI
import FleetCSV
import Testing

/// Goal: whatever stands in a sheet, the reader gives its projects or places inside it, the same in whatever pieces it
/// comes, and keeps little. Method: mutated sheets in random pieces against the whole and against the reference.
@Suite struct CSVFuzzTests {
    static let seeds = [
        "\u{FEFF}project_id,project_name,env\r\n0123456789abcdef01234567,\"a, \"\"b\"\"\nc\",x\r\n",
        "groupId,role\n0123456789ABCDEF01234567,'=1\nabcdef0123456789abcdef01,\n\n\"0123456789abcdef01234568\",ü\n",
        "project_id\r\n000000000000000000000001\r\n\r\n000000000000000000000002", "a,b\n\"", "",
    ].map { Array($0.utf8) }

    static let pieces =
        [
            "\"", "\"\"", ",", "\n", "\r\n", "\r", "\0", "\u{FEFF}", "é", "😀", "e\u{301}", "\u{2028}", "'",
            "'=", "\t",
            "project_id", "wave", "0123456789abcdef01234567", "\n\"", "\",",
        ].map { Array($0.utf8) } + [
            [0xEF], [0xEF, 0xBB], [0xC3], [0xED, 0xA0, 0x80], [0xFF], [0xF0, 0x9F, 0x98],
        ]

    @Test(arguments: 40..<44) func mutatedSheets(seed: UInt64) {
        Fuzz.run(seed: seed, rounds: 800) {
            $0.mutated(Self.seeds, pieces: Self.pieces)
        } _: { bytes in
            let whole = CSVFact.tokenized(bytes)
            if CSVFact.tokenized(Self.cut(bytes, seed)) != whole { return "differs in pieces" }
            let isPlain = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
            if isPlain, whole != CSVReference.read(bytes) { return "differs from the reference" }
            return Self.complaint(facts: whole, bytes) ?? Self.complaint(fleet: bytes, seed)
        }
    }

    @Test func rubbish() {
        Fuzz.run(seed: 44, rounds: 1000) { fuzz in
            (0..<fuzz.below(60)).map { _ in
                fuzz.chance(oneIn: 2) ? fuzz.pick(Array(",\"\n\ra\0".utf8)) : fuzz.byte()
            }
        } _: { bytes in
            let whole = CSVFact.tokenized(bytes)
            if CSVFact.tokenized(Self.cut(bytes, 44)) != whole { return "differs in pieces" }
            return Self.complaint(facts: whole, bytes) ?? Self.complaint(fleet: bytes, 44)
        }
    }

    /// Pieces of 0 to 8 bytes, the same for the same bytes.
    static func cut(_ bytes: [UInt8], _ seed: UInt64) -> [ArraySlice<UInt8>] {
        var fuzz = Fuzz(seed: seed, round: bytes.count)
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = fuzz.below(9)
            pieces.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    /// What is read can be written and read again; what is not has a place in the file and a sentence.
    static func complaint(facts: [CSVFact], _ bytes: [UInt8]) -> String? {
        for fact in facts {
            switch fact {
            case .problem(let problem):
                if let words = complaint(problem, bytes) { return words }
            case .record(let fields, let positions):
                if fields.count != positions.count || positions != positions.sorted() { return "odd places" }
                let line = CSVWriter(guardsFormulas: false).line(fields)
                guard case .record(fields, _)? = CSVFact.tokenized(Array(line.utf8)).first else {
                    return "not read back: \(line.debugDescription)"
                }
            }
        }
        return nil
    }

    static func complaint(_ problem: CSVProblem, _ bytes: [UInt8]) -> String? {
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        let (line, column) = (problem.position.line, problem.position.column)
        guard (1...lines.count).contains(line), (1...lines[line - 1].count + 1).contains(column) else {
            return "\(problem.kind) at \(line):\(column)"
        }
        let message = problem.message
        let isOneLine = !message.isEmpty && !message.unicodeScalars.contains { $0.value < 0x20 }
        return isOneLine && message.unicodeScalars.count < 400
            ? nil : "a message: \(message.debugDescription)"
    }

    static func complaint(fleet bytes: [UInt8], _ seed: UInt64) -> String? {
        var reader = FleetReader()
        var rows: [FleetRow] = []
        let sink: FleetReader.RowSink = { row, _ in rows.append(row) }
        for piece in cut(bytes, seed) { try? reader.feed(Array(piece), to: sink) }
        try? reader.finish(to: sink)
        if rows.count != reader.rowCount { return "lost rows" }
        if rows.isEmpty, reader.header == nil, reader.problems.isEmpty { return "says nothing" }
        for problem in reader.problems.kept {
            if let words = complaint(problem, bytes) { return words }
        }
        for (index, row) in rows.enumerated() {
            let isWhole =
                row.cells.count == row.header.columns.count && row.positions.count == row.cells.count
            guard isWhole, row.ordinal == index + 1, row["project_id"] == row.id.text else {
                return "an odd row"
            }
        }
        return nil
    }
}
