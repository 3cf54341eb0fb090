import ArgumentParser
import Foundation
import Reporting
import Testing

@testable import KeyshiftCommands

struct ConsoleTests {
    private func console(
        _ flags: [String] = [], _ out: Capture, _ err: Capture, terminal: Terminal? = nil,
        environment: [String: String] = [:]
    ) throws -> Console {
        try Console(
            GlobalOptions.parse(flags), environment: environment,
            streams: Console.Streams(
                input: terminal?.program ?? -1, output: out.descriptor,
                error: terminal?.program ?? err.descriptor))
    }

    @Test func resultsAndMessagesGoTheirWays() throws {
        let (out, err) = (try Capture(), try Capture())
        let console = try console([], out, err)
        console.out("result\n")
        console.say("said")
        console.verbose("not said")
        console.warn("careful\u{1B}[2J")
        console.error("wrong")
        console.progress("1 of 2")
        console.leaveStandardOutput()
        console.out("beside\n")
        console.data("a,b\n")
        console.finish()
        #expect(out.text == "result\na,b\n")
        #expect(err.text.hasPrefix("said\nwarning: careful") && !err.text.contains("\u{1B}"))
        #expect(err.text.hasSuffix("error: wrong\n1 of 2\nbeside\n") && !console.mayAsk)
    }

    @Test func quietLeavesErrors() throws {
        let (out, err) = (try Capture(), try Capture())
        let console = try console(["--quiet"], out, err)
        console.say("said")
        console.progress("1 of 2")
        console.error("wrong")
        #expect(err.text == "error: wrong\n")
    }

    @Test func aTerminalGetsColourAndALineThatIsDrawnAnew() throws {
        let (out, err) = (try Capture(), try Capture())
        for (flags, environment, colours) in [
            ([], ["TERM": "xterm"], true), (["--no-color"], ["TERM": "xterm"], false),
            ([], ["TERM": "xterm", "NO_COLOR": "1"], false), ([], ["TERM": "dumb"], false),
        ] as [([String], [String: String], Bool)] {
            let terminal = try Terminal(typing: "")
            let console = try console(flags, out, err, terminal: terminal, environment: environment)
            #expect(console.mayAsk && console.isLive == (environment["TERM"] == "xterm"))
            console.progress("1 of 2")
            console.warn("careful")
            console.error("wrong")
            console.finish()
            let shown = terminal.shown()
            #expect(shown.contains("\u{1B}[31merror:") == colours, "\(shown.debugDescription)")
            #expect(shown.contains("\r\u{1B}[2K1 of 2") == console.isLive)
        }
    }

    @Test func anAnswerIsALine() throws {
        let (out, err) = (try Capture(), try Capture())
        let terminal = try Terminal(typing: "one\ntwo\n\u{4}")
        let console = try console([], out, err, terminal: terminal, environment: [:])
        #expect(console.ask("First? ") == "one" && console.ask("Second? ") == "two")
        #expect(console.ask("Third? ") == nil)
        let shut = try self.console([], out, err)
        #expect(shut.ask("Anybody? ") == nil)
    }

    @Test func aFullDiskIsToldAndAReaderThatWentAwayIsNot() throws {
        let err = try Capture()
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(full) }
        let console = Console(
            try GlobalOptions.parse([]), environment: [:],
            streams: .init(input: -1, output: full, error: err.descriptor))
        console.data("lost")
        #expect(console.outputFailure != nil)
    }

    /// A run must not wait for the reader of its messages.
    @Test func messagesThatNobodyReadsAreLeftOutAndCounted() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        let stream = MessageStream(ends[1])
        let line = String(repeating: "x", count: 999) + "\n"
        for _ in 0..<600 { stream.add(line) }
        #expect(!stream.drains)
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        for _ in 0..<20 {
            let count = read(ends[0], &bytes, bytes.count)
            if count > 0 { text += String(decoding: bytes.prefix(count), as: UTF8.self) }
            stream.add("after\n")
        }
        #expect(text.contains("messages were left out: nobody read them"))
        close(ends[0])
        signal(SIGPIPE, SIG_IGN)
        stream.add(line)
        stream.finish()
        close(ends[1])
    }
}
