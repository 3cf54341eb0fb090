import Testing

@testable import Reporting

struct TerminalTextTests {
    @Test func ordinaryTextStays() {
        for text in ["", "Zahlungen (Köln) → 支払い 👩‍💻", "a\\b", "it's"] {
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
