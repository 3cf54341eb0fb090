import Testing

@testable import FleetCSV

/// Goal: no cell is a formula to a spreadsheet, whatever it trims or splits at, and reading undoes writing. Method:
/// all short cells over the scalars that matter.
struct FormulaGuardTests {
    private static let scalars: [Unicode.Scalar] = [
        "'", "=", "@", "+", "-", " ", "\t", "\r", ";", "a", "\u{A0}", "\u{3000}", "\u{200B}", "\u{FEFF}",
        "\u{FF1D}",
        "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\u{301}", "\u{FE66}", "\u{207A}", "\u{3164}", "\u{2800}",
        "\u{FE0F}",
    ]

    private static let cells: [String] = {
        var all = [""]
        var longest = [""]
        for _ in 1...3 {
            longest = longest.flatMap { start in scalars.map { start + String($0) } }
            all += longest
        }
        return all
    }()

    @Test func readingUndoesWriting() {
        for cell in Self.cells {
            let written = FormulaGuard.added(to: cell)
            // As scalars: as texts, a letter with its accent and one of both would be equal.
            #expect(FormulaGuard.removed(from: written).unicodeScalars.elementsEqual(cell.unicodeScalars))
            let bare = cell.unicodeScalars.drop {
                $0.properties.isWhitespace
                    || "\u{200B}\u{FEFF}\u{3164}\u{2800}\u{FE0F}".unicodeScalars.contains($0)
            }
            if let first = bare.first, "=+-@＝＋－＠﹦⁺".unicodeScalars.contains(first) {
                #expect(written.unicodeScalars.first == "'", "\(cell.debugDescription)")
            }
        }
    }

    @Test func otherDelimitersAndBlanksAreQuoted() {
        for cell in ["a;b", "a\tb", "\u{A0}a", "a ", "a\u{3000}"] {
            #expect(CSVWriter().line([cell, "x"]) == "\"\(cell)\",x\n")
        }
        for cell in ["a", "a b", "it's", "'a", "Köln", "1-2", "a=b", "👩"] {
            #expect(CSVWriter().line([cell, "x"]) == "\(cell),x\n")
        }
    }
}
