import Foundation
import Testing

/// Goal: nothing is sent for a job that somebody else could have written, and the answer says what to type. Method: the
/// same job with other modes, owners (as root), a planted log and an open folder.
@Suite(.aFewAtATime) struct WhoseJobTests {
    /// SQLite would take such a name for a URI, and open another file than the one that was looked at.
    @Test(arguments: ["file:fleet.job", "file:fleet.job?mode=ro", "file:///fleet.job%3f", "file:a#b"])
    func namesThatLookLikeURIs(name: String) async throws {
        let rig = try await Rig(["--projects", "2"])
        try FileManager.default.createDirectory(
            atPath: rig.folder.file("file:"), withIntermediateDirectories: false)
        let plan = ["plan", "fleet.csv", "--target", "target.yaml", "--job"]
        let planned = try await rig.keyshift(plan + [name])
        #expect(planned.code == 0, "\(planned.testDescription)")
        #expect(rig.folder.has(name) && !rig.folder.has("fleet.job"))
        let answers = ["--yes", "--confirm-irreversible", "2"] + Rig.quickRun
        let out = name.hasPrefix("file:/") ? "fleet.csv" : "fleet.csv"
        for (words, code) in [
            (["status", name], Int32(0)), (["show", name], 0), (["apply", name] + answers, 0),
            (["report", name, "-o", name], 64), (["report", name, "-o", "./" + name], 64),
            (["report", name, "-o", out], 64), (["verify", name], 0), (["resume", name], 0),
        ] {
            let ended = try await rig.keyshift(words)
            #expect(ended.code == code, "\(ended.testDescription)")
        }
        #expect(!rig.folder.has("fleet.job") && !rig.folder.has("fleet.job.lock"))
        #expect(try rig.simulator.changeCount() == 2)
    }

    /// A folder that its group may write to is one's own only where the group is nobody else's, be it as a member or as
    /// somebody's first group. By the machine's own lists, which are replaced for these processes.
    @Test(
        .enabled(if: Mount.isPossible, Comment(rawValue: Mount.comment)),
        arguments: [
            ("me:x:12345:\n", "", Int32(0)), ("me:x:12345:me\n", "", 0), ("me:x:12345:other\n", "", 65),
            ("me:x:12345:\n", "other:x:777:12345::/:/bin/sh\n", 65), ("team:x:12345:\n", "", 65),
            ("other:x:777:\n", "", 65),
        ])
    func groups(group: String, others: String, code: Int32) async throws {
        let rig = try await Rig(["--projects", "2"])
        try await rig.plan()
        try rig.folder.write(
            "passwd", "root:x:0:0::/:/bin/sh\nme:x:12345:12345::/:/bin/sh\n\(others)", mode: 0o644)
        try rig.folder.write("group", "root:x:0:\n\(group)", mode: 0o644)
        unlink(rig.folder.file("fleet.job.lock"))
        for name in ["", "/fleet.job"] { chown(rig.folder.path + name, 12_345, 12_345) }
        chmod(rig.folder.path, 0o770)
        let lists = ["passwd", "group"].map { "mount --bind \($0) /etc/\($0)" }.joined(separator: " && ")
        let ended = try await rig.start(
            shell:
                "exec unshare -m sh -c '\(lists) && exec setpriv --reuid=12345 --regid=12345 --clear-groups "
                + "\"$0\" \"$@\"' \"$0\" \"$@\"",
            ["apply", "fleet.job", "--yes", "--confirm-irreversible", "2"] + Rig.quickRun
        ).end()
        #expect(ended.code == code, "\(ended.testDescription)")
        #expect(try rig.simulator.changeCount() == (code == 0 ? 2 : 0))
    }

    /// Whoever can write the roots can have the secrets sent to them.
    @Test func rootsThatOthersCouldHaveWritten() async throws {
        let desk = try Desk(address: "https://127.0.0.1:1")
        try desk.folder.write("ca.pem", "-----BEGIN CERTIFICATE-----\n")
        symlink("ca.pem", desk.folder.file("link.pem"))
        for mode in [0o620, 0o602, 0o666] {
            chmod(desk.folder.file("ca.pem"), mode_t(mode))
            for name in ["ca.pem", "link.pem"] {
                let ended = try await desk.keyshift(["doctor", "--ca-file", name])
                #expect(ended.code == 78 && ended.err.contains("chmod go-w"), "\(ended.testDescription)")
            }
        }
        chmod(desk.folder.file("ca.pem"), 0o644)
        let readable = try await desk.keyshift(["doctor", "--ca-file", "ca.pem"])
        #expect(readable.code == 3, "\(readable.testDescription)")
        guard geteuid() == 0 else { return }
        chown(desk.folder.file("ca.pem"), 12_345, 12_345)
        for name in ["ca.pem", "link.pem"] {
            let ended = try await desk.keyshift(["doctor", "--ca-file", name])
            #expect(ended.code == 78 && ended.err.contains("12345"), "\(ended.testDescription)")
        }
    }

    /// Whoever can turn a link on the way chooses which job runs: one that another user owns, be it met by way of a link
    /// of ours, and one in a folder that all can write to.
    @Test(.enabled(if: geteuid() == 0, "needs root, to make another user's link"))
    func linksThatOthersCouldTurn() async throws {
        let rig = try await Rig(["--projects", "2"])
        try await rig.plan()
        let manager = FileManager.default
        for (name, mode) in [("open", 0o777), ("sticky", 0o1777), ("own", 0o700)] {
            try manager.createDirectory(
                atPath: rig.folder.file(name), withIntermediateDirectories: false)
            chmod(rig.folder.file(name), mode_t(mode))
        }
        func link(_ name: String, to target: String, owner: uid_t = 0) {
            symlink(target, rig.folder.file(name))
            lchown(rig.folder.file(name), owner, owner)
        }
        link("open/ours.job", to: "../fleet.job")
        link("sticky/theirs.job", to: "../fleet.job", owner: 12_345)
        link("sticky/ours.job", to: "../fleet.job")
        link("own/ours.job", to: "../sticky/ours.job")
        link("own/theirs.job", to: "../sticky/theirs.job")
        link("sticky/folder", to: "..", owner: 12_345)
        link("own/folder", to: "../sticky/folder")
        for name in ["open/ours.job", "sticky/theirs.job", "own/theirs.job", "own/folder/fleet.job"] {
            for words in [
                ["apply", name, "--yes", "--confirm-irreversible", "2"], ["verify", name],
                ["undo", name, "--job", "back.job"],
            ] {
                let ended = try await rig.keyshift(words + Rig.quick)
                #expect(ended.code == 65, "\(ended.testDescription)")
            }
        }
        #expect(try rig.simulator.changeCount() == 0)
        let ended = try await rig.keyshift(
            ["apply", "own/ours.job", "--yes", "--confirm-irreversible", "2"] + Rig.quickRun)
        #expect(ended.code == 0, "\(ended.testDescription)")
    }

    @Test func aJobThatOthersCouldHaveWritten() async throws {
        let rig = try await Rig(["--projects", "2"])
        try await rig.plan()
        let job = rig.folder.file("fleet.job")
        func refused(_ sentence: String) async throws {
            for words in [
                ["apply", "fleet.job", "--yes", "--confirm-irreversible", "2"], ["resume", "fleet.job"],
                ["retry", "fleet.job"], ["verify", "fleet.job"], ["undo", "fleet.job", "--job", "back.job"],
            ] {
                let ended = try await rig.keyshift(words)
                #expect(ended.code == 65 && ended.err.contains(sentence), "\(ended.testDescription)")
            }
        }
        chmod(job, 0o666)
        try await refused("chmod go-w fleet.job")
        chmod(job, 0o600)
        chmod(rig.folder.path, 0o777)
        try await refused("chmod go-w \(rig.folder.path)")
        chmod(rig.folder.path, 0o700)
        try rig.folder.write("fleet.job-wal", "planted", mode: 0o666)
        try await refused("chmod go-w fleet.job-wal")
        unlink(job + "-wal")
        if geteuid() == 0 {
            try rig.folder.write("fleet.job-wal", "planted", mode: 0o600)
            chown(job + "-wal", 12_345, 12_345)
            try await refused("belongs to 12345")
            unlink(job + "-wal")
            chown(job, 12_345, 12_345)
            try await refused("belongs to 12345")
            chown(job, 0, 0)
        }
        #expect(try rig.simulator.changeCount() == 0 && !rig.folder.has("fleet.job.lock"))
        try await rig.apply(expecting: 0)
    }
}
