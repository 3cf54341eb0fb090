import FleetCSV
import Testing

/// Goal: the tokenizer is right on every small input. Method: all strings over the bytes that matter, against
/// the reference, fed at once, byte by byte and in two pieces.
@Suite struct CSVExhaustiveTests {
    static let symbols: [[UInt8]] = [Array(",".utf8), Array("\"".utf8), [10], [13], Array("a".utf8)]
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    @Test(arguments: [[], mark]) func everyStringUpToSeven(prefix: [UInt8]) {
        #expect(Self.firstDifference(prefix, Self.symbols, upTo: 7) == nil)
    }

    @Test func everyStringUpToFiveWithMarksAnywhere() {
        #expect(Self.firstDifference([], Self.symbols + [Self.mark], upTo: 5) == nil)
    }

    /// The reader's pieces end anywhere: all ways to cut a string in two, marks included.
    @Test func everyCutOfEveryStringUpToFive() {
        var strings: [[UInt8]] = [[]]
        for _ in 0..<5 {
            strings = strings.flatMap { string in (Self.symbols + [Self.mark]).map { string + $0 } }
            let bad = strings.first { string in
                let whole = CSVFact.tokenized(string)
                return string.indices.contains { CSVFact.tokenized([string[..<$0], string[$0...]]) != whole }
            }
            #expect(bad == nil)
        }
    }

    /// The first string on which the two disagree, shortest first.
    static func firstDifference(_ prefix: [UInt8], _ symbols: [[UInt8]], upTo length: Int) -> [UInt8]? {
        var strings = [prefix]
        for _ in 0..<length {
            strings = strings.flatMap { string in symbols.map { string + $0 } }
            for string in strings {
                let expected = CSVReference.read(string)
                if CSVFact.tokenized(string) != expected || CSVFact.tokenized(string, pieces: 1) != expected {
                    return string
                }
            }
        }
        return nil
    }
}
