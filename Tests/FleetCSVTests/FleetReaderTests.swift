import AtlasAPI
import FleetCSV
import Testing

/// Goal: a fleet CSV gives its projects, or all of its problems. Method: small files with a caller that looks for
/// duplicates, as the store does.
@Suite struct FleetReaderTests {
    static let a = "0123456789abcdef01234567"
    static let b = "ABCDEF0123456789ABCDEF01"

    static func read(_ text: String, pieces: Int = .max) -> (rows: [FleetRow], reader: FleetReader) {
        var reader = FleetReader()
        var rows: [FleetRow] = []
        var firstLines: [ProjectID: Int] = [:]
        let sink: FleetReader.RowSink = { row, problems in
            if let line = firstLines[row.id] { problems.add(row.duplicate(firstLine: line)) }
            firstLines[row.id] = firstLines[row.id] ?? row.line
            rows.append(row)
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try? reader.feed(Array(rest.prefix(pieces)), to: sink)
            rest = rest.dropFirst(pieces)
        }
        try? reader.finish(to: sink)
        return (rows, reader)
    }

    static func problems(_ text: String) -> [CSVProblem] {
        let problems = read(text).reader.problems.kept
        #expect(read(text, pieces: 1).reader.problems.kept == problems)
        return problems
    }

    static func at(_ line: Int, _ column: Int, _ kind: CSVProblem.Kind) -> CSVProblem {
        CSVProblem(kind, at: SourcePosition(line: line, column: column))
    }

    @Test(arguments: ["project_id", "projectId", "group_id", "groupId"]) func goodFile(idName: String) {
        let (rows, reader) = Self.read(
            "\u{FEFF}env,\(idName),project_name\r\nprod,\(Self.a),\n\n\"'=x\",\(Self.b),'quoted'")
        #expect(reader.problems.isEmpty && reader.rowCount == 2)
        #expect(reader.header?.columns == ["env", idName, "project_name"])
        #expect(reader.header?.variables == ["env"])
        #expect(rows.map(\.id.text) == [Self.a, Self.b.lowercased()])
        #expect(rows.map(\.ordinal) == [1, 2] && rows.map(\.line) == [2, 4])
        #expect(rows.map(\.name) == [nil, "'quoted'"])
        #expect(rows.map(\.cells) == [["prod", Self.a, ""], ["=x", Self.b, "'quoted'"]])
        #expect(rows[1].positions[1] == SourcePosition(line: 4, column: 7))
        #expect(rows[1]["project_id"] == Self.b.lowercased() && rows[1]["env"] == "=x")
        #expect(rows[0]["project_name"] == nil && rows[0]["nope"] == nil)
    }

    @Test func headerProblems() {
        #expect(Self.problems("") == [Self.at(1, 1, .empty)])
        #expect(Self.problems("\u{FEFF}\n\r\n\n") == [Self.at(1, 1, .empty)])
        #expect(
            Self.problems("a,Project_ID\nx\n") == [
                Self.at(1, 3, .misspelledColumn("Project_ID", word: "project_id")),
                Self.at(2, 1, .rowLength(expected: 2, found: 1)),
            ])
        #expect(
            Self.problems("\nproject_id,ü,groupId,ü,,wave\n") == [
                Self.at(2, 14, .secondIDColumn(name: "groupId", first: "project_id")),
                Self.at(2, 22, .duplicateColumn(name: "ü", firstColumn: 12)),
                Self.at(2, 24, .namelessColumn()),
            ])
        #expect(
            Self.problems("project_id,project_id\n") == [
                Self.at(1, 12, .duplicateColumn(name: "project_id", firstColumn: 1))
            ])
        // Without a header nothing but CSV itself can be judged.
        #expect(
            Self.problems("project\"_id\nx,y\n\"") == [
                Self.at(1, 8, .strayQuote), Self.at(3, 1, .unterminatedQuote),
            ])
        #expect(Self.read("project_id\n").reader.problems.isEmpty)
    }

    @Test func allProblemsOfAFileInOrder() {
        let text = """
            project_id,x
            \(Self.a),1
            \(Self.a.uppercased()),2
            \(Self.b)
            \(Self.b),1,2
            ,3
            é"
            zz,
            \(Self.a),"open
            """
        #expect(
            Self.problems(text) == [
                Self.at(3, 1, .duplicateID(Self.a, firstLine: 2)),
                Self.at(4, 1, .rowLength(expected: 2, found: 1)),
                Self.at(5, 28, .rowLength(expected: 2, found: 3)), Self.at(6, 1, .malformedID("")),
                Self.at(7, 2, .strayQuote), Self.at(8, 1, .malformedID("zz")),
                Self.at(9, 26, .unterminatedQuote),
            ])
    }

    @Test func cellProblemsGetTheCellsPlace() {
        let (rows, _) = Self.read("x,project_id,role\n1,\(Self.a),bad\n")
        let problem = CellProblem(column: "role", field: "roleId", kind: .badValue(expected: "an id"))
        #expect(rows[0].problem(problem) == Self.at(2, 28, .cell(problem)))
        #expect(rows[0].problem(problem).message == problem.message)
    }

    @Test func onlyTheFirstHundredAreKept() {
        var random = Dice(seed: 3)
        var list = ProblemList()
        for line in (1...1000).shuffled(using: &random) { list.add(Self.at(line, 1, .nul)) }
        #expect(list.kept.map(\.position.line) == Array(1...100))
        #expect(list.count == 1000 && list.furtherCount == 900)
        let text = "project_id\n" + String(repeating: "x\n", count: 250)
        #expect(Self.read(text).reader.problems.furtherCount == 150)
    }

    @Test func writtenFleetsAreReadUnchanged() {
        var random = Dice(seed: 11)
        for _ in 0..<300 {
            let cells = (0..<3).map { _ in [Self.a] + (0..<3).map { _ in CSVWriterTests.cell(&random) } }
            let text = ([["project_id", "=1", "'", "-x y"]] + cells).map { CSVWriter().line($0) }.joined()
            let (rows, reader) = Self.read(text)
            #expect(reader.header?.columns == ["project_id", "=1", "'", "-x y"])
            #expect(rows.map { CSVWriterTests.scalars($0.cells) } == cells.map(CSVWriterTests.scalars))
        }
    }

    @Test func everyKindHasItsSentence() {
        let kinds: [CSVProblem.Kind] = [
            .unterminatedQuote, .textAfterQuote, .strayQuote, .loneCarriageReturn, .nul, .invalidUTF8,
            .fieldTooLong(limit: 1), .recordTooLong(limit: 1), .tooManyFields(limit: 1), .empty,
            .noIDColumn(nearest: "x"), .secondIDColumn(name: "x", first: "y"), .badWave("x"),
            .namelessColumn(),
            .namelessColumn(count: 2), .wrappedQuote(.formula), .wrappedQuote(.objectID),
            .wrappedQuote(.space),
            .foreign(.utf16), .misspelledColumn("x", word: "wave"), .misspelledRole("x"),
            .unusable(column: "x", .null("NULL")),
            .duplicateColumn(name: "x", firstColumn: 1), .rowLength(expected: 1, found: 2), .malformedID("x"),
            .malformedID(""), .duplicateID("x", firstLine: 1),
        ]
        let messages = kinds.map { Self.at(1, 1, $0).message }
        #expect(Set(messages).count == kinds.count && !messages.contains("the file can't be read"))
        let long = Self.at(1, 1, .malformedID(String(repeating: "x\n", count: 5000))).message
        #expect(long.unicodeScalars.count < 150 && !long.contains("\n"))
    }
}
