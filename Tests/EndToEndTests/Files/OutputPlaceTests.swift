import Foundation
import Testing

/// Goal: an output that can't be written is told before the first request, whatever makes it so; what is written to a
/// terminal is cleaned, whatever the terminal is called. Method: places of each kind under each command's outputs.
@Suite(.aFewAtATime) struct OutputPlaceTests {
    private static let id = "6790e57a9b41416f5c216fee"

    /// A job with one cell that a terminal would act on.
    private func evil() async throws -> Desk {
        let desk = try Desk()
        try desk.folder.write(
            "fleet.csv", "project_id,note\n\(Self.id),\"x\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{200b}y\"\n")
        try desk.folder.write("target.yaml", Target.searchNodes)
        let ended = try await desk.keyshift(
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job", "--offline"])
        #expect(ended.code == 0, "\(ended.testDescription)")
        return desk
    }

    @Test(arguments: ["csv", "json", "text"], ["name", "/dev/stdin", "/dev/fd/2", "link"])
    func aTerminalByAnyName(format: String, name: String) async throws {
        let desk = try await evil()
        let terminal = try Terminal()
        let device = String(cString: try #require(ttyname(terminal.slave)))
        symlink(device, desk.folder.file("link"))
        let words = ["report", "fleet.job", "--format", format, "-o", name == "name" ? device : name]
        let ended = try await desk.keyshift(words, input: .terminal(terminal))
        #expect(ended.code == 0, "\(ended.testDescription)")
        terminal.look()
        #expect(terminal.seen.contains(Self.id))
        for scalar in terminal.seen.unicodeScalars where scalar != "\n" && scalar != "\r" {
            let category = scalar.properties.generalCategory
            #expect(category != .control && category != .format, "\(words) \(scalar.value)")
        }
        // A file gets what the sheet had.
        guard format == "csv" else { return }
        _ = try await desk.keyshift(["report", "fleet.job", "--format", "csv", "-o", "out.csv"])
        #expect(try desk.folder.text("out.csv").contains("x\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{200b}y"))
    }

    private func planned() async throws -> (Rig, requests: Int) {
        let rig = try await Rig(["--projects", "3"])
        try await rig.plan()
        return (rig, try rig.simulator.log().count)
    }

    /// A folder, as one that holds for root too.
    @Test(arguments: ["fleet.results.csv", "fleet.failed.csv"])
    func resultsWithoutAPlace(name: String) async throws {
        let (rig, before) = try await planned()
        try FileManager.default.createDirectory(
            atPath: rig.folder.file(name), withIntermediateDirectories: false)
        for words in [
            ["apply", "fleet.job"] + (try rig.answers), ["resume", "fleet.job"], ["retry", "fleet.job"],
        ] {
            let ended = try await rig.keyshift(words)
            #expect(ended.code == 73 && ended.err.contains(name), "\(ended.testDescription)")
        }
        #expect(try rig.simulator.log().count == before)
        rmdir(rig.folder.file(name))
        try await rig.apply(expecting: 0)
        #expect(rig.folder.names == ["fleet.csv", "fleet.job", "fleet.results.csv", "target.yaml"])
    }

    /// The name fits, that of the results beside it would not.
    @Test func resultsWithTooLongAName() async throws {
        let (rig, before) = try await planned()
        let name = String(repeating: "n", count: 240) + ".job"
        let answers = try rig.answers
        #expect(rename(rig.folder.file("fleet.job"), rig.folder.file(name)) == 0)
        let ended = try await rig.keyshift(["apply", name] + answers)
        #expect(ended.code == 73 && ended.err.contains("too long"), "\(ended.testDescription)")
        #expect(try rig.simulator.log().count == before)
    }

    /// In a sticky folder nobody can take another user's file away, but root; so this runs as another user.
    @Test(.enabled(if: Mount.isPossible, Comment(rawValue: Mount.comment)))
    func resultsOfAnotherInAStickyFolder() async throws {
        let (rig, before) = try await planned()
        let folder = rig.folder.path
        try rig.folder.write("fleet.results.csv", "planted\n")
        chown(rig.folder.file("fleet.results.csv"), 4242, 4242)
        chown(rig.folder.file("fleet.job"), 12_345, 12_345)
        unlink(rig.folder.file("fleet.job.lock"))
        chmod(folder, 0o1777)
        let run = "exec setpriv --reuid=12345 --regid=12345 --clear-groups \"$0\" \"$@\""
        let ended = try await rig.start(shell: run, ["apply", "fleet.job"] + rig.answers).end()
        #expect(
            ended.code == 73 && ended.err.contains("only they can take it away"), "\(ended.testDescription)")
        #expect(try rig.simulator.log().count == before)
        #expect(try rig.folder.text("fleet.results.csv") == "planted\n")
        unlink(rig.folder.file("fleet.results.csv"))
        let again = try await rig.start(
            shell: run, ["apply", "fleet.job"] + rig.answers + Rig.quickRun
        ).end()
        #expect(again.code == 0 && rig.folder.has("fleet.results.csv"), "\(again.testDescription)")
    }

    /// A place that takes nothing is told once; the run is not for its events.
    @Test func eventsThatGetLostAreTold() async throws {
        let (rig, _) = try await planned()
        let ended = try await rig.apply(["--events", "/dev/full"], expecting: 0)
        #expect(
            ended.err.components(separatedBy: "events can't be written").count == 2,
            "\(ended.testDescription)")
    }

    /// A pipe that nobody reads holds no run, and is told before anything is asked.
    @Test func aPipeThatNobodyReads() async throws {
        let (rig, before) = try await planned()
        #expect(mkfifo(rig.folder.file("pipe"), 0o600) == 0)
        let roles = ["roles", "fleet.csv", "--provider", "googleCloudKms"]
        for words in [
            ["report", "fleet.job", "--format", "csv", "-o", "pipe"], ["inventory", "-o", "pipe"],
            ["verify", "fleet.job", "-o", "pipe"], roles + ["-o", "pipe"], roles + ["--grants", "pipe"],
        ] {
            let ended = try await rig.keyshift(words, within: .seconds(30))
            #expect(ended.code == 73 && ended.err.contains("nobody reads"), "\(ended.testDescription)")
        }
        #expect(try rig.simulator.log().count == before)
    }

    /// Of no use to a command that has nothing to do with them, but nobody wants them written over.
    @Test func inputsAreNoOutputs() async throws {
        let rig = try await Rig(
            ["--projects", "3"],
            target:
                "keyshift: 1\nname: x\ntarget: {googleCloudKms: {serviceAccountKey: '${file:keys/${project_id}}'}}\n"
        )
        try FileManager.default.createDirectory(
            atPath: rig.folder.file("keys"), withIntermediateDirectories: false)
        let ids = try rig.ids()
        for id in ids { try rig.folder.write("keys/\(id)", "secret-of-\(id)\n") }
        try await rig.plan()
        symlink("keys/\(ids[1])", rig.folder.file("key.csv"))
        let json = "{\"target\": {\"enabledForSearchNodes\": true},\n  \"keyshift\": 1, \"name\": \"j\"}\n"
        try rig.folder.write("target.json", json)
        try rig.folder.write("half.yaml", "# not done\nname: x\nkeyshift: 1\ntarget: {\n")
        try rig.folder.write("keys.env", "# mine\nMONGODB_ATLAS_CLIENT_ID=x\n")
        let guarded =
            ["target.yaml", "target.json", "half.yaml", "keys.env", "fleet.csv"] + ids.map { "keys/\($0)" }
        let before = try guarded.map { try rig.folder.bytes($0) }
        let requests = try rig.simulator.log().count
        for output in guarded + ["key.csv"] {
            let isKnown = output.hasPrefix("key") && output != "keys.env" || output == "fleet.csv"
            for words in [
                ["report", "fleet.job", "--format", "csv"], ["verify", "fleet.job"],
            ] {
                let ended = try await rig.keyshift(words + ["-o", output])
                #expect(ended.code == (isKnown ? 64 : 73), "\(ended.testDescription)")
            }
            guard !isKnown else { continue }
            let ended = try await rig.keyshift(["inventory", "-o", output])
            #expect(ended.code == 73, "\(ended.testDescription)")
        }
        #expect(try guarded.map { try rig.folder.bytes($0) } == before)
        #expect(try rig.simulator.log().count == requests)
        // What is only about such files may be written over.
        try rig.folder.write("notes.csv", "the target is keyshift: 1\nand MONGODB_ATLAS_CLIENT_ID=x\n")
        let ended = try await rig.keyshift(["report", "fleet.job", "--format", "csv", "-o", "notes.csv"])
        #expect(ended.code == 0, "\(ended.testDescription)")
    }

    /// A job that was renamed beside what it reads.
    @Test(arguments: ["fleet.results.csv", "fleet.failed.csv", "fleet.job.lock"])
    func whatARunReadsIsNotWrittenOver(name: String) async throws {
        let rig = try await Rig(
            ["--projects", "2"],
            target: "keyshift: 1\nname: x\ntarget: {googleCloudKms: {serviceAccountKey: '${file:\(name)}'}}\n"
        )
        try rig.folder.write("other", "the key\n")
        try await rig.plan()
        unlink(rig.folder.file("fleet.job.lock"))
        let keys =
            "MONGODB_ATLAS_CLIENT_ID=\(Desk.clientID)\nMONGODB_ATLAS_CLIENT_SECRET=\(Desk.clientSecret)\n"
        for (text, more) in [("the key\n", []), (keys, ["--credentials", name])] {
            try rig.folder.write(name, text)
            for words in [["apply", "fleet.job"] + (try rig.answers), ["resume", "fleet.job"]] {
                let ended = try await rig.keyshift(words + more)
                // A lock of somebody else's is refused before it is read.
                let codes: [Int32] = name.hasSuffix(".lock") ? [64, 73] : [64]
                let isUnstarted = words[0] == "resume" && more == []
                #expect(
                    ended.code.map { codes.contains($0) || isUnstarted && $0 == 7 } == true,
                    "\(ended.testDescription)")
            }
            #expect(try rig.folder.text(name) == text)
        }
        #expect(try rig.simulator.changeCount() == 0)
    }
}
