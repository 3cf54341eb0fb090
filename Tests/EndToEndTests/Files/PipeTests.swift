import Foundation
import Testing

/// Goal: standard output and pipes are outputs like files, and nobody who does not read stops a run. Method: the program
/// in the pipelines that people write.
@Suite(.aFewAtATime) struct PipeTests {
    private func shell(_ rig: Rig, _ line: String, _ words: [String]) async throws -> Ended {
        try await rig.start(shell: "exec bash -o pipefail -c '\(line)' \"$0\" \"$@\"", words).end()
    }

    private func done() async throws -> Rig {
        let rig = try await Rig(
            ["--projects", "6", "--scenario", "search-nodes-off"], target: Target.searchNodes)
        try await rig.plan()
        try await rig.apply(expecting: 0)
        return rig
    }

    /// Each command that writes a file for programs, and how its first line begins.
    private static let commands = [
        (["inventory"], "project_id,"), (["report", "fleet.job", "--format", "csv"], "project_id,"),
        (["verify", "fleet.job"], "project_id"), (RolesTests.google, "project_id"),
    ]

    @Test func aDashIsStandardOutput() async throws {
        let rig = try await done()
        for (words, start) in Self.commands {
            let ended = try await rig.keyshift(words + ["-o", "-"])
            #expect([0, 3].contains(ended.code ?? 1), "\(ended.testDescription)")
            #expect(ended.out.hasPrefix(start) && !rig.folder.has("-"), "\(ended.testDescription)")
            // What a file gets, and nothing else.
            _ = try await rig.keyshift(words + ["-o", "whole.csv"])
            #expect(try rig.folder.text("whole.csv") == ended.out)
        }
        let twice = try await rig.keyshift(RolesTests.google + ["-o", "-", "--grants", "-"])
        #expect(twice.code == 64 && twice.err.contains("named twice"), "\(twice.testDescription)")
    }

    @Test func pipesAndDescriptors() async throws {
        let rig = try await done()
        for (words, start) in Self.commands {
            let piped = try await shell(rig, "\"$0\" \"$@\" -o /dev/stdout | cat", words)
            #expect(
                [0, 3].contains(piped.code ?? 1) && piped.out.contains(start), "\(piped.testDescription)")
            let substituted = try await shell(
                rig, "\"$0\" \"$@\" -o >(cat >taken.csv; echo >taken.end)", words)
            #expect([0, 3].contains(substituted.code ?? 1), "\(substituted.testDescription)")
            try await eventually("it was taken") { rig.folder.has("taken.end") }
            #expect(try rig.folder.text("taken.csv").hasPrefix(start), "\(substituted.testDescription)")
            for name in ["taken.csv", "taken.end"] { unlink(rig.folder.file(name)) }
        }
        // A file that the shell appends to keeps what it has.
        try rig.folder.write("log.csv", "before\n")
        let appended = try await shell(rig, "\"$0\" \"$@\" -o /dev/stdout >>log.csv", ["inventory"])
        #expect(appended.code == 0, "\(appended.testDescription)")
        #expect(try rig.folder.text("log.csv").hasPrefix("before\nproject_id,"))
        let closed = try await shell(rig, "\"$0\" \"$@\" -o /dev/fd/9 9>&-", ["inventory"])
        #expect(closed.code == 73, "\(closed.testDescription)")
    }

    /// A reader that has had enough is no failure, and no death.
    @Test func headHasHadEnough() async throws {
        let rig = try await done()
        for words in [
            ["show", "fleet.job"], ["status", "fleet.job"], ["report", "fleet.job"], ["inventory"],
            ["help", "retries"],
            ["report", "fleet.job", "--format", "csv", "-o", "-"],
        ] {
            let ended = try await shell(rig, "\"$0\" \"$@\" | true; echo ${PIPESTATUS[0]}", words)
            #expect(ended.out.hasSuffix("0\n"), "\(ended.testDescription)")
        }
    }

    /// More than a pipe holds, into one that nobody reads.
    @Test func anUnreadPipeStopsNothing() async throws {
        let rig = try await Rig(
            ["--projects", "300", "--scenario", "search-nodes-off"], target: Target.searchNodes)
        let words = ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job", "--verbose"]
        let line = "exec 9> >(exec sleep 100 >/dev/null 2>&1); \"$0\" \"$@\" 2>&9"
        let planned = try await shell(rig, line, words)
        #expect(planned.code == 0 && planned.out.contains("Digest: sha256:"), "\(planned.testDescription)")
        let applied = try await shell(
            rig, line,
            ["apply", "fleet.job", "--yes", "--verbose", "--rate", "none", "--waves", "none"] + Rig.quick)
        #expect(applied.code == 0, "\(applied.testDescription)")
        #expect(try rig.simulator.changeCount() == 300)
    }

    @Test func framesFitTheWindow() async throws {
        let rig = try await Rig(["--projects", "25", "--latency", "50ms..60ms"])
        rig.environment["TERM"] = "xterm"
        for columns in [20, 40] as [UInt16] {
            let terminal = try Terminal(columns: columns)
            let plan = try rig.start(
                [
                    "plan", "fleet.csv", "--target", "target.yaml", "--job", "\(columns).job",
                    "--concurrency", "1",
                ],
                input: .terminal(terminal))
            try await eventually("it ended") {
                terminal.look()
                return !plan.isRunning
            }
            let frames = terminal.seen.split(separator: "\u{1B}[2K").filter { $0.contains("…") }
            #expect(
                !frames.isEmpty && frames.allSatisfy { $0.prefix { $0 != "\r" }.count < columns }, "\(frames)"
            )
        }
        // Reading again is work of its own there, and is counted.
        try await rig.plan()
        try await rig.apply(expecting: 0)
        let wide = try Terminal()
        let verify = try rig.start(["verify", "fleet.job", "--concurrency", "1"], input: .terminal(wide))
        try await eventually("it ended") {
            wide.look()
            return !verify.isRunning
        }
        let counted = wide.seen.matches(of: /read again ([0-9]+) of 25  ([0-9]+) right/)
        #expect(!counted.isEmpty && counted.allSatisfy { $0.1 == $0.2 }, "\(wide.seen)")
        // Nobody knows what a terminal without a name can do.
        rig.environment["TERM"] = nil
        let terminal = try Terminal(columns: 40)
        let plan = try rig.start(
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "dumb.job", "--concurrency", "1"],
            input: .terminal(terminal))
        try await eventually("it ended") {
            terminal.look()
            return !plan.isRunning
        }
        #expect(!terminal.seen.contains("\u{1B}"), "\(terminal.seen)")
    }

    @Test(arguments: [
        "https://cloud.mongodb.com/api/atlas/v2", "https://cloud.mongodb.com/x", "http://127.0.0.1:1/a/",
    ])
    func anAddressHasNoPath(address: String) async throws {
        let rig = try await Rig(["--projects", "1"])
        rig.environment["MONGODB_ATLAS_BASE_URL"] = address
        let ended = try await rig.keyshift(["inventory"])
        #expect(ended.code == 78 && ended.err.contains("path"), "\(ended.testDescription)")
    }
}
