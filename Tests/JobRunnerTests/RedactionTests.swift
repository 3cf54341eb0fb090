import AtlasAPI
import Foundation
import JobRunner
import SecretSearch
import Testing

/// Goal: a text that quotes a secret of the run is neither kept nor shown, however it is written, and others stay.
/// Method: secrets of each kind, written in every code and pair of codes, whole and in part, in each place of an answer.
@Suite struct RedactionTests {
    private static let token = "eyJhbGciOiJFUzUxMiJ9.CANARY-3f81.c2lnbmF0dXJl"
    private static let password = "CANARY-9c20-44ab-private"
    private static let cloudKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY"
    private static let phrase = "Überaus geheim & nicht \"kurz\": <32 %41 Zeichen>\\n!"
    private static let digits = "40823749823749872349"
    static let secrets = [token, password, cloudKey, phrase, digits]

    private static func knowing(_ secrets: String...) -> Redaction {
        let redaction = Redaction()
        for secret in secrets { redaction.learn(Secret(secret)) }
        return redaction
    }

    private static func perByte(_ text: String, _ write: (UInt8) -> String) -> String {
        text.utf8.map(write).joined()
    }

    private static func perScalar(_ text: String, _ write: (UnicodeScalar) -> String) -> String {
        text.unicodeScalars.map(write).joined()
    }

    private static func hex(_ byte: UInt8) -> String { String(format: "%02x", byte) }

    /// Every `size` characters one line.
    private static func wrapped(_ text: String, _ size: Int, _ end: String) -> String {
        stride(from: 0, to: text.count, by: size).map { String(text.dropFirst($0).prefix(size)) }
            .joined(separator: end)
    }

    private static func base64(_ text: String, before: String = "") -> String {
        Data((before + text).utf8).base64EncodedString()
    }

    /// What is known to be clean is known of the secrets of that moment only.
    @Test func aTextThatWasCleanIsSearchedAgainOnceMoreIsKnown() {
        let redaction = Self.knowing(Self.token)
        for secret in [Self.cloudKey, Self.password] {
            let text = "it says \(secret)"
            #expect(redaction.clean(text) == text && redaction.clean(text) == text)
            redaction.learn(Secret(secret), for: .body)
            #expect(redaction.clean(text) == Redaction.mark)
        }
    }

    private static let markup: Set = ["tags", "tags with names", "comments"]

    /// RFC 4648, sections 6 and 7.
    private static func base32(
        _ text: String, before: String = "", _ alphabet: String = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    ) -> String {
        let digits = Array(alphabet)
        let bits = (before + text).utf8.map { byte in
            String(repeating: "0", count: byte.leadingZeroBitCount)
                + (byte == 0 ? "" : String(byte, radix: 2))
        }.joined()
        let code = stride(from: 0, to: bits.count, by: 5).map { start in
            let five = bits.dropFirst(start).prefix(5)
            return digits[Int(five, radix: 2)! << (5 - five.count)]
        }
        return String(code) + String(repeating: "=", count: (8 - code.count % 8) % 8)
    }

    static let codes: [(name: String, write: @Sendable (String) -> String)] = [
        ("plain", { $0 }),
        ("upper case", { $0.uppercased() }),
        ("lower case", { $0.lowercased() }),
        ("spaces", { wrapped($0, 1, " ") }),
        ("lines", { wrapped($0, 5, "\r\n\t") }),
        ("zero width", { wrapped($0, 3, "\u{200B}\u{FEFF}") }),
        ("soft hyphens", { wrapped($0, 2, "\u{AD}") }),
        ("dashes", { wrapped($0, 1, "-") }),
        (
            "full width",
            {
                perScalar($0) {
                    $0.isASCII && $0.value > 0x20 ? "\(UnicodeScalar($0.value + 0xFEE0)!)" : "\($0)"
                }
            }
        ),
        ("base64", { base64($0) }),
        ("base64, 2nd alignment", { base64($0, before: "a") }),
        ("base64, 3rd alignment", { base64($0, before: "ab") }),
        ("base64 after a word", { "key/" + base64($0) }),
        ("base64, no padding", { base64($0).replacing("=", with: "") }),
        ("base64url", { base64($0).replacing("+", with: "-").replacing("/", with: "_") }),
        ("base64, in lines", { wrapped(base64($0, before: "abcd"), 10, "\r\n") }),
        ("base32", { base32($0) }),
        ("base32, lower case", { base32($0).lowercased() }),
        ("base32 in the middle", { "key" + base32($0, before: "abc").replacing("=", with: "") }),
        ("base32 in groups", { wrapped(base32($0), 4, "-") }),
        ("base32 in lines", { wrapped(base32($0), 7, "\r\n") }),
        ("base32hex", { base32($0, "0123456789ABCDEFGHIJKLMNOPQRSTUV") }),
        ("tags", { wrapped($0, 3, "<wbr>") + "<br/>" }),
        ("tags with names", { wrapped($0, 1, "</b><span class=\"a b\" title='x'>") }),
        ("comments", { wrapped($0, 2, "<!-- a > b, <i> -->") }),
        ("hex", { perByte($0, hex) }),
        ("HEX", { perByte($0, hex).uppercased() }),
        ("odd hex", { "a" + perByte($0, hex) }),
        ("hex:colons", { wrapped(perByte($0, hex), 2, ":") }),
        ("hex spaces", { wrapped(perByte($0, hex), 4, "  ") }),
        ("0x", { perByte($0) { "0x\(hex($0)), " } }),
        ("percent", { perByte($0) { "%" + hex($0) } }),
        (
            "partly percent",
            { perByte($0) { EncodedByte.isWord($0) ? "\(UnicodeScalar($0))" : "%" + hex($0).uppercased() } }
        ),
        (
            "every other percent",
            { text in
                text.utf8.enumerated().map {
                    $0.offset % 2 == 0 || $0.element > 126
                        ? "%" + hex($0.element) : "\(UnicodeScalar($0.element))"
                }.joined()
            }
        ),
        ("%u", { perScalar($0) { String(format: "%%u%04X", $0.value) } }),
        ("decimal entities", { perScalar($0) { "&#\($0.value);" } }),
        ("hex entities", { perScalar($0) { String(format: "&#X%x;", $0.value) } }),
        ("entities, cut", { perScalar($0) { String(format: "&#%07d", $0.value) } }),
        (
            "named entities",
            {
                $0.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;")
                    .replacing("/", with: "&sol;").replacing("-", with: "&hyphen;").replacing(
                        ".", with: "&period;")
            }
        ),
        ("JSON", { String(decoding: (try? JSONEncoder().encode($0)) ?? Data(), as: UTF8.self) }),
        ("\\u", { perScalar($0) { String(format: "\\u%04x", $0.value) } }),
        ("\\u{}", { perScalar($0) { "\\u{\(String($0.value, radix: 16))}" } }),
        ("\\x", { perByte($0) { "\\x" + hex($0) } }),
        ("octal", { perByte($0) { String(format: "\\%03o", $0) } }),
        ("byte numbers", { "[" + $0.utf8.map(String.init).joined(separator: ", ") + "]" }),
        ("UTF-16", { perScalar($0) { "\($0)\0" } }),
    ]

    /// Five characters for four bytes; the end of a code is cut.
    private static func base85(_ text: String, _ alphabet: String) -> String {
        let digits = Array(alphabet)
        let bytes = Array(text.utf8)
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            let four = bytes[start..<min(start + 4, bytes.count)]
            var value = (four + Array(repeating: 0, count: 4 - four.count)).reduce(0) { $0 << 8 | Int($1) }
            var code: [Character] = []
            for _ in 0..<5 {
                code.insert(digits[value % 85], at: 0)
                value /= 85
            }
            return String(code.prefix(four.count + 1))
        }.joined()
    }

    private static let ascii85 = String((0x21...0x75).map { Character(UnicodeScalar($0)) })
    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    /// Lines of 45 bytes, each with its length in front.
    private static func uuencode(_ text: String) -> String {
        let digits = "`" + (0x21...0x5F).map { String(UnicodeScalar($0)) }.joined()
        let base64 = letters + letters.lowercased() + "0123456789+/="
        let map = Dictionary(uniqueKeysWithValues: zip(base64, digits + "`"))
        return stride(from: 0, to: text.utf8.count, by: 45).map { start in
            let line = Data(text.utf8).dropFirst(start).prefix(45)
            return String(Array(digits)[line.count])
                + String(Data(line).base64EncodedString().map { map[$0]! })
        }.joined(separator: "\n")
    }

    private static func exchanged(_ text: String, _ from: String, _ to: String) -> String {
        let map = Dictionary(uniqueKeysWithValues: zip(from, to))
        return String(text.map { map[$0] ?? $0 })
    }

    /// Codes whose signs are those of other codes too: each by itself and in another that leaves its signs alone.
    static let farCodes: [(name: String, write: @Sendable (String) -> String)] = [
        ("uuencode", uuencode),
        ("Ascii85", { "<~" + base85($0, ascii85) + "~>" }),
        ("Ascii85 in lines", { wrapped("<~" + base85($0, ascii85) + "~>", 7, "\n") }),
        (
            "Git's base85",
            { base85($0, "0123456789" + letters + letters.lowercased() + "!#$%&()*+-;<=>?@^_`{|}~") }
        ),
        ("Z85", { base85($0, "0123456789" + letters.lowercased() + letters + ".-:+=^!/*?&<>()[]{}@%$#") }),
        (
            "small capitals",
            { exchanged($0.lowercased(), "abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ") }
        ),
        ("Cyrillic", { exchanged($0, "aceijopsxyABCEHKMOPTX", "асеіјорѕхуАВСЕНКМОРТХ") }),
        ("Greek", { exchanged($0, "ovABEHIKMNOPTXYZ", "ονΑΒΕΗΙΚΜΝΟΡΤΧΥΖ") }),
        (
            "tag characters",
            { perScalar($0) { $0.isASCII ? "\(UnicodeScalar($0.value + 0xE0000)!)" : "\($0)" } }
        ),
        (
            "every other a tag character",
            { text in
                text.unicodeScalars.enumerated().map {
                    $0.offset % 2 == 0 && $0.element.isASCII
                        ? "\(UnicodeScalar($0.element.value + 0xE0000)!)" : "\($0.element)"
                }.joined()
            }
        ),
        (
            "tag characters between",
            { perScalar($0) { "\($0)\u{E0061}" } }
        ),
        (
            "tag characters in a text",
            { perScalar($0) { $0.isASCII ? "a\(UnicodeScalar($0.value + 0xE0000)!)" : "\($0)" } }
        ),
    ]

    @Test(arguments: [token, password, cloudKey, digits]) func everyFarCode(_ secret: String) {
        let redaction = Self.knowing(secret)
        for (name, write) in Self.farCodes {
            for text in [write(secret), "it says \(write(secret)), and more", "v=\(write(secret));"] {
                #expect(redaction.clean(text) == "<redacted>", "\(name): \(text)")
            }
            for (outer, code) in [("base64", { Self.base64($0) }), ("hex", { Self.perByte($0, Self.hex) })] {
                #expect(redaction.quotes("it says \(code(write(secret)))."), "\(name) in \(outer)")
            }
        }
    }

    private enum EncodedByte {
        static func isWord(_ byte: UInt8) -> Bool {
            byte < 0x80
                && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
        }
    }

    @Test(arguments: secrets) func everyCode(_ secret: String) {
        let redaction = Self.knowing(secret)
        for (name, write) in Self.codes {
            for text in [write(secret), "it says \(write(secret)), and more", "v=\(write(secret));"] {
                #expect(redaction.clean(text) == "<redacted>", "\(name): \(text)")
            }
        }
    }

    /// As a proxy's page in a JSON text, or a log of a log.
    @Test(arguments: secrets) func codesOverEachOther(_ secret: String) {
        let redaction = Self.knowing(secret)
        for (outer, write) in Self.codes where !["upper case", "lower case", "dashes"].contains(outer) {
            // Markup within the signs of markup is none.
            for (inner, writeInner) in Self.codes where !Self.markup.isSuperset(of: [outer, inner]) {
                #expect(redaction.quotes("it says \(write(writeInner(secret)))."), "\(inner) in \(outer)")
            }
        }
    }

    /// Words and markup that are read as codes must stay, and a long text must cost little.
    @Test func ordinaryTextsStay() {
        let redaction = Self.knowing(Self.token, Self.password, Self.cloudKey, "hunter22", "tiger")
        let words = "The project's key can't be changed while a cluster in it is being made anew "
        let page =
            "<html><head><title>502 Bad Gateway</title></head><body><center><h1>a < b</h1><hr>nginx</center>"
        for text in [
            words, page, page + "<!-- no end", "a<b and c>d", "<", "<a", "<!---->", "<!-->",
            "ABCDEFGH234567AA",
            words.uppercased().replacing(" ", with: "-"), String(repeating: "MFRGGZDFMZTWQ2LK", count: 40),
        ] { #expect(redaction.clean(text) == text, "\(text)") }
    }

    /// Twice the text, about twice the time: also where each place looks like the beginning of a code or a tag.
    @Test(arguments: [
        "<a", "<!--", "<!-- -", "MFRGGZDF", "mfrg-gzdf ", "<~9jqo^~>", "\u{E0061}a", "<b>a", "&lt;",
        "the words of a text ",
    ])
    func costIsLinear(_ piece: String) {
        let redaction = Self.knowing(Self.token, Self.password, "tiger")
        func time(_ count: Int) -> Duration {
            let text = String(repeating: piece, count: count / piece.utf8.count)
            return (0..<3).map { _ in ContinuousClock().measure { #expect(!redaction.quotes(text)) } }.min()!
        }
        let (short, long) = (time(1 << 13), time(1 << 16))
        #expect(long < short * 30 + .milliseconds(50), "\(short) for an eighth of \(long)")
    }

    /// A server that shows the beginning, the end or the middle.
    @Test(arguments: [token, password, cloudKey]) func parts(_ secret: String) {
        let redaction = Self.knowing(secret)
        for start in 0...secret.count - 12 {
            let part = String(secret.dropFirst(start).prefix(12))
            for text in [
                part, "\(part)...", "bad:\(part.uppercased())",
                "%22" + Self.perByte(part) { "%" + Self.hex($0) },
            ] {
                #expect(redaction.quotes(text), "\(text)")
            }
            #expect(redaction.quotes(Self.base64(part)) && redaction.quotes(Self.perByte(part, Self.hex)))
            #expect(!redaction.quotes(String(part.prefix(7))))
        }
    }

    @Test func shortSecretsCountAsAWhole() {
        let redaction = Self.knowing("hunter22", "tiger", "cat", "00000000", "ababababababababab")
        for text in [
            "is hunter22", "xHUNTER22x", "h u n t e r 2 2", Self.base64("hunter22"), "tiger", "a 'Tiger'",
            Self.base64("a tiger"), "is 00000000.", "xABABABABABABABABAB",
        ] { #expect(redaction.quotes(text), "\(text)") }
        for text in ["hunter2", "hunter", "tigers", "the tigerish", "a cat", "a00000000b", "abababababab"] {
            #expect(!redaction.quotes(text), "\(text)")
        }
    }

    static let credentials: [(HTTPRequest.Authorization, [String])] = [
        (.bearer(Secret(token)), ["Bearer \(token)", String(token.dropFirst(9).prefix(20))]),
        (.digest(user: "public", password: Secret(password)), [password, base64("public:\(password)")]),
        (.basic(user: "mdb_sa_id_1", password: Secret(password)), [base64("mdb_sa_id_1:\(password)")]),
        (
            .basic(user: "mdb_sa_id_12", password: Secret(password)),
            [String(base64("mdb_sa_id_12:\(password)").dropFirst(20).prefix(12))]
        ),
    ]

    @Test(arguments: credentials) func credentialsInTheirForms(
        _ authorization: HTTPRequest.Authorization, _ quotations: [String]
    ) {
        let redaction = Redaction()
        redaction.learn(authorization)
        for text in quotations { #expect(redaction.quotes(text), "\(text)") }
        for text in ["public", "mdb_sa_id_1", Self.base64("mdb_sa_id_123456789:")] {
            #expect(!redaction.quotes(text), "\(text)")
        }
    }

    private static let pem = (0..<26).map { line in
        String(
            (0..<64).map {
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.map { $0 }[
                    ($0 * 37 + line * 41 + $0 * $0 * line) % 64]
            }.map { Character(UnicodeScalar($0)) })
    }
    private static let keyFile = """
        {"type": "service_account", "project_id": "project-one", "private_key_id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0a1b2c3d4",
        "private_key": "-----BEGIN PRIVATE KEY-----\\n\(pem.joined(separator: "\\n"))\\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAb3Blbnq9\\n-----END PRIVATE KEY-----\\n",
        "client_email": "kms-rotation@project-one.iam.gserviceaccount.com", "client_id": "104857600112233445566",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": "https://oauth2.googleapis.com/token"}
        """

    /// Given as it is, with a comma too many (no JSON), or in base64.
    @Test(arguments: [keyFile, keyFile.replacing(#"token"}"#, with: #"token",}"#), base64(keyFile)])
    func ofAKeyFileTheKeys(_ file: String) {
        let redaction = Self.knowing(file)
        for text in [
            Self.pem[3], "\(Self.pem[4].suffix(8))\n\(Self.pem[5].prefix(8))", "0f1e2d3c4b5a69788796",
            Self.keyFile,
            Self.base64(Self.pem[7]), Self.base64(Self.keyFile),
        ] { #expect(redaction.quotes(text), "\(text)") }
        for text in [
            "-----BEGIN PRIVATE KEY-----", #"{"type": "service_account", "private_key": "no"}"#,
            "the service account key is invalid", "https://oauth2.googleapis.com/token is not there",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "0000000000000000", "----------------",
        ] { #expect(!redaction.quotes(text), "\(text)") }
        guard file == Self.keyFile else { return }
        #expect(!redaction.quotes("kms-rotation@project-one.iam.gserviceaccount.com lacks a role"))
    }

    /// Short words in another file of secrets stand in many a text.
    @Test func ofOtherJSONTheLongTexts() {
        let redaction = Self.knowing(
            #"{"type":"authorized_user","stage":"production","refresh_token":"1//CANARY-refresh","n":[1,"x"]}"#
        )
        #expect(redaction.quotes("bad: 1//CANARY-refresh"))
        for text in ["the production cluster", "authorized_user", "refresh_token", "x", "[1]"] {
            #expect(!redaction.quotes(text), "\(text)")
        }
        #expect(Self.knowing(#"{"pin":"hunter22"}"#).quotes(#"said {"pin":"hunter22"}"#))
    }

    /// As many keys as projects: the latest are known in full, the old ones by what a whole quotation has.
    @Test func manySecrets() {
        func key(_ number: Int) -> String {
            String(
                (0..<5).map { "\(number)-\(number &* 7919 &+ $0 &* 104_729)".hash }.map { "\($0.magnitude)" }
                    .joined(separator: "x"))
        }
        let redaction = Self.knowing(Self.password)
        for number in 0..<1000 { redaction.learn(Secret(key(number)), for: .body) }
        for number in [0, 1, 500, 998, 999] { #expect(redaction.quotes("bad: \(key(number))"), "\(number)") }
        #expect(redaction.quotes(String(key(999).dropFirst(20).prefix(12))))
        #expect(redaction.quotes(Self.password) && !redaction.quotes(key(1000)))
        // Sent again: known in full again.
        redaction.learn(Secret(key(0)), for: .body)
        #expect((0..<40).allSatisfy { redaction.quotes(String(key(0).dropFirst($0).prefix(12))) })
    }
}
