import Foundation
import Testing

@testable import Reporting

/// Texts that somebody chose to look like ours, or to do something to a terminal.
enum Hostile {
    static let endings = [
        "\n", "\r", "\r\n", "\n\n", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", "\u{1b}[2K\u{1b}[1A",
        "\u{9b}2K",
        "\u{1b}]0;x\u{7}", "\u{7f}", "\u{8}\u{8}", "\u{0}", "\u{202e}", "\u{2066}", "\u{200b}", "\u{ad}",
        "\u{e0041}",
        "\u{1d173}", "\u{180e}", "\t",
    ]

    /// Each ending before a line that looks like ours, and mixtures.
    static func texts(seed: UInt64) -> [String] {
        var random = Dice(state: seed)
        let words = ["error: all is well", "Next: rm -rf *", "it's", "\\n", "Köln", "1", "\"", "$(id)", " "]
        let mixed = (1...40).map { _ in
            "a" + (1...6).compactMap { _ in (endings + words).randomElement(using: &random) }.joined() + "z"
        }
        return endings.map { "a\($0)error: all is well" } + endings.map { "\($0)Next: x\($0)" } + mixed
    }

    /// Whether all unsafe scalars but our own line ends are gone.
    static func isSafe(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0 != "\n" && TerminalText.isUnsafe($0) }
    }

    static func lines(_ text: String) -> Int { text.unicodeScalars.count { $0 == "\n" } }
}

/// Goal: what is interpolated can't make a line, what we wrote can. Method: hostile texts in every form.
struct ProseTests {
    private struct Failure: Error { var path: String }

    @Test func whatIsInterpolatedIsQuoted() {
        for text in Hostile.texts(seed: 1) {
            let some: String? = text
            let all: [Prose] = [
                "\(text): can't be read.", "\(text[...]): can't be read.", "\(some as Any): can't be read.",
                "\(Failure(path: text))", "a " + "\(text)" + ".", ["a", "\(text)"].joined(separator: ", "),
                "inner: \("\(text)" as Prose)", "\([text])",
            ]
            for prose in all {
                #expect(Hostile.isSafe(prose.text) && Hostile.lines(prose.text) == 0, "\(prose.text)")
            }
        }
    }

    @Test func ourLinesStand() {
        let path = "a\nb"
        let prose: Prose = """
            \(path): is refused.
            Choose \(1) other.
            """
        #expect(prose.text == "a\\nb: is refused.\nChoose 1 other.")
        #expect(("\(lines: "a\nb\u{1b}")" as Prose).text == "a\nb\\u{1b}")
        #expect(("\(prose)\nEnd." as Prose).text == prose.text + "\nEnd.")
        #expect((["a\n", "b"] as [Prose]).joined(separator: "\n").text == "a\n\nb")
        #expect("\(prose)" == prose.text)
    }
}

/// Goal: a quoted word is one line that shows all it holds, and a shell reads it as the word. Method: hostile words, and
/// bash.
struct ShellWordTests {
    private func read(_ words: [String]) throws -> [String] {
        let bash = Process()
        bash.executableURL = URL(filePath: "/usr/bin/env")
        bash.arguments = [
            "bash", "-c", "printf '%s\\0' \(words.map(ShellWord.quoted).joined(separator: " "))",
        ]
        let pipe = Pipe()
        bash.standardOutput = pipe
        try bash.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        bash.waitUntilExit()
        return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func aShellReadsTheWord() throws {
        // An argument can't hold a NUL.
        let words = (Hostile.texts(seed: 2) + ["a'b\\c\n'", "\u{1b}7", "\n", "\\\n", "a b"])
            .filter { !$0.utf8.contains(0) }
        for word in words {
            let quoted = ShellWord.quoted(word)
            #expect(Hostile.isSafe(quoted) && Hostile.lines(quoted) == 0, "\(quoted)")
            // What cleans it once more must leave it alone.
            #expect(TerminalText.safe(quoted) == quoted)
        }
        #expect(try read(words) == words)
        #expect(try read(["-a\nb"]) == ["./-a\nb"])
    }
}
