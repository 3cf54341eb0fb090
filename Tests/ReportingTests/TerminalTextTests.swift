import Testing

@testable import Reporting

struct TerminalTextTests {
    @Test func ordinaryTextStays() {
        for text in ["", "Zahlungen (Köln) → 支払い 💻", "a\\b", "it's"] {
            #expect(TerminalText.safe(text) == text)
        }
    }

    @Test func escapesBecomeVisible() {
        #expect(TerminalText.safe("a\u{1b}[2Jb") == "a\\u{1b}[2Jb")
        #expect(TerminalText.safe("a\r\nb\tc") == "a\\r\\nb\\tc")
        #expect(TerminalText.safe("\u{9b}31m\u{7f}") == "\\u{9b}31m\\u{7f}")
        #expect(TerminalText.safe("abc\u{202e}def\u{2066}") == "abc\\u{202e}def\\u{2066}")
    }

    @Test func nothingUnsafeRemains() {
        for value in UInt32(0)...0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let safe = TerminalText.safe("x\(String(Character(scalar)))y")
            #expect(!safe.unicodeScalars.contains(where: TerminalText.isUnsafe))
        }
    }

    @Test(arguments: [
        ("fleet.job", "fleet.job"), ("my fleet.job", "'my fleet.job'"), ("it's", "'it'\\''s'"), ("", "''"),
        ("-x", "./-x"), ("$(x)", "'$(x)'"), ("~/a", "'~/a'"),
    ])
    func shellWords(_ word: String, _ quoted: String) {
        #expect(ShellWord.quoted(word) == quoted)
    }
}

/// Goal: what Unicode calls a control or a format character never comes through, and cleaning twice is cleaning once.
/// Method: every scalar there is, alone.
struct TerminalTextPropertyTests {
    @Test func everyScalar() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a\(scalar)b"
            let safe = TerminalText.safe(text)
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                #expect(
                    safe != text && safe.unicodeScalars.allSatisfy(\.isASCII), "U+\(String(value, radix: 16))"
                )
            default: break
            }
            if safe != text { #expect(TerminalText.safe(safe) == safe && TerminalText.lines(safe) == safe) }
        }
    }

    @Test func linesStayWhereTheyAreOurs() {
        #expect(TerminalText.lines("a\nb\u{1b}c\r\n") == "a\nb\\u{1b}c\\r\n")
        #expect(TerminalText.json("{\"a\":\"\u{202e}\u{e0041}\"}\n") == "{\"a\":\"\\u202e\\udb40\\udc41\"}\n")
    }
}
