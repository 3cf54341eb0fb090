import Foundation
import Testing

/// Goal: nothing that keyshift writes takes the place of what is not its own: links, pipes, inputs, the job, other
/// people's files. Method: outputs named so, and a look at what is there afterwards.
@Suite(.aFewAtATime) struct OutputGuardTests {
    private static let csv = ["report", "fleet.job", "--format", "csv", "-o"]

    private func planned() async throws -> Rig {
        let rig = try await Rig(["--projects", "5"])
        try await rig.plan()
        return rig
    }

    private func link(_ rig: Rig, _ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: rig.folder.file(name), withDestinationPath: target)
    }

    private func isLink(_ rig: Rig, _ name: String) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: rig.folder.file(name))) != nil
    }

    @Test func aLinkIsFollowed() async throws {
        let rig = try await planned()
        try rig.folder.write("real.csv", "old\n")
        try link(rig, "link.csv", to: "real.csv")
        let ended = try await rig.keyshift(Self.csv + ["link.csv"])
        #expect(ended.code == 0, "\(ended.testDescription)")
        #expect(isLink(rig, "link.csv"))
        #expect(try rig.folder.text("real.csv").hasPrefix("project_id,"))
        try link(rig, "nowhere.csv", to: "none/none.csv")
        let nowhere = try await rig.keyshift(Self.csv + ["nowhere.csv"])
        #expect(
            nowhere.code == 73 && nowhere.err.contains("leads nowhere"), "\(nowhere.testDescription)")
        #expect(isLink(rig, "nowhere.csv"))
    }

    /// A pipe stands for every device: written to, never replaced.
    @Test func aPipeIsWrittenTo() async throws {
        let rig = try await planned()
        mkfifo(rig.folder.file("pipe"), 0o600)
        try link(rig, "link", to: "pipe")
        for name in ["pipe", "link"] {
            let reader = try Program("/bin/cat", [rig.folder.file("pipe")], environment: [:], folder: "/")
            let ended = try await rig.keyshift(Self.csv + [name], within: .seconds(15))
            #expect(ended.code == 0, "\(ended.testDescription)")
            let read = try await reader.end(within: .seconds(15))
            #expect(read.out.hasPrefix("project_id,") && read.out.contains("pending"))
        }
        var info = stat()
        #expect(lstat(rig.folder.file("pipe"), &info) == 0 && info.st_mode & S_IFMT == S_IFIFO)
        #expect(isLink(rig, "link"))
    }

    /// Read by way of standard input it is the same file.
    @Test func aSheetOnStandardInputIsAnInput() async throws {
        let rig = try await Rig(["--projects", "3"])
        let sheet = try rig.folder.bytes("fleet.csv")
        func run(_ words: [String], from name: String) async throws -> Ended {
            try await rig.start(shell: "exec \"$0\" \"$@\" < \(name)", words + Rig.quick).end()
        }
        let plan = ["plan", "-", "--target", "target.yaml", "--job"]
        let roles = ["roles", "-", "--provider", "googleCloudKms", "-o", "fleet.csv"]
        for ended in [
            try await run(roles, from: "fleet.csv"), try await run(plan + ["fleet.csv"], from: "fleet.csv"),
        ] { #expect(ended.code == 64, "\(ended.testDescription)") }
        try rig.folder.write("q.failed.csv", Array(sheet))
        #expect(try await run(plan + ["q.job"], from: "q.failed.csv").code == 64)
        // It may have been read under a name that means nothing to the job, and be named so later.
        #expect(try await run(plan + ["fleet.job"], from: "q.failed.csv").code == 0)
        for output in ["q.failed.csv", "./q.failed.csv"] {
            let ended = try await rig.keyshift(Self.csv + [output])
            #expect(ended.code == 64, "\(ended.testDescription)")
        }
        #expect(try rig.folder.bytes("fleet.csv") == sheet && rig.folder.bytes("q.failed.csv") == sheet)
        // A pipe is no file: nothing can be lost with it.
        let piped = try await rig.start(
            shell: "cat fleet.csv | \"$0\" \"$@\"", plan + ["piped.job"] + Rig.quick
        ).end()
        #expect(piped.code == 0, "\(piped.testDescription)")
    }

    @Test func outputsThatAreOneFileOrAnInput() async throws {
        let rig = try await planned()
        let sheet = try rig.folder.bytes("fleet.csv")
        try rig.folder.write("keys.env", "MONGODB_ATLAS_CLIENT_ID=x\nMONGODB_ATLAS_CLIENT_SECRET=y\n")
        try link(rig, "link.csv", to: "fleet.csv")
        try FileManager.default.createDirectory(
            atPath: rig.folder.file("folder"), withIntermediateDirectories: false)
        let before = try rig.simulator.log().count
        let roles = ["roles", "fleet.csv", "--provider", "googleCloudKms"]
        for (words, code) in [
            (roles + ["-o", "a.csv", "--grants", "./a.csv"], Int32(64)),
            (roles + ["--grants", "fleet.csv"], 64),
            (roles + ["--grants", "link.csv"], 64), (roles + ["-o", "fleet.csv"], 64),
            (["inventory", "--credentials", "keys.env", "-o", "keys.env"], 64),
            (["verify", "fleet.job", "--credentials", "keys.env", "-o", "keys.env"], 64),
            (["inventory", "-o", "folder"], 73), (roles + ["--grants", "folder"], 73),
            (roles + ["-o", "none/a.csv"], 73),
        ] {
            let ended = try await rig.keyshift(words)
            #expect(ended.code == code, "\(ended.testDescription)")
        }
        #expect(try rig.folder.bytes("fleet.csv") == sheet && !rig.folder.has("a.csv"))
        #expect(try rig.folder.text("keys.env").hasPrefix("MONGODB_ATLAS_CLIENT_ID"))
        #expect(try rig.simulator.log().count == before, "found before anything was sent")
    }

    /// Inputs of other commands, in the spellings that their readers take; and what runs.
    @Test(arguments: [
        "keyshift: 1\nname: x\ntarget: {}\n", "# mine\r\n\"keyshift\" : 1\r\n'target' : {}\r\n",
        "{\"name\":\"x\",\"target\":{\"a\":1},\"keyshift\":1}", "{target: {a: 1}, keyshift: 1}",
        "---\nname: x\ntarget:\n  a: 1\nkeyshift:   1\n", "\u{FEFF}keyshift: 1\ntarget: 2\n",
        "\u{FEFF}MONGODB_ATLAS_CLIENT_ID=x\r\n", "export MONGODB_ATLAS_PRIVATE_API_KEY = y\n",
        "# keys\rMONGODB_ATLAS_CLIENT_SECRET=z\r",
    ]) func filesThatPeopleKeep(text: String) async throws {
        let rig = try await planned()
        try rig.folder.write("kept", text)
        let ended = try await rig.keyshift(Self.csv + ["kept"])
        #expect(
            ended.code == 73 && ended.err.contains("nothing was written over it"), "\(ended.testDescription)")
        #expect(try rig.folder.text("kept") == text)
    }

    @Test(arguments: ["exe", "cwd", "root"]) func whatRuns(name: String) async throws {
        let rig = try await planned()
        let ended = try await rig.keyshift(Self.csv + ["/proc/self/\(name)"])
        #expect(ended.code == 73 && ended.err.contains("/proc"), "\(ended.testDescription)")
    }

    /// The mode of a file that is there stays, so that others who could read it still can.
    @Test func theModeStays() async throws {
        let rig = try await planned()
        try rig.folder.write("shared.csv", "old", mode: 0o644)
        for name in ["shared.csv", "new.csv"] { _ = try await rig.keyshift(Self.csv + [name]) }
        #expect(try rig.folder.mode("shared.csv") == 0o644 && rig.folder.mode("new.csv") == 0o600)
        #expect(try rig.folder.text("shared.csv").hasPrefix("project_id,"))
    }

    @Test func theJobIsNoOutput() async throws {
        let rig = try await planned()
        try link(rig, "link.job", to: "fleet.job")
        try FileManager.default.createDirectory(
            atPath: rig.folder.file("folder"), withIntermediateDirectories: false)
        let before = try rig.folder.bytes("fleet.job")
        for name in [
            "fleet.job", "./fleet.job", "folder/../fleet.job", "link.job", rig.folder.file("fleet.job"),
            "fleet.job.lock", "fleet.job-wal", "fleet.job-shm", "fleet.job.tmp",
        ] {
            let report = try await rig.keyshift(Self.csv + [name])
            #expect(report.code == 64, "\(report.testDescription)")
            let events = try await rig.keyshift(["apply", "fleet.job"] + rig.answers + ["--events", name])
            #expect(events.code == 64, "\(events.testDescription)")
            for ended in [report, events] {
                #expect(ended.err.contains("belongs to the job"), "\(ended.testDescription)")
            }
        }
        for name in ["fleet.results.csv", "fleet.failed.csv"] {
            let events = try await rig.keyshift(["apply", "fleet.job"] + rig.answers + ["--events", name])
            #expect(events.code == 64, "\(events.testDescription)")
        }
        let folder = try await rig.keyshift(Self.csv + ["folder"])
        #expect(folder.code == 73 && folder.err.contains("directory"), "\(folder.testDescription)")
        #expect(try rig.folder.bytes("fleet.job") == before)
        #expect(try rig.simulator.changeCount() == 0)
        #expect(rig.folder.names == ["fleet.csv", "fleet.job", "folder", "link.job", "target.yaml"])
    }

    /// A run that nobody reads the events of does not wait for a reader, nor does it start without its log.
    @Test func eventsIntoAPipeThatNobodyReads() async throws {
        let rig = try await planned()
        mkfifo(rig.folder.file("pipe"), 0o600)
        let ended = try await rig.keyshift(
            ["apply", "fleet.job"] + rig.answers + ["--events", "pipe"], within: .seconds(15))
        #expect(ended.code == 73 && ended.err.contains("--events"), "\(ended.testDescription)")
        #expect(try rig.simulator.changeCount() == 0)
    }

    @Test(arguments: [
        "fleet.results.csv", "fleet.failed.csv", "fleet.job", "fleet.job.tmp", "fleet.job.lock",
        "fleet.job-wal",
        "fleet.job-shm",
    ])
    func inputsThatARunWouldReplace(name: String) async throws {
        let desk = try Desk()
        let sheet = "project_id\n6790e57a9b41416f5c216fee\n"
        for isTarget in [false, true] {
            let (csv, target) = isTarget ? ("in.csv", name) : (name, "in.yaml")
            try desk.folder.write(csv, sheet)
            try desk.folder.write(target, Target.googleRole)
            let names = desk.folder.names
            let ended = try await desk.keyshift(
                ["plan", csv, "--target", target, "--job", "fleet.job", "--offline"])
            #expect(ended.code == 64, "\(ended.testDescription)")
            #expect(ended.err.contains("\(name) written over an input"), "\(ended.testDescription)")
            #expect(try desk.folder.text(csv) == sheet && desk.folder.text(target) == Target.googleRole)
            #expect(desk.folder.names == names)
            try FileManager.default.removeItem(atPath: desk.folder.file(name))
        }
    }

    @Test func aLockOfSomebodyElse() async throws {
        let rig = try await Rig(["--projects", "3"])
        try rig.folder.write("fleet.job.lock", "my own notes\n")
        let plan = try await rig.plan(expecting: 73)
        #expect(plan.err.contains("fleet.job.lock"), "\(plan.testDescription)")
        try FileManager.default.removeItem(atPath: rig.folder.file("fleet.job.lock"))
        try await rig.plan()
        try rig.folder.write("fleet.job.lock", "my own notes\n")
        for words in [["apply", "fleet.job"] + (try rig.answers), ["resume", "fleet.job"]] {
            let ended = try await rig.keyshift(words)
            #expect(ended.code == 73 && ended.err.contains("fleet.job.lock"), "\(ended.testDescription)")
        }
        #expect(try rig.folder.text("fleet.job.lock") == "my own notes\n")
        #expect(try rig.simulator.changeCount() == 0)
    }
}
