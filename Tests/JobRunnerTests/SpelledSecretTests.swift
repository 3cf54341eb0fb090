import AtlasAPI
import Foundation
import JobRunner
import Testing

/// Goal: lists of numbers, codes in pieces, and other forms of letters give a secret away as its plain text does.
/// Method: secrets of each kind spelled so by functions of the test's own, alone, in the middle of a text, and once
/// more in JSON or base64.
@Suite struct SpelledSecretTests {
    private static let cloudKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY"
    static let secrets = [
        "mdb_sa_sk_CANARY-9c20-44ab", cloudKey, "40823749823749872349", "Zaun3-Gast", "a/b+c=d_e-f.g~h!i&j",
    ]

    struct Spelling: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var write: @Sendable (String) -> String

        init(_ name: String, _ write: @escaping @Sendable (String) -> String) {
            (testDescription, self.write) = (name, write)
        }

        /// Each byte on its own.
        init(
            _ name: String, separator: String, _ write: @escaping @Sendable (UInt8) -> String
        ) {
            self.init(name) { $0.utf8.map(write).joined(separator: separator) }
        }

        /// Each byte in digits of a base.
        init(
            _ name: String, _ radix: Int, _ width: Int = 0, _ before: String = "", _ after: String = "",
            separator: String
        ) {
            self.init(name, separator: separator) { byte in
                let digits = String(byte, radix: radix)
                return before + String(repeating: "0", count: max(0, width - digits.count)) + digits + after
            }
        }
    }

    static let numbers: [Spelling] = [
        Spelling("decimal, spaces", 10, separator: " "), Spelling("decimal, commas", 10, separator: ","),
        Spelling("decimal, lines", 10, separator: "\n"), Spelling("decimal, tabs", 10, 3, separator: "\t"),
        Spelling("decimal, bars", 10, separator: " | "), Spelling("decimal, 3 digits", 10, 3, separator: ""),
        Spelling("decimal, words", 10, 0, "chr(", ")", separator: " . "),
        Spelling("decimal, cells", 10, 0, "<td>", "</td>", separator: "\n"),
        Spelling("decimal, members") { text in
            "{" + text.utf8.enumerated().map { "\"\($0.offset)\":\($0.element)" }.joined(separator: ",") + "}"
        },
        Spelling("decimal, counted") { text in
            text.utf8.enumerated().map { "\($0.offset + 40). \($0.element)" }.joined(separator: "\n")
        },
        Spelling("hex, spaces", 16, 2, separator: " "), Spelling("hex, 0x", 16, 2, "0x", separator: " "),
        Spelling("hex, 0x and lines", 16, 2, "0x", separator: ",\n    "),
        Spelling("hex, bars", 16, 2, separator: " || "), Spelling("hex, h", 16, 2, "", "h", separator: " "),
        Spelling("hex, char()", 16, 2, "char(0x", ")", separator: "+"),
        Spelling("U+", 16, 4, "U+", separator: " "), Spelling("U+, commas", 16, 4, "U+", separator: ", "),
        Spelling("U+, 2 digits", 16, 2, "u+", separator: ";"),
        Spelling("U+, glued", 16, 6, "U+", separator: ""),
        Spelling("\\N{U+}", 16, 4, "\\N{U+", "}", separator: ""),
        Spelling("\\x{}", 16, 2, "\\x{", "}", separator: ""),
        Spelling("\\x", 16, 2, "\\x", separator: ""), Spelling("\\\\x", 16, 2, "\\\\x", separator: ""),
        Spelling("\\x, spaces", 16, 2, "\\x", separator: " "), Spelling("\\u00", 16, 4, "\\u", separator: ""),
        Spelling("octal", 8, 3, separator: " "), Spelling("octal, 0o", 8, 0, "0o", separator: ", "),
        Spelling("octal, backslash", 8, 3, "\\", separator: ""),
        Spelling("octal, backslash, twice", 8, 3, "\\\\", separator: ""),
        Spelling("octal, 4 digits", 8, 4, separator: ","), Spelling("octal, glued", 8, 3, separator: ""),
        Spelling("binary", 2, 8, separator: " "), Spelling("binary, 0b", 2, 0, "0b", separator: ","),
        Spelling("binary, 7 digits", 2, 7, separator: "\n"), Spelling("binary, glued", 2, 8, separator: ""),
        Spelling("quoted-printable", 16, 2, "=", separator: ""),
        Spelling("partly quoted-printable", separator: "") { byte in
            let isWord = Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
            return isWord ? "\(UnicodeScalar(byte))" : String(format: "=%02X", byte)
        },
        Spelling("_x002D_", 16, 4, "_x", "_", separator: ""),
    ]

    private static func pieces(_ text: String, _ size: Int) -> [String] {
        stride(from: 0, to: text.count, by: size).map { String(text.dropFirst($0).prefix(size)) }
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    private static func url(_ text: String) -> String {
        base64(text).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static let codes: [Spelling] = [
        Spelling("base64, texts") { "[\"" + pieces(base64($0), 4).joined(separator: "\",\"") + "\"]" },
        Spelling("base64, texts of 5") { "\"" + pieces(base64($0), 5).joined(separator: "\", \"") + "\"" },
        Spelling("base64, dots") { pieces(base64($0), 3).joined(separator: ".") },
        Spelling("base64, each digit") { pieces(base64($0), 1).joined(separator: "', '") },
        Spelling("base64, dashes") { pieces(base64($0), 4).joined(separator: "-") },
        Spelling("base64, lines of a program") { pieces(base64($0), 6).joined(separator: "\\n\"\n  \"") },
        Spelling("base64, entities") { pieces(base64($0), 7).joined(separator: "&quot;,&quot;") },
        Spelling("base64url, slashes") { pieces(url($0), 4).joined(separator: "/") },
        Spelling("base64url, texts") { "\"" + pieces(url($0), 9).joined(separator: "\",\"") + "\"" },
        Spelling("base64 of each part") { pieces($0, 4).map(base64).joined(separator: ",") },
        Spelling("base64 of each part, texts") {
            "\"" + pieces($0, 2).map(base64).joined(separator: "\",\"") + "\""
        },
        Spelling("base64url of each part") { pieces($0, 5).map(url).joined(separator: " ") },
        Spelling("base64 of UTF-16") { base64($0.utf8.map { "\(UnicodeScalar($0))\0" }.joined()) },
    ]

    /// Each letter and digit as the scalar that stands as far behind another.
    private static func letters(_ name: String, _ upper: UInt32, _ lower: UInt32, _ zero: UInt32) -> Spelling
    {
        Spelling(name, separator: "") { byte in
            let value: UInt32 =
                switch byte {
                case 0x41...0x5A: upper + UInt32(byte) - 0x41
                case 0x61...0x7A: lower + UInt32(byte) - 0x61
                case 0x30...0x39: zero + UInt32(byte) - 0x30
                default: UInt32(byte)
                }
            return UnicodeScalar(value).map { "\($0)" } ?? ""
        }
    }

    static let letters: [Spelling] = [
        letters("full width", 0xFF21, 0xFF41, 0xFF10), letters("bold", 0x1D400, 0x1D41A, 0x1D7CE),
        letters("sans-serif", 0x1D5A0, 0x1D5BA, 0x1D7E2), letters("monospace", 0x1D670, 0x1D68A, 0x1D7F6),
        letters("double-struck digits", 0x41, 0x61, 0x1D7D8), letters("bold fraktur", 0x1D56C, 0x1D586, 0x30),
        letters("bold script", 0x1D4D0, 0x1D4EA, 0x30), letters("squared", 0x1F130, 0x61, 0x30),
        letters("on a dark ground", 0x1F150, 0x61, 0x30), letters("of flags", 0x1F1E6, 0x61, 0x30),
        letters("raised digits of LCD", 0x41, 0x61, 0x1FBF0), letters("in circles", 0x24B6, 0x24D0, 0x30),
        letters("in brackets", 0x1F110, 0x249C, 0x30),
        Spelling("lowered digits", separator: "") { byte in
            (0x30...0x39).contains(byte)
                ? "\(UnicodeScalar(0x2080 + UInt32(byte) - 0x30)!)" : "\(UnicodeScalar(byte))"
        },
        Spelling("other dashes") { $0.replacing("-", with: "\u{2013}").replacing("_", with: "\u{203F}") },
        Spelling("accents") { $0.map { "\($0)\u{301}" }.joined() },
        Spelling("accents, composed") { text in
            text.map { "\($0)\u{301}" }.joined().precomposedStringWithCanonicalMapping
        },
        Spelling("signs between") { pieces($0, 2).joined(separator: "\u{1F512}") },
        Spelling("bullets between") { pieces($0, 1).joined(separator: "\u{2022}") },
        Spelling("wide signs") { text in
            text.utf8.map { "\(UnicodeScalar(UInt32($0) + 0xFEE0)!)" }.joined(separator: "\u{3000}")
        },
    ]

    private static func knowing(_ secret: String) -> Redaction {
        let redaction = Redaction()
        redaction.learn(Secret(secret))
        return redaction
    }

    /// Of base64 in pieces the brackets of the letters and the signs of the other alphabet are no part.
    private static func around(_ text: String) -> [String] {
        [text, "it says \(text), and more", "{\"id\":\"6790e57a9b41416f5c216fee\",\"v\":\(text)} 2026-11-25"]
    }

    @Test(arguments: numbers + codes + letters) func everySpelling(_ one: Spelling) {
        for secret in Self.secrets {
            let redaction = Self.knowing(secret)
            for text in Self.around(one.write(secret)) {
                #expect(redaction.clean(text) == "<redacted>", "\(secret) as \(text)")
            }
        }
    }

    @Test(arguments: numbers + codes + letters) func inAnotherCode(_ one: Spelling) throws {
        for secret in Self.secrets.prefix(3) {
            let redaction = Self.knowing(secret)
            let spelled = one.write(secret)
            let json = String(decoding: try JSONEncoder().encode([spelled]), as: UTF8.self)
            for text in [
                json, Self.base64("a list: " + spelled),
                spelled.utf8.map { String(format: "%%%02x", $0) }.joined(),
                spelled.utf8.map { String($0) }.joined(separator: " "),
            ] { #expect(redaction.quotes("it says \(text)."), "\(secret) as \(text)") }
        }
    }

    /// What looks like codes and is none, and another secret in each spelling.
    @Test func othersStay() {
        let redaction = Self.knowing(Self.secrets[0])
        for secret in Self.secrets.dropFirst() {
            redaction.learn(Secret(secret))
        }
        for one in Self.numbers + Self.codes + Self.letters {
            for text in Self.around(one.write("another-One_of+theSame/kind 77")) {
                #expect(redaction.clean(text) == text, "\(one.testDescription)")
            }
        }
        for text in [
            "\u{1F1E9}\u{1F1EA} \u{24B6} \u{1D400}", "045 101 110", "=3D=3D", "_x002D_", "U+002D", "a=b=c",
            "Ünïcode \u{2013} \u{2026}", String(repeating: "45 ", count: 400),
            String(repeating: "0b101101,", count: 100),
        ] { #expect(redaction.clean(text) == text, "\(text)") }
    }

    /// Twice the text, about twice the time, whatever the text is made of.
    @Test(arguments: [
        "45 ", "0x2d,", "U+002D", "0b101101 ", "\"abcd\",", "a-b/", "=2D", "_x002D_", "\u{1D400}",
        "\u{24B6}\u{301}",
        "%34%35%20", "\\x34\\x35 ", "00101101", "\u{3000}4", "&#52;&#53; ",
    ])
    func costIsLinear(_ piece: String) {
        let redaction = Self.knowing(Self.secrets[0])
        redaction.learn(Secret(Self.cloudKey))
        func time(_ size: Int) -> Duration {
            let text = String(repeating: piece, count: size / piece.utf8.count)
            return (0..<3).map { _ in ContinuousClock().measure { #expect(!redaction.quotes(text)) } }.min()!
        }
        _ = time(64)
        let (short, long) = (time(1 << 13), time(1 << 16))
        #expect(long < short * 30 + .milliseconds(50), "\(short) for an eighth of \(long)")
    }
}
