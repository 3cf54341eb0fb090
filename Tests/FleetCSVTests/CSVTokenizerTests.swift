import AtlasAPI
import FleetCSV
import Testing

/// Goal: every error of the contract at its place, and reading goes on behind it. Method: small files, the kind
/// and place of each problem, and the records that remain.
@Suite struct CSVTokenizerTests {
    static func facts(_ bytes: [UInt8]) -> (records: [[String]], problems: [CSVProblem]) {
        let facts = CSVFact.tokenized(bytes)
        for pieces in [1, 2, 3, 7] { #expect(CSVFact.tokenized(bytes, pieces: pieces) == facts) }
        var result: (records: [[String]], problems: [CSVProblem]) = ([], [])
        for fact in facts {
            switch fact {
            case .record(let fields, _): result.records.append(fields)
            case .problem(let problem): result.problems.append(problem)
            }
        }
        return result
    }

    static func facts(_ text: String) -> (records: [[String]], problems: [CSVProblem]) {
        facts(Array(text.utf8))
    }

    static func problem(_ kind: CSVProblem.Kind, _ line: Int, _ column: Int) -> CSVProblem {
        CSVProblem(kind, at: SourcePosition(line: line, column: column))
    }

    @Test func plainAndQuotedFields() {
        let (records, problems) = Self.facts("\u{FEFF}a,b\r\n\r\n\"x\"\"y\",\" 1\r\n2\n\"\n\n,\nlast,ü")
        #expect(records == [["a", "b"], ["x\"y", " 1\r\n2\n"], ["", ""], ["last", "ü"]])
        #expect(problems.isEmpty)
    }

    @Test(arguments: [
        ("a,b\nc,\"d\ne", problem(.unterminatedQuote, 2, 3), 1),
        ("a\n\"b\" ,c\nd", problem(.textAfterQuote, 2, 4), 2),
        ("é,b\nüü,b\"c\",d\ne", problem(.strayQuote, 2, 5), 2),
        ("a\rb\nc", problem(.loneCarriageReturn, 1, 2), 1),
        ("a\n\"b\"\r", problem(.loneCarriageReturn, 2, 4), 1),
        ("a\n\r\rb\nc", problem(.loneCarriageReturn, 2, 1), 2),
        ("a\nb\0c,d\ne", problem(.nul, 2, 2), 2),
        ("a\n\"b\n\0\",d\ne", problem(.nul, 3, 1), 2),
    ])
    func errorAndRecovery(text: String, expected: CSVProblem, records: Int) {
        let facts = Self.facts(text)
        #expect(facts.problems == [expected])
        #expect(facts.records.count == records)
    }

    @Test func everyErrorOfAFileIsFound() {
        let (records, problems) = Self.facts("a\"b\nok\n\"c\"d\n\0\0\nok\n\"open\n\0")
        #expect(records == [["ok"], ["ok"]])
        let expected: [CSVProblem] = [
            Self.problem(.strayQuote, 1, 2), Self.problem(.textAfterQuote, 3, 4), Self.problem(.nul, 4, 1),
            Self.problem(.nul, 7, 1), Self.problem(.unterminatedQuote, 6, 1),
        ]
        #expect(problems == expected)
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0xC3, 0xA9], [0xE0, 0x9F, 0xBF],
            [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFF],
            [0xE2, 0x82], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func brokenUTF8(sequence: [UInt8]) {
        let start = Array("h\nüx".utf8)
        for tail in [[], Array(",b\nok".utf8), Array("\nok".utf8)] {
            let facts = Self.facts(start + sequence + tail)
            #expect(facts.problems == [Self.problem(.invalidUTF8, 2, 3)], "\(sequence) \(tail)")
            #expect(facts.records == (tail.isEmpty ? [["h"]] : [["h"], ["ok"]]))
        }
        let quoted = Self.facts(Array("h\n\"ü\n".utf8) + sequence + Array("\n\"\nok".utf8))
        #expect(quoted.problems == [Self.problem(.invalidUTF8, 3, 1)])
        #expect(quoted.records == [["h"], ["ok"]])
    }

    @Test func everyScalarIsTakenAndEveryOtherSequenceIsNot() {
        var random = Dice(seed: 7)
        for _ in 0..<20_000 {
            let bytes = (0..<4).map { _ in UInt8.random(in: 0x80...0xFF, using: &random) }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect(
                CSVFact.tokenized(bytes).contains { if case .problem = $0 { true } else { false } } != isValid
            )
        }
        let text = (0...0x10FFFF).lazy.compactMap(UnicodeScalar.init).filter {
            $0.value % 61 == 0 && $0 != "\0"
        }
        var all = String.UnicodeScalarView()
        all.append(contentsOf: text)
        #expect(Self.facts("x" + String(all).filter { $0 != "," }).problems.isEmpty)
    }

    @Test func aMarkCutShort() {
        #expect(Self.facts([0xEF]).problems == [Self.problem(.invalidUTF8, 1, 1)])
        #expect(Self.facts([0xEF, 0xBB]).problems == [Self.problem(.invalidUTF8, 1, 1)])
        #expect(Self.facts([0xEF, 0xBB, 0x2C, 0x61]).problems == [Self.problem(.invalidUTF8, 1, 1)])
        #expect(Self.facts([0xEF, 0xBB, 0xBF]).records.isEmpty)
        // U+FEFE is an ordinary (non-)character that begins like the mark.
        #expect(Self.facts([0xEF, 0xBB, 0xBE, 0x2C, 0x22, 0x22]).records == [["\u{FEFE}", ""]])
        #expect(Self.facts([0xEF, 0xBB, 0xBE, 0x61, 0x22]).problems == [Self.problem(.strayQuote, 1, 3)])
    }

    @Test func limits() {
        let field = String(repeating: "x", count: CSVTokenizer.fieldLimit)
        #expect(CSVFact.tokenized(Array("a,\(field)\nb".utf8)).count == 2)
        for text in ["h\na,\(field)x,c\nb", "h\na,\"\(field)x\n\",c\nb"] {
            let facts = CSVFact.tokenized(Array(text.utf8), pieces: 50_000)
            #expect(facts.count == 3)
            #expect(facts[1] == .problem(Self.problem(.fieldTooLong(limit: CSVTokenizer.fieldLimit), 2, 3)))
        }
        let record = "a\n" + String(repeating: field + ",", count: 16) + "x\nb"
        let expected = Self.problem(.recordTooLong(limit: CSVTokenizer.recordLimit), 2, 1)
        #expect(CSVFact.tokenized(Array(record.utf8))[1] == .problem(expected))
        let wide = "a\n" + String(repeating: ",", count: CSVTokenizer.fieldCountLimit) + "\nb"
        let facts = CSVFact.tokenized(Array(wide.utf8), pieces: 1000)
        let tooMany = Self.problem(.tooManyFields(limit: 10_000), 2, 10_001)
        #expect(facts.count == 3)
        #expect(facts[1] == .problem(tooMany))
    }

    @Test func whatTheSinkThrowsComesOut() {
        var tokenizer = CSVTokenizer()
        #expect(throws: CancellationError.self) {
            try tokenizer.feed(Array("a\nb\n".utf8)) { _ in throw CancellationError() }
        }
    }
}
