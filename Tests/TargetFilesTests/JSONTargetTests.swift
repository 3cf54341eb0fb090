import FleetCSV
import AtlasAPI
import TargetFiles
import Testing

/// Goal: JSON is read as programs write it, and what is none is told at its place. Method: whole files with ⟦ where the
/// problem is due.
@Suite struct JSONTargetTests {
    private static func file(_ description: String) -> String {
        #"{"keyshift": 1, "name": "x", "target": {"enabledForSearchNodes": true}, "description": "\#(description)"}"#
    }

    @Test(arguments: [
        (#"move \ud83d\udd11 now"#, "move 🔑 now"), (#"\uD83D\uDD11"#, "🔑"),
        (#"a\/b \u00fc \t c"#, "a/b ü \t c"),
        (#"\"\\\b\f\n\r"#, "\"\\\u{8}\u{C}\n\r"), (#"\u0041"#, "A"), ("ü🔑\u{2028}", "ü🔑\u{2028}"), ("", ""),
        (#"\ud800\udc00\udbff\udfff"#, "\u{10000}\u{10FFFF}"), ("# // /* : {}", "# // /* : {}"),
    ])
    func texts(source: String, text: String) throws {
        #expect(try TargetFile.parse(Self.file(source)).description == text)
    }

    @Test(arguments: ["", "\u{FEFF}", "\n\t ", "\r\n"]) func layouts(start: String) throws {
        let text =
            "{\n\t\"keyshift\": 1,\n\t\"name\":\t\"x\",\n\t\"target\": {\n\t\t\"enabledForSearchNodes\": true\n\t}\n}\n"
        for text in [text, text.replacing("\n", with: "\r\n"), text.filter { $0 != "\n" && $0 != "\t" }] {
            let file = try TargetFile.parse(Array((start + text).utf8))
            #expect(file.target.searchNodes == .bool(true))
        }
    }

    static let flaws: [(String, JSONFlaw)] = [
        ("{\"keyshift\": 1⟦,}", .trailingComma), ("{\n\"a\": [1⟦,\n]}", .trailingComma),
        ("{\"a\": 1 ⟦\"b\": 2}", .missingComma), ("{\"a\" ⟦1}", .missingColon), ("{\"a\": ⟦}", .missingValue),
        ("{\n  ⟦// note\n  \"a\": 1}", .comment), ("{\"a\": 1, ⟦/* b */ \"c\": 2}", .comment),
        ("{\"a\": 1 ⟦# b\n}", .comment), ("{⟦'keyshift': 1}", .singleQuote), ("{\"a\": ⟦'b'}", .singleQuote),
        ("{⟦keyshift: 1}", .bareWord), ("{\"a\": ⟦auto}", .bareWord), ("{\"a\": ⟦$${b}}", .bareWord),
        ("{\"a\": ⟦True}", .foreignWord), ("{\"a\": ⟦None}", .foreignWord), ("{\"a\": ⟦NaN}", .foreignWord),
        ("⟦{{- if .x }}\nkeyshift: 1\n", .template), ("{\"a\": ⟦{{ b }}}", .template),
        ("{⟦\u{201C}a\u{201D}: 1}", .oddCharacter("\u{201C}")), ("{\"a\":⟦\u{A0}1}", .oddCharacter("\u{A0}")),
        ("{\"a\": 1,⟦\u{200B}\"b\": 1}", .oddCharacter("\u{200B}")), ("{\"a\": ⟦\"b}", .unterminatedText),
        ("{\"a\": \"b⟦\nc\"}", .controlCharacter("\n")), ("{\"a\": \"b⟦\tc\"}", .controlCharacter("\t")),
        (#"{"a": "C:⟦\keys"}"#, .badEscape("k")), (#"{"a": "⟦\u12"}"#, .badEscape("u")),
        (#"{"a": "⟦\'"}"#, .badEscape("'")),
        (#"{"a": "x ⟦\ud83d"}"#, .halfSurrogate), (#"{"a": "⟦\udd11"}"#, .halfSurrogate),
        (#"{"a": "⟦\ud83d\n"}"#, .halfSurrogate), (#"{"a": "⟦\ud83d\ud83d"}"#, .halfSurrogate),
        ("{\"a\": ⟦01}", .badNumber), ("{\"a\": ⟦1.}", .badNumber), ("{\"a\": ⟦+1}", .badNumber),
        ("{\"a\": ⟦.5}", .badNumber),
        ("{\"a\": ⟦2026-11-24}", .badNumber), ("{\"a\": 1} ⟦{}", .textAfterEnd),
        ("⟦{\"a\": 1", .unclosed("{")),
        ("{\"a\": ⟦[1", .unclosed("[")), ("⟦{", .unclosed("{")),
    ]

    @Test(arguments: flaws.indices) func flaw(index: Int) {
        let (marked, flaw) = Self.flaws[index]
        TargetProblemTests.check(marked, [.json(flaw)])
        // With Windows' line ends, and a byte order mark that takes no column.
        let source = MarkedSource(marked)
        let found = MarkedSource.problems("\u{FEFF}" + source.text)
        #expect(found.map(\.position) == source.places)
    }

    @Test func linesAreThoseOfEditors() {
        for end in ["\n", "\r\n", "\r"] {
            let text = "{\(end)\"keyshift\": 1,\(end)\"name\": \"\u{2028}\u{85}\", \"x\": 1}"
            let found = MarkedSource.problems(text).first {
                $0.kind == .unknownKey("x", of: nil, nearest: nil)
            }
            #expect(found?.position == SourcePosition(line: 3, column: 15), "\(end.debugDescription)")
        }
    }

    @Test func everyMessageSaysWhatToDoAndNothingOfTheValue() {
        for (marked, flaw) in Self.flaws {
            let text = MarkedSource(marked).text.replacing("\"a\"", with: "\"\(TargetProblemTests.canary)\"")
            let message = MarkedSource.problems(text).first?.message ?? ""
            #expect(message.contains("; ") && !message.contains(TargetProblemTests.canary), "\(flaw)")
        }
    }

    @Test func allOtherProblemsAreToldInOneRun() {
        TargetProblemTests.check(
            "{\"keyshift\": 1, \"name\": \"x\", ⟦\"name\": \"y\",\n \"target\": {⟦\"oops\": 1, \"awsKms\": {\"region\": ⟦\"x\"}}}",
            [
                .duplicateKey("name"), .unknownKey("oops", of: "target", nearest: nil),
                .badValue(
                    key: "region", expected: TargetProblemTests.complaint(.awsKms, "region"), nearest: nil),
            ])
    }
}
