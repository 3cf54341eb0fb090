import AtlasAPI
import FleetCSV
import Testing

/// Goal: reading undoes writing, for all cells. Method: a table, then random cells made of the scalars that matter.
@Suite struct CSVWriterTests {
    static let special: [UnicodeScalar] = [
        "'", "=", "+", "-", "@", "\t", "\r", "\n", "\"", ",", " ", "a", "é", "\u{301}", "\u{FEFF}", "😀",
    ]

    @Test(arguments: [
        (["a", "b c"], "a,b c\n"), ([""], "\"\"\n"), (["", ""], ",\n"), ([" a", "b "], "\" a\",\"b \"\n"),
        (["a\"b", "c,d", "e\nf", "g\rh"], "\"a\"\"b\",\"c,d\",\"e\nf\",\"g\rh\"\n"),
        (["=1", "'=1", "''-", "'", "'a", "a=", "-"], "'=1,''=1,'''-,','a,a=,'-\n"), ([], ""),
        (["\r", "\t"], "\"'\r\",\"'\t\"\n"), (["a\0"], "\"a\u{FFFD}\"\n"),
    ])
    func writes(cells: [String], line: String) {
        #expect(CSVWriter().line(cells) == line)
    }

    @Test func withoutGuard() {
        #expect(CSVWriter(guardsFormulas: false).line(["=1", "'=1"]) == "=1,'=1\n")
    }

    @Test(arguments: [true, false]) func roundTrip(guards: Bool) {
        var random = Dice(seed: 42)
        for round in 0..<3000 {
            let rows = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.cell(&random) }
            }
            let text = rows.map { CSVWriter(guardsFormulas: guards).line($0) }.joined()
            let (records, problems) = CSVTokenizerTests.records(Array(text.utf8))
            let cells = guards ? records.map { $0.map(FormulaGuard.removed(from:)) } : records
            #expect(problems.isEmpty && cells.map(Self.scalars) == rows.map(Self.scalars), "round \(round)")
        }
    }

    @Test func everyShortCellSurvivesTheGuard() {
        var cells = [""]
        for _ in 0..<4 {
            cells = cells.flatMap { cell in ["'", "=", "@", "\r", "a", "\u{301}"].map { cell + $0 } }
            for cell in cells {
                let written = FormulaGuard.added(to: cell)
                #expect(Array(FormulaGuard.removed(from: written).utf8) == Array(cell.utf8))
                #expect(!"=@\r".unicodeScalars.contains { $0 == written.unicodeScalars.first })
            }
        }
    }

    /// Compares by scalars: `==` takes canonically equal texts for equal.
    static func scalars(_ cells: [String]) -> [[UnicodeScalar]] { cells.map { Array($0.unicodeScalars) } }

    static func cell(_ random: inout Dice) -> String {
        var view = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            view.append(special.randomElement(using: &random) ?? "a")
        }
        return String(view)
    }
}

extension CSVTokenizerTests {
    static func records(_ bytes: [UInt8]) -> (records: [[String]], problems: [CSVProblem]) { facts(bytes) }
}
