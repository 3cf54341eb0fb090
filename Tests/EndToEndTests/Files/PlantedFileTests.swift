import Foundation
import Testing

/// Goal: a name that somebody else prepared (a link, a pipe, a folder, another job) costs nobody a file, and holds no
/// run. Method: each planted, and a look at what is there afterwards.
@Suite(.aFewAtATime) struct PlantedFileTests {
    private static let event = "{\"at\":\"2026-11-25T10:00:00.000Z\",\"event\":\"result\",\"schema\":1}\n"

    private func planned() async throws -> Rig {
        let rig = try await Rig(["--projects", "3"])
        try await rig.plan()
        return rig
    }

    @Test func eventsAreAppendedToEventsOnly() async throws {
        let rig = try await planned()
        try FileManager.default.copyItem(
            atPath: rig.folder.file("fleet.job"), toPath: rig.folder.file("other.job"))
        try rig.folder.write("keys.env", "MONGODB_ATLAS_CLIENT_ID=x\nMONGODB_ATLAS_CLIENT_SECRET=y\n")
        try rig.folder.write("json.log", "{\"at\":\"2026\",\"msg\":\"x\"}\n")
        try rig.folder.write("mixed.log", Self.event + "my own notes\n" + Self.event)
        #expect(link(rig.folder.file("other.job"), rig.folder.file("hard.log")) == 0)
        #expect(symlink("other.job", rig.folder.file("soft.log")) == 0)
        let refused = [
            "other.job", "hard.log", "soft.log", "other.job-wal", "other.job-journal", "other.job.lock",
            "keys.env",
            "fleet.csv", "target.yaml", "json.log", "mixed.log",
        ]
        let before = try refused.map { rig.folder.has($0) ? try rig.folder.bytes($0) : Data() }
        for name in refused {
            let ended = try await rig.keyshift(["apply", "fleet.job"] + rig.answers + ["--events", name])
            #expect(ended.code == 73, "\(ended.testDescription)")
        }
        #expect(try refused.map { rig.folder.has($0) ? try rig.folder.bytes($0) : Data() } == before)
        #expect(try rig.simulator.changeCount() == 0)
        // The half line of a killed run is ended, and the events go on.
        try rig.folder.write("events.log", Self.event + "{\"at\":\"2026-11")
        try await rig.apply(["--events", "events.log"], expecting: 0)
        let lines = try rig.folder.text("events.log").split(separator: "\n")
        #expect(lines.count > 5 && lines[1] == "{\"at\":\"2026-11" && lines.last?.hasSuffix("}") == true)
    }

    /// What is no event stands further on than anything is likely to look: behind one event, many, or half of one.
    @Test func filesThatBeginLikeEvents() async throws {
        let rig = try await planned()
        let many = String(repeating: Self.event, count: 3000)
        let half = "{\"at\":\"2026-11-25T10:00:00.000Z\",\"event\":\"res"
        let texts = [
            Self.event + "{\"at\":\"my own notes\n", Self.event + "{\"at\":\"2026\" and more\n",
            Self.event + half + "\n\n", Self.event + "{\"at\":\"2026\",event: result}\n",
            Self.event + "{\"at\":\"2026\",\"event\":\"x\",\"schema\":1} # mine\n", Self.event + "{}\n",
            Self.event + "{\"at\":\"2026\",\"event\":\"x\"}", Self.event + "\n" + Self.event,
            Self.event + "{\"at\":\"2026\",\"event\":7,\"schema\":\"1\"}\n", half + "\n" + half + "\n",
            Self.event + "{\"at\":\"2026\",\"event\":\"x\",\"schema\":1,\"more\":[1]}\n", "{", "{\n", "\n",
            many + "my own notes\n", many + "notes\n" + many,
            many + half + "\nnotes", "{\"at\":\"" + String(repeating: "x", count: 100_000),
            "{\"at\":\"2026\",\"a\":\"" + String(repeating: "x", count: 100_000) + "\"}\n",
            many + String(repeating: "\0", count: 100_000),
        ]
        for (number, text) in texts.enumerated() {
            let name = "events.\(number)"
            try rig.folder.write(name, text)
            let ended = try await rig.keyshift(["apply", "fleet.job"] + rig.answers + ["--events", name])
            #expect(ended.code == 73 && ended.err.contains(name), "\(number): \(ended.testDescription)")
            #expect(try rig.folder.text(name) == text, "\(number)")
        }
        #expect(try rig.simulator.changeCount() == 0)
    }

    /// An empty file under two names may be anything's; a file of events may have as many as it likes.
    @Test func anEmptyFileWithAnotherName() async throws {
        let rig = try await planned()
        try rig.folder.write("empty", "")
        #expect(link(rig.folder.file("empty"), rig.folder.file("other")) == 0)
        for name in ["empty", "other"] {
            let ended = try await rig.keyshift(["apply", "fleet.job"] + rig.answers + ["--events", name])
            #expect(ended.code == 73 && ended.err.contains("hard link"), "\(ended.testDescription)")
        }
        #expect(try rig.folder.bytes("empty").isEmpty && rig.simulator.changeCount() == 0)
        #expect(unlink(rig.folder.file("other")) == 0)
        try await rig.apply(["--events", "empty"], expecting: 0)
        #expect(link(rig.folder.file("empty"), rig.folder.file("events.log")) == 0)
        let before = try rig.folder.text("empty")
        try await rig.resume(["--events", "events.log"], expecting: 0)
        #expect(try rig.folder.text("empty").hasPrefix(before))
    }

    /// Events cut wherever a kill or a full disk may cut them, whose line the next run has ended.
    @Test func eventsAreGoneOnWith() async throws {
        let rig = try await planned()
        try await rig.apply(["--events", "first.log"], expecting: 0)
        let first = Array(try rig.folder.bytes("first.log"))
        for cut in stride(from: first.count - 1, to: first.count - 400, by: -37) + [15, 40] {
            for end in ["", "\n" + Self.event] {
                try rig.folder.write("events.log", first.prefix(cut) + Array(end.utf8))
                try await rig.resume(["--events", "events.log"], expecting: 0)
            }
        }
    }

    @Test func whatPlanFindsInItsWay() async throws {
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id\n6790e57a9b41416f5c216fee\n")
        try desk.folder.write("target.yaml", Target.googleRole)
        try FileManager.default.createDirectory(
            atPath: desk.folder.file("fleet.job.tmp/deep"), withIntermediateDirectories: true)
        try desk.folder.write("fleet.job.tmp/deep/precious", "x")
        let leftover = "fleet.job.keyshift-999999999-ab.tmp"
        try desk.folder.write(leftover, "x")
        try desk.folder.write("fleet.job.keyshift-999999999-notes.tmp", "x")
        let ended = try await desk.keyshift(
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job", "--offline"])
        #expect(ended.code == 0, "\(ended.testDescription)")
        #expect(desk.folder.has("fleet.job.tmp/deep/precious"))
        #expect(!desk.folder.has(leftover) && desk.folder.has("fleet.job.keyshift-999999999-notes.tmp"))
    }

    /// Root may make links of others, so this needs root.
    @Test(.enabled(if: geteuid() == 0)) func linksOfOthersAreNotFollowed() async throws {
        let rig = try await planned()
        try rig.folder.write("victim", "precious\n")
        for name in ["planted.csv", "events.log"] {
            #expect(symlink("victim", rig.folder.file(name)) == 0)
            #expect(lchown(rig.folder.file(name), 4242, 4242) == 0)
        }
        let report = try await rig.keyshift(["report", "fleet.job", "--format", "csv", "-o", "planted.csv"])
        #expect(report.code == 73, "\(report.testDescription)")
        let events = try await rig.keyshift(
            ["apply", "fleet.job"] + rig.answers + ["--events", "events.log"])
        #expect(events.code == 73, "\(events.testDescription)")
        #expect(try rig.simulator.changeCount() == 0)
        #expect(rename(rig.folder.file("events.log"), rig.folder.file("fleet.results.csv")) == 0)
        #expect(rename(rig.folder.file("planted.csv"), rig.folder.file("fleet.failed.csv")) == 0)
        let apply = try await rig.apply()
        #expect(apply.code == 0, "\(apply.testDescription)")
        #expect(try rig.folder.text("victim") == "precious\n")
        #expect(try rig.folder.text("fleet.results.csv").hasPrefix("project_id,"))
        var info = stat()
        #expect(lstat(rig.folder.file("fleet.failed.csv"), &info) == 0, "what is not ours is not taken away")
    }

    /// A folder of the path may be a link too, of others or where others can put one.
    @Test(.enabled(if: geteuid() == 0)) func linksOfOthersToFoldersAreNotFollowed() async throws {
        let rig = try await planned()
        for name in ["mine", "sticky", "open"] {
            try FileManager.default.createDirectory(
                atPath: rig.folder.file(name), withIntermediateDirectories: true)
        }
        #expect(chmod(rig.folder.file("sticky"), 0o1777) == 0 && chmod(rig.folder.file("open"), 0o777) == 0)
        for (name, owner) in [("sticky/theirs", uid_t(4242)), ("sticky/ours", 0), ("open/ours", 0)] {
            #expect(symlink("../mine", rig.folder.file(name)) == 0)
            #expect(lchown(rig.folder.file(name), owner, owner) == 0)
        }
        try rig.folder.write("mine/precious.csv", "precious\n")
        for folder in ["sticky/theirs", "open/ours", "mine/../sticky/theirs/../mine"] {
            for name in ["precious.csv", "new.csv"] {
                let output = "\(folder)/\(name)"
                for words in [
                    ["report", "fleet.job", "--format", "csv", "-o", output],
                    ["apply", "fleet.job"] + (try rig.answers) + ["--events", output],
                ] {
                    let ended = try await rig.keyshift(words)
                    #expect(ended.code == 73, "\(ended.testDescription)")
                }
            }
        }
        #expect(try rig.folder.text("mine/precious.csv") == "precious\n" && !rig.folder.has("mine/new.csv"))
        #expect(try rig.simulator.changeCount() == 0)
        let ours = try await rig.keyshift(
            ["report", "fleet.job", "--format", "csv", "-o", "sticky/ours/new.csv"])
        #expect(ours.code == 0 && rig.folder.has("mine/new.csv"), "\(ours.testDescription)")
    }

    @Test func inputsThatHoldOrBelongToOthers() async throws {
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id\n6790e57a9b41416f5c216fee\n")
        try desk.folder.write("target.yaml", Target.googleRole)
        #expect(mkfifo(desk.folder.file("pipe"), 0o600) == 0)
        let plan = ["plan", "fleet.csv", "--job", "fleet.job", "--offline", "--target"]
        for (words, code) in [
            (plan + ["pipe"], Int32(66)), (plan + ["target.yaml", "--credentials", "pipe"], 78),
            (plan + ["target.yaml", "--ca-file", "pipe"], 78),
        ] {
            let ended = try await desk.keyshift(words, within: .seconds(15))
            #expect(ended.code == code && ended.err.contains("regular"), "\(ended.testDescription)")
        }
        try desk.folder.write("my keys; rm", "MONGODB_ATLAS_CLIENT_ID=x\n", mode: 0o640)
        let open = try await desk.keyshift(plan + ["target.yaml", "--credentials", "my keys; rm"])
        #expect(open.code == 78 && open.err.contains("chmod 600 'my keys; rm'"), "\(open.testDescription)")
        #expect(!desk.folder.has("fleet.job"))
    }

    @Test func nothingRawReachesATerminal() async throws {
        let desk = try Desk()
        let evil = "x\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{200b}\u{e0041}\u{ad}"
        try desk.folder.write("fleet.csv", "project_id\n6790e57a9b41416f5c216fee\n")
        try desk.folder.write("target.yaml", Target.googleRole)
        for words in [
            [evil], ["help", evil], ["show", evil], ["status", evil], ["--\(evil)"], ["apply", "a", evil],
            ["plan", evil, "--target", "target.yaml", "--job", "a.job", "--offline"],
            ["plan", "fleet.csv", "--target", evil, "--job", "a.job", "--offline"],
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "\(evil)/a", "--offline"],
            ["inventory", "--credentials", evil], ["inventory", "--ca-file", evil],
            ["inventory", "-o", "\(evil)/a"],
        ] {
            let ended = try await desk.keyshift(words)
            #expect(ended.code != 0 && !ended.err.isEmpty, "\(ended.testDescription)")
            for scalar in (ended.err + ended.out).unicodeScalars where scalar != "\n" {
                let category = scalar.properties.generalCategory
                #expect(category != .control && category != .format, "\(words)")
            }
        }
    }
}
