import TestSupport
import AtlasAPI
import Foundation
import Testing

/// Goal: no bytes make the JSON reader trap, hang or read something that is not there. Method: mutated answers
/// against Foundation's decoder; values written in odd ways and read back; the shapes that blow parsers up.
@Suite struct JSONFuzzTests {
    /// A value by Foundation's decoder: slow, and right but for what `check` says.
    struct Reference: Decodable {
        var value: JSONValue

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                value = .null
            } else if let bool = try? container.decode(Bool.self) {
                value = .bool(bool)
            } else if let number = try? container.decode(Double.self) {
                value = .number(number)
            } else if let string = try? container.decode(String.self) {
                value = .string(string)
            } else if let items = try? container.decode([Reference].self) {
                value = .array(items.map(\.value))
            } else {
                value = .object(try container.decode([String: Reference].self).mapValues(\.value))
            }
        }
    }

    static let seeds = [
        #"{"awsKms":{"enabled":true,"roleId":"65a000000000000000000001","valid":true,"region":null}}"#,
        #"{"error":400,"errorCode":"X","parameters":["/p",7.5e2,-0,1e-7],"detail":"a\"\\\/\b\f\n\r\té😀"}"#,
        " [ ] ", "{}", "-0.0e+0", "[[[],{}],true,false,null]", "\u{FEFF}\"é\u{301}\"", "[1,23,456,7890]",
    ].map { Array($0.utf8) }

    static let pieces =
        [
            "\\ud800", "\\udc00", "\\u0000", "\\x", "\"", ",", ":", "[", "]", "{", "}", "1e999", "01", "+1",
            ".5",
            "1.", "NaN",
            "-", "nul", "true", "\u{0}", "\u{1F}", "\u{7F}", "\u{2028}", "\t", "\u{FEFF}", "//", "'",
            #"{"a":1,"a":2}"#,
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]]

    @Test(arguments: 0..<4) func mutatedTexts(seed: UInt64) {
        Fuzz.run(seed: seed, rounds: 1500) {
            $0.mutated(Self.seeds, pieces: Self.pieces)
        } _: {
            Self.complaint($0)
        }
    }

    /// What is read is what Foundation reads, and is read again from its own text.
    static func complaint(_ bytes: [UInt8]) -> String? {
        guard let value = JSONValue(parsing: bytes) else { return nil }
        guard JSONValue(parsing: Array(value.canonicalText().utf8)) == value else {
            return "changes in writing"
        }
        let reference = (try? JSONDecoder().decode(Reference.self, from: Data(bytes)))?.value
        // Foundation refuses numbers nearer to zero than a `Double` can be, and `0e1`.
        let hasOddZero = ["-", "0e", "0E"].contains { String(decoding: bytes, as: UTF8.self).contains($0) }
        if reference == nil, hasOddZero { return nil }
        return value == reference ? nil : "Foundation reads \(String(describing: reference))"
    }

    @Test func writtenInOddWaysAndReadBack() {
        for round in 0..<400 * Fuzz.factor {
            var fuzz = Fuzz(seed: 11, round: round)
            let value = Self.anyValue(&fuzz, depth: 0)
            let text = Self.odd(value, &fuzz)
            #expect(JSONValue(parsing: Array(text.utf8)) == value, "round \(round): \(text.debugDescription)")
            #expect(JSONValue(parsing: Array((text + "]").utf8)) == nil)
            if JSONValue(parsing: Array(text.utf8)) != value { return }
        }
    }

    static func anyValue(_ fuzz: inout Fuzz, depth: Int) -> JSONValue {
        switch fuzz.below(depth > 4 ? 4 : 6) {
        case 0: return .null
        case 1: return .bool(fuzz.chance(oneIn: 2))
        case 2:
            return .number(
                fuzz.pick([
                    0, -1, 0.1, 1e300, Double.leastNonzeroMagnitude, Double(fuzz.below(1 << 53)), -2.5,
                ]))
        case 3: return .string(anyText(&fuzz))
        case 4: return .array((0..<fuzz.below(4)).map { _ in anyValue(&fuzz, depth: depth + 1) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<fuzz.below(4) { members[anyText(&fuzz)] = anyValue(&fuzz, depth: depth + 1) }
            return .object(members)
        }
    }

    static func anyText(_ fuzz: inout Fuzz) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<fuzz.below(6) {
            let value = fuzz.chance(oneIn: 2) ? UInt32(fuzz.below(128)) : UInt32(fuzz.below(0x110000))
            text.append(UnicodeScalar(value) ?? "\u{FFFD}")
        }
        return String(text)
    }

    /// Jobs on disk were sealed over what Foundation's encoder wrote: ours writes the same bytes.
    @Test func writtenAsFoundationWrites() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for round in 0..<400 * Fuzz.factor {
            var fuzz = Fuzz(seed: 12, round: round)
            let value = Self.anyValue(&fuzz, depth: 0)
            let text = String(decoding: try encoder.encode(value), as: UTF8.self)
            #expect(value.canonicalText() == text, "round \(round)")
            if value.canonicalText() != text { return }
        }
        let all = JSONValue.string(
            String(String.UnicodeScalarView((0..<0x300).compactMap { UnicodeScalar($0) })))
        #expect(Array(try encoder.encode(all)) == all.canonicalBytes())
    }

    /// Only the strings at the places change, wherever else their text stands.
    @Test func otherStringsInOneText() {
        for round in 0..<400 * Fuzz.factor {
            var fuzz = Fuzz(seed: 13, round: round)
            let (name, inner, new) = (Self.anyText(&fuzz), Self.anyText(&fuzz), Self.anyText(&fuzz))
            let old = Self.anyText(&fuzz)
            let rest: [String: JSONValue] = [name + "-": .string(old), name + "+": .array([.string(old)])]
            var members = rest
            members[name] = .object([inner: .string(old), inner + "-": .string(old)])
            let text = Self.odd(.object(members), &fuzz)
            let changed = JSONValue.text(text, with: [[name, inner]: new])
            members[name] = .object([inner: .string(new), inner + "-": .string(old)])
            #expect(
                JSONValue(parsing: changed) == .object(members), "round \(round): \(text.debugDescription)")
            // The same text put in twice is one text: what is around it stayed.
            #expect(
                JSONValue.text(String(decoding: changed, as: UTF8.self), with: [[name, inner]: new])
                    == changed)
            let length = changed.count - JSONValue.string(new).canonicalBytes().count
            #expect(length <= text.utf8.count - 2)
        }
    }

    /// White space where it may be, and any character as an escape.
    static func odd(_ value: JSONValue, _ fuzz: inout Fuzz) -> String {
        func gap(_ fuzz: inout Fuzz) -> String { fuzz.pick(["", "", " ", "\n\t\r "]) }
        func quoted(_ text: String, _ fuzz: inout Fuzz) -> String {
            var result = "\""
            for scalar in text.unicodeScalars {
                if scalar.value >= 0x20, scalar != "\"", scalar != "\\", !fuzz.chance(oneIn: 3) {
                    result.unicodeScalars.append(scalar)
                    continue
                }
                for unit in String(scalar).utf16 {
                    let digits = String(UInt32(unit) + 0x10000, radix: 16, uppercase: fuzz.chance(oneIn: 2))
                    result += "\\u" + digits.dropFirst()
                }
            }
            return result + "\""
        }
        var parts: [String] = []
        switch value {
        case .null: parts = ["null"]
        case .bool(let bool): parts = [String(bool)]
        case .number(let number): parts = ["\(number)"]
        case .string(let text): parts = [quoted(text, &fuzz)]
        case .array(let items):
            let texts = items.map { odd($0, &fuzz) }
            parts = ["[", gap(&fuzz), texts.joined(separator: ","), "]"]
        case .object(let members):
            let texts = members.sorted { $0.key < $1.key }.map { name, value in
                quoted(name, &fuzz) + gap(&fuzz) + ":" + odd(value, &fuzz)
            }
            parts = ["{", gap(&fuzz), texts.joined(separator: ","), "}"]
        }
        return gap(&fuzz) + parts.joined() + gap(&fuzz)
    }

    @Test func nestingHasALimit() {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            func nested(_ depth: Int) -> JSONValue? {
                let text =
                    String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
                return JSONValue(parsing: Array(text.utf8))
            }
            let deepest = nested(JSONValue.depthLimit)
            #expect(deepest.flatMap { JSONValue(parsing: Array($0.canonicalText().utf8)) } == deepest)
            #expect(deepest != nil && nested(JSONValue.depthLimit + 1) == nil)
        }
        // Side by side is not within each other.
        #expect(
            json("[" + Array(repeating: "[[]]", count: 500).joined(separator: ",") + "]").array?.count == 500)
    }

    @Test(arguments: [
        #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{"é":1,"e\u0301":2}"#, "[1,]", #"{"a":1,}"#, "[,1]",
        "1e999",
        "-1e999", #""\ud800""#, #""\ud800\ud800""#, #""\udc00""#, #""\ud800x""#, #""\u12g4""#, #""\u１234""#,
        "1\0",
        "\"\t\"", "\u{FEFF}\u{FEFF}1", "1\u{FEFF}", "\u{A0}1",
    ]) func notOurJSON(text: String) { #expect(JSONValue(parsing: Array(text.utf8)) == nil) }

    /// As long as an answer may be. Foundation's decoder would sit over the second for days.
    @Test func longTextsEndInTime() {
        let size = 4 << 20
        func filled(_ piece: String, _ start: String = "[", _ end: String = "1]") -> [UInt8] {
            Array((start + String(repeating: piece, count: (size - 10) / piece.utf8.count) + end).utf8)
        }
        let shapes = [
            (filled("["), false),
            (filled(String(repeating: "[", count: 60) + String(repeating: "]", count: 60) + ","), true),
            (filled("1,"), true), (filled("{},"), true), (filled("\\ud83d\\ude00", "\"", "\""), true),
            (filled("9", "", ""), false), (filled("{\"a\":"), false), (filled(" ", "", "1"), true),
        ]
        let time = ContinuousClock().measure {
            for (bytes, isGood) in shapes { #expect((JSONValue(parsing: bytes) != nil) == isGood) }
        }
        #expect(time < .seconds(60), "\(time)")
    }
}
