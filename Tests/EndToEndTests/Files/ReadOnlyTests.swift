import Foundation
import Testing

/// Goal: in a folder that can't be written to, looking works and everything else is refused with a sentence and sends
/// nothing. Method: the folder is mounted read-only, or its permissions are taken away when that binds this user.
@Suite(.aFewAtATime, .enabled(if: Mount.orPermissions, "root, and may not mount"))
struct ReadOnlyTests {
    /// Lets nobody write until it is undone.
    private func lock(_ rig: Rig) throws -> () -> Void {
        let path = rig.folder.path
        if geteuid() == 0 {
            let mount = try Mount(readOnly: path)
            return { mount.remove() }
        }
        chmod(path, 0o500)
        return { chmod(path, 0o700) }
    }

    private static let looks = [
        ["status", "fleet.job"], ["status", "fleet.job", "--watch"], ["show", "fleet.job"],
        ["report", "fleet.job"], ["report", "fleet.job", "--format", "csv"],
        ["report", "fleet.job", "--format", "json"],
    ]

    private func looksWork(_ rig: Rig, _ word: String) async throws {
        let names = rig.folder.names
        for words in Self.looks {
            let ended = try await rig.keyshift(words)
            #expect(ended.code == 0 && ended.err == "", "\(ended.testDescription)")
            #expect(ended.out.contains(words[0] == "show" ? "roleId" : word), "\(ended.testDescription)")
        }
        #expect(rig.folder.names == names)
    }

    @Test func lookingAtRest() async throws {
        let rig = try await Rig(["--projects", "8"])
        try await rig.plan()
        try await rig.apply(expecting: 0)
        let undo = try lock(rig)
        defer { undo() }
        try await looksWork(rig, "changed")
        let elsewhere = try WorkFolder()
        let words = ["report", "fleet.job", "--format", "csv", "-o", elsewhere.file("report.csv")]
        let ended = try await rig.keyshift(words)
        #expect(ended.code == 0, "\(ended.testDescription)")
        #expect(try elsewhere.text("report.csv") == rig.folder.text("fleet.results.csv"))
    }

    /// The log that a kill left can't be folded in there, and what is in it counts all the same.
    @Test func lookingAtWhatAKillLeft() async throws {
        let rig = try await Rig(["--projects", "20", "--state", "state.json"])
        try await rig.plan()
        let apply = try rig.start(["apply", "fleet.job"] + rig.answers + Rig.quick + ["--rate", "20/s"])
        try await eventually("some are changed") { try rig.simulator.changeCount() > 4 }
        apply.kill(SIGKILL)
        let time = Rig.now
        _ = try await apply.end()
        #expect(rig.folder.size("fleet.job-wal") > 0)
        let undo = try lock(rig)
        do {
            defer { undo() }
            try await looksWork(rig, "pending")
            let attempts: Int? = try rig.job.value("SELECT count(*) FROM attempt")
            #expect((attempts ?? 0) > 4)
        }
        try await rig.resume(expecting: 0)
        try await rig.prove(killedAt: [time])
    }

    @Test func everythingElseIsRefused() async throws {
        let rig = try await Rig(["--projects", "8", "--state", "state.json"])
        try await rig.plan()
        let job = try rig.folder.bytes("fleet.job")
        let answers = try rig.answers
        let sent = rig.simulator.logSize
        let undo = try lock(rig)
        do {
            defer { undo() }
            let plan = ["plan", "fleet.csv", "--target", "target.yaml", "--job"]
            for (words, code) in [
                (["apply", "fleet.job"] + answers, 74), (["resume", "fleet.job"], 74),
                (plan + ["fleet.job"], 73), (plan + ["new.job"], 73),
                (["report", "fleet.job", "-o", "report.txt"], 73),
            ] as [([String], Int32)] {
                let ended = try await rig.keyshift(words)
                #expect(ended.code == code, "\(ended.testDescription)")
                let name =
                    words.contains("-o") ? "report.txt" : words.contains("new.job") ? "new.job" : "fleet.job"
                #expect(ended.err.contains(name), "\(ended.testDescription)")
                #expect(
                    ended.err.contains("Read-only") || ended.err.contains("denied"),
                    "\(ended.testDescription)")
            }
        }
        #expect(rig.simulator.logSize == sent)
        #expect(try rig.folder.bytes("fleet.job") == job)
        #expect(rig.folder.names == ["fleet.csv", "fleet.job", "target.yaml"])
        try await rig.apply(expecting: 0)
        try await rig.prove()
    }
}
