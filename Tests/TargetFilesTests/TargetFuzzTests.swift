import FleetCSV
import AtlasAPI
import TargetFiles
import Testing

/// Goal: no text makes the parser trap, hang or give a problem outside the text. Method: seeded mutations of good
/// files, random bytes, and the shapes that blow YAML parsers up.
@Suite struct TargetFuzzTests {
    static let pieces = [
        "&a ", "*a", "!!str ", "<<: ", "? ", "- ", "{", "}", "[", "]", "\"", "'", "|\n", ">\n", "\n", "\t",
        "#", ": ",
        "---\n", "...\n", "%YAML 1.1\n", "${", "}", "\u{2028}", "\u{85}", "\r", "ü", "🙂", "\\", "\0",
        "\u{FEFF}", "name: y\n",
        "roleId: auto", "enabled: false", "googleCloudKms:", "~", "@", "`", ",", "  ",
    ]

    @Test(arguments: 0..<8) func mutations(seed: UInt64) {
        var random = Dice(seed: seed)
        let goods = [
            TargetFileTests.google, TargetProblemTests.good,
            MarkedSource.google("serviceAccountKey: ${file:a/${b}}"),
            "{\"keyshift\": 1, \"name\": \"x\", \"target\": {\"awsKms\": {\"roleId\": \"${r}\"}}}",
        ].map { Array($0.unicodeScalars) }
        for _ in 0..<250 {
            var text = goods.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let start = Int.random(in: 0...text.count, using: &random)
                let end = min(text.count, start + Int.random(in: 0...4, using: &random))
                let piece = Bool.random(using: &random) ? Self.pieces.randomElement(using: &random) ?? "" : ""
                text.replaceSubrange(start..<end, with: Array(piece.unicodeScalars))
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: text)
            Self.check(String(view))
        }
    }

    @Test func randomBytes() {
        var random = Dice(seed: 99)
        for _ in 0..<1000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random) : UInt8.random(in: 32...126, using: &random)
            }
            _ = try? TargetFile.parse(bytes)
            Self.check(String(decoding: bytes, as: UTF8.self))
        }
    }

    static func check(_ text: String) {
        let problems = MarkedSource.problems(text)
        let lines = text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 2
        for problem in problems {
            let isInside = (1...lines).contains(problem.position.line) && problem.position.column >= 1
            #expect(isInside && !problem.message.isEmpty, "\(problem) in \(text.debugDescription)")
        }
        #expect(problems.map(\.position) == problems.map(\.position).sorted())
    }

    @Test func shapesThatBlowUp() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<30 {
            bomb +=
                "a\(level): &a\(level) ["
                + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",") + "]\n"
        }
        let deep = [
            String(repeating: "[", count: 100_000), String(repeating: "{\"a\": ", count: 100_000),
            "- " + String(repeating: "{a: ", count: 100_000),
            String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 50_000),
            (0..<300).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
        ]
        #expect(MarkedSource.problems(bomb + "? *a29\n: 1\n").map(\.kind) == [.tooManyAliases])
        for text in deep {
            #expect(MarkedSource.problems(text).map(\.kind) == [.tooDeep])
        }
        let large = String(repeating: "#", count: TargetFile.sizeLimit + 1)
        #expect(MarkedSource.problems(large).map(\.kind) == [.tooLarge(limit: TargetFile.sizeLimit)])
    }

    /// Yams compares keys by value, and these are as deep as the limits let them be.
    @Test func slowKeysEndInTime() {
        let line = String(repeating: "? ", count: 4) + "a\n"
        let flow = String(repeating: "{", count: 14) + "a" + String(repeating: "}", count: 14)
        let time = ContinuousClock().measure {
            _ = MarkedSource.problems(String(repeating: "- " + line, count: 200))
            _ = MarkedSource.problems("[" + Array(repeating: flow, count: 200).joined(separator: ",") + "]")
            _ = MarkedSource.problems((0..<5000).map { "k\($0): 1\n" }.joined())
        }
        #expect(time < .seconds(20), "\(time)")
    }

    @Test func whatYAMLCanDoAndATargetFileMayNot() {
        let good = TargetProblemTests.head
        TargetProblemTests.check(good + "target: ⟦&t\n  enabledForSearchNodes: true\nwhere: *t\n", [.anchor])
        TargetProblemTests.check(good + "target: ⟦*t\n", [.anchor])
        TargetProblemTests.check(good + "target:\n  enabledForSearchNodes: ⟦!!bool true\n", [.tag])
        TargetProblemTests.check(good + "target:\n  ⟦<<: {}\n  enabledForSearchNodes: true\n", [.mergeKey])
        TargetProblemTests.check(
            good
                + "target:\n  ⟦? [a]\n  : b\n  enabledForSearchNodes: true\n".replacing("⟦? [", with: "? ⟦["),
            [.complexKey])
        TargetProblemTests.check(TargetProblemTests.good + "⟦---\nkeyshift: 1\n", [.severalDocuments])
        TargetProblemTests.check("a: ⟦\u{1}\n", [.controlCharacter("\u{1}")])
        TargetProblemTests.check("ü: 1\r\nb: ⟦\0\n", [.controlCharacter("\0")])
        TargetProblemTests.check("keyshift: 1\nname: x\n⟦\ttarget: y\n", [.cause(.tab)])
    }
}
