import FleetCSV
import Testing

/// Goal: a row's one message names what can be seen and ends with what to do. Method: ids and rows as spreadsheets,
/// databases and shells leave them, and words that the message must hold.
@Suite struct RowMessageTests {
    private static let id = FleetReaderTests.a

    static let ids: [(String, String)] = [
        ("6.12346E+23", "spreadsheet"), ("\"6,12346E+23\"", "spreadsheet"), ("6E23", "spreadsheet"),
        ("612345678901235000000000", "nine digits are zeros"), ("5.99E+23", "E+23"), ("5.99e+023", "E+023"),
        ("\"5,99E23\"", "spreadsheet"), (" 5.99E+23 ", "spreadsheet"), ("5.99E+ 23", "spreadsheet"),
        ("-5.99E+23", "spreadsheet"), ("5.99×10^23", "power of ten"), ("5.99x10^23", "power of ten"),
        ("5.99·10²³", "power of ten"), ("5.99 * 10^23", "power of ten"),
        ("\"599,123,456,789,012,000,000,000\"", "thousands"),
        ("599.123.456.789.012.000.000.000", "thousands"),
        ("599'123'456'789'012'000'000'000", "thousands"), ("599’123’456’789’012’000’000’000", "thousands"),
        ("599 123 456 789 012 000 000 000", "zeros"),
        ("599\u{202F}123\u{202F}456\u{202F}789\u{202F}012\u{202F}000\u{202F}000\u{202F}000", "zeros"),
        ("\"599,123,456,789,012,000,000,000.00\"", "thousands"), ("\"599,123\u{A0}456\"", "U+00A0"),
        ("599_123_456_789", "thousands"), ("\(id) ", "U+0020"),
        ("\u{A0}\(id)", "U+00A0"),
        ("\(id)\u{200B}", "U+200B"), ("\(id)\u{FEFF}", "U+FEFF"), ("\u{202F}\(id)", "U+202F"),
        ("\(id)\t", "U+0009"),
        ("\u{FF10}\(id.dropFirst())", "U+FF10"), ("\(id.dropLast())\u{FF17}", "U+FF17"),
        (wide(id), "U+FF10"), ("\u{660}\(id.dropFirst())", "U+0660"), ("\u{966}\(id.dropFirst())", "U+0966"),
        ("\u{1D7CE}\(id.dropFirst())", "U+1D7CE"), ("\u{2070}\(id.dropFirst())", "U+2070"),
        ("\(id.prefix(10))\u{430}\(id.dropFirst(11))", "U+0430"), ("\(id)\u{FF11}", "U+FF11"),
        ("\(wide(id))\u{3000}", "U+FF10"),
        ("\"=\"\"\(id)\"\"\"", "formula"), ("'\(id)", "apostrophe"), ("ObjectId(\(id))", "ObjectId"),
        ("ObjectId('\(id)')", "ObjectId"), ("objectid(\(id))", "ObjectId"),
        ("\u{201C}\(id)\u{201D}", "U+201C"),
        ("project_id", "header"), ("Project ID", "header"), ("groupId", "header"),
        ("\u{FEFF}project_id", "header"),
        ("NULL", "NULL"), ("#N/A", "spreadsheet"), (#"\N"#, "no value"), ("\"\"", "empty"), ("   ", "U+0020"),
        (String(id.dropFirst()), "23"), (id + "0", "25"), ("nonsense", "24 hex digits"),
        ("é" + id.dropFirst(), "U+00E9"), ("#REF?", "spreadsheet"), ("#spill!", "spreadsheet"),
    ]

    /// As an input method of Chinese or Japanese writes it.
    static func wide(_ text: String) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text.unicodeScalars.compactMap { Unicode.Scalar($0.value + 0xFEE0) })
        return String(view)
    }

    @Test(arguments: ids.indices) func id(index: Int) {
        let (text, word) = Self.ids[index]
        let found = FleetReaderTests.problems("a,project_id\nx,\(text)\n")
        #expect(found.map(\.position) == [SourcePosition(line: 2, column: 3)], "\(found)")
        #expect(found.first?.message.contains(word) == true, "\(text): \(found.first?.message ?? "")")
        #expect(found.first.map { Self.endsWithAdvice($0.message) } == true, "\(found.first?.message ?? "")")
    }

    @Test func idsOfDigitsThatAreIDs() {
        for id in [
            "612345678901234567890123", "612345678901234567890000", "650000000000000000000000",
            "000000000000000000000000",
        ] {
            #expect(FleetReaderTests.problems("project_id\n\(id)\n").isEmpty, "\(id)")
        }
    }

    static let rows: [(String, String, Int)] = [
        ("# held back, see ticket", "comment", 1), ("(2 rows)", "psql", 1), ("\u{1A}", "Ctrl-Z", 1),
        ("   ", "U+0020", 1), ("\u{A0}", "U+00A0", 1), ("project_id,project_name", "header", 1),
        ("\(id),\u{201C}a, b\u{201D},c", "U+201C", 4), ("\(id);a;b", "“;”", 1), ("\(id)\tb\tc", "tab", 1),
        ("\"\(id),a,b\"", "whole row", 1), ("\"\(id),\"\"a, b\"\",c\"", "whole row", 1),
        ("\"\(id);a\"", "“;”", 1), ("\(id),a,b,", "empty", 4), ("\(id),a,b,c", "between double quotes", 4),
        ("\(id),a", "fill", 1), ("599,123,456,789,012,000,000,000,a,b", "thousands marks", 4),
        ("5,991,234,567,x,y", "thousands marks", 4), ("\(id),10,20,30", "between double quotes", 4),
    ]

    @Test(arguments: rows.indices) func length(index: Int) {
        let (row, word, _) = Self.rows[index]
        let found = FleetReaderTests.problems("project_id,name,team\n\(row)\n")
        #expect(found.count == 1 && found[0].position.line == 2, "\(found)")
        guard case .rowLength? = found.first?.kind else {
            Issue.record("\(found)")
            return
        }
        #expect(found[0].message.contains(word), "\(found[0].message)")
    }

    static let quotes: [(String, CSVProblem.Kind, Int)] = [
        ("=\"\(id)\",a", .wrappedQuote(.formula), 2), ("ObjectId(\"\(id)\"),a", .wrappedQuote(.objectID), 10),
        ("\(id), \"a, b\"", .wrappedQuote(.space), 27), ("\(id),5\" b", .strayQuote, 27),
        ("\(id),\"a \\\"b\\\"\"", .textAfterQuote, 31),
    ]

    @Test(arguments: quotes.indices) func quote(index: Int) {
        let (row, kind, column) = Self.quotes[index]
        #expect(FleetReaderTests.problems("project_id,a\n\(row)\n") == [FleetReaderTests.at(2, column, kind)])
    }

    @Test func waves() {
        for (cell, words) in [
            ("NULL", ["NULL", "no value"]), ("null", ["no value"]), (#"\N"#, ["no value"]),
            ("#N/A", ["spreadsheet"]), ("#ref!", ["spreadsheet"]), ("#GETTING_DATA", ["spreadsheet"]),
            (" ", ["U+0020"]), ("\u{A0}", ["U+00A0"]), ("1\u{A0}", ["no wave", "U+00A0"]),
            ("\u{FF11}", ["no wave", "U+FF11"]), (" 2", ["no wave", "U+0020"]), ("first", ["no wave"]),
        ] {
            let found = FleetReaderTests.problems("project_id,wave\n\(Self.id),\(cell)\n")
            #expect(found.map(\.position) == [SourcePosition(line: 2, column: 26)], "\(cell)")
            let message = found.first?.message ?? ""
            #expect(words.allSatisfy { message.contains($0) } && message.contains("wave"), "\(message)")
        }
    }

    /// The last part of a message is in the imperative: it begins behind a semicolon, or behind a colon there.
    static func endsWithAdvice(_ message: String) -> Bool {
        guard let last = message.split(separator: "; ").dropFirst().last else { return false }
        return ["write", "take", "its digits are lost: take", "correct", "empty"].contains {
            last.hasPrefix($0)
        }
    }
}
