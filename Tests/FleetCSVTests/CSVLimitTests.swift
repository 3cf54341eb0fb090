import FleetCSV
import Testing

/// Goal: each limit of the reader holds to the byte, and says what, where and how much. Method: at the limit and one
/// over it, in large and odd pieces.
@Suite struct CSVLimitTests {
    static func facts(_ text: String) -> [CSVFact] {
        let bytes = Array(text.utf8)
        let facts = CSVFact.tokenized(bytes, pieces: 65_521)
        #expect(CSVFact.tokenized(bytes) == facts)
        return facts
    }

    static func problems(_ text: String) -> [CSVProblem] {
        facts(text).compactMap { if case .problem(let problem) = $0 { problem } else { nil } }
    }

    static func text(_ size: Int) -> String { String(repeating: "x", count: size) }

    @Test(arguments: [("", ""), ("\"", "\""), ("\"\"\"", "\"")]) func aField(open: String, close: String) {
        // Quotes around it do not count, a doubled one counts once.
        let room = CSVTokenizer.fieldLimit - (open.count == 3 ? 1 : 0)
        #expect(Self.problems("h\na,\(open)\(Self.text(room))\(close),c\nb").isEmpty)
        let over = Self.problems("h\na,\(open)\(Self.text(room + 1))\(close),c\nb")
        #expect(over.map(\.kind) == [.fieldTooLong(limit: 1_048_576)])
        #expect(over.map(\.position) == [SourcePosition(line: 2, column: 3)])
        #expect(over.first?.message.contains("1048576 bytes") == true)
    }

    @Test func aFieldOfManyBytesPerCharacter() {
        let half = String(repeating: "é", count: CSVTokenizer.fieldLimit / 2)
        #expect(Self.problems(half).isEmpty && Self.problems(half + "é").count == 1)
    }

    @Test func aRecord() {
        let fields = Array(repeating: Self.text(CSVTokenizer.fieldLimit), count: 16).joined(separator: ",")
        #expect(CSVTokenizer.recordLimit == 16 * CSVTokenizer.fieldLimit)
        #expect(Self.problems("h\n\(fields),\nb").isEmpty)
        let over = Self.problems("h\n\(fields),x\nb")
        #expect(over.map(\.kind) == [.recordTooLong(limit: 16_777_216)])
        #expect(over.map(\.position) == [SourcePosition(line: 2, column: 1)])
    }

    @Test func fieldsOfARecord() {
        let commas = String(repeating: ",", count: CSVTokenizer.fieldCountLimit - 1)
        #expect(Self.problems("h\n\(commas)\nb").isEmpty)
        let over = Self.problems("h\n\(commas),\nb")
        #expect(over.map(\.kind) == [.tooManyFields(limit: 10_000)])
        #expect(over.map(\.position) == [SourcePosition(line: 2, column: 10_001)])
    }

    /// A hundred bad cells of a megabyte are told in a hundred short lines.
    @Test func problemsKeepLittle() {
        let row = "\n" + Self.text(100_000)
        var reader = FleetReader()
        reader.feed(Array(("project_id" + String(repeating: row, count: 120)).utf8)) { _, _ in }
        reader.finish { _, _ in }
        #expect(reader.problems.count == 120 && reader.problems.kept.count == 100)
        for problem in reader.problems.kept {
            guard case .malformedID(let text) = problem.kind else { continue }
            #expect(text.utf8.count < 100 && problem.message.contains("x…”"))
        }
    }
}
