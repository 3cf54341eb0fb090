import AtlasAPI
import FleetCSV
import Testing

/// Goal: a project may be called anything: what a list writes of it is read back as it is, and stays so in a sheet that
/// is written again; a bare word for no value stays an error. Method: names that read as none, through writer and
/// reader once and twice.
@Suite struct WordGuardTests {
    private static let id = FleetReaderTests.a

    static let names = [
        "null", "NULL", "Null", " null", "null\u{A0}", #"\N"#, "#N/A", "#n/a", "#REF!", "#BEZUG!", "#Н/Д",
        "Err:502",
        "#NAME?", " ", "\t", "\u{A0}", "\u{200B}", "\u{FEFF}", "\u{3000} ", "'null", "''null", "'", "''",
        "'#N/A",
        "' ", "=null", "'=null", " =1+1", "-", "+null", "@", "nullify", "no", "~", "none", "it's", "\"null\"",
        "a,b",
        "a\nb", "'\u{301}null", "#\u{301}N/A", "\u{FF1D}x",
    ]

    @Test(arguments: names) func whatIsWrittenIsReadBack(name: String) throws {
        let line = CSVWriter().line([Self.id, WordGuard.added(to: name)])
        let (rows, reader) = FleetReaderTests.read("project_id,project_name\n" + line)
        #expect(reader.problems.isEmpty, "\(name.debugDescription): \(reader.problems.kept)")
        let row = try #require(rows.first)
        #expect(Self.isSame(row.name, name), "\(row.name.debugDescription)")
        // As failed.csv has it.
        let again = FleetReaderTests.read("project_id,project_name\n" + CSVWriter().line(row.cells))
        #expect(Self.isSame(again.rows.first?.name, name) && again.reader.problems.isEmpty)
    }

    /// The same for whoever asks for a cell, before and after the job has kept it.
    @Test(arguments: names.filter { !$0.contains("\n") && !$0.contains("\t") }) func asACell(name: String)
        throws
    {
        let line = CSVWriter().line([Self.id, WordGuard.added(to: name), WordGuard.added(to: name)])
        let row = try #require(FleetReaderTests.read("project_id,project_name,kv\n" + line).rows.first)
        let stored = StoredCells(
            indices: ["project_id": 0, "project_name": 1, "kv": 2], project: row.id, name: row.name,
            cells: row.cells)
        for column in ["kv", "project_name"] {
            for cell in [row[column], stored[column]] {
                #expect(Self.isSame(cell.map(WordGuard.value), name), "\(cell.debugDescription)")
            }
        }
    }

    @Test(arguments: ["null", "#N/A", #"\N"#, " ", "\u{A0}", "Err:502"]) func aBareWordIsNoValue(word: String)
    {
        let found = FleetReaderTests.problems("project_id,project_name\n\(Self.id),\(word)\n")
        #expect(found.map(\.position) == [SourcePosition(line: 2, column: 26)], "\(found)")
    }

    private static func isSame(_ one: String?, _ other: String) -> Bool {
        one.map { $0.unicodeScalars.elementsEqual(other.unicodeScalars) } ?? false
    }
}
