import Foundation
import Testing

/// `retry`, `verify` and `undo`, as an operator meets them.
@Suite(.aFewAtATime) struct RevisionTests {
    private static let connection = Rig.quick
    private static let searchNodes = [
        "--projects", "6", "--scenario", "search-nodes-off", "--state", "state.json",
    ]

    private func run(_ rig: Rig, _ words: [String], expecting code: Int32) async throws -> Ended {
        let ended = try await rig.keyshift(words + Self.connection)
        #expect(ended.code == code, "\(ended.testDescription)")
        return ended
    }

    @Test func retryAsksAgainAndKeepsTheHistory() async throws {
        let rig = try await Rig.scripted(
            ["2": ["PATCH": ["400"]], "4": ["PATCH": Array(repeating: "409-unknown", count: 3)]],
            projects: 5, flags: ["--state", "state.json"])
        try await rig.plan()
        _ = try await run(rig, ["retry", "fleet.job"], expecting: 7)
        try await rig.apply(expecting: 3)
        let before = rig.simulator.logSize
        _ = try await run(rig, ["retry", "fleet.job", "--only", "drifted"], expecting: 0)
        #expect(rig.simulator.logSize == before)

        // A retry of what can't be undone needs its own number.
        for more in [[], ["--yes"], ["--yes", "--confirm-irreversible", "5"]] {
            let refused = try await run(rig, ["retry", "fleet.job"] + more, expecting: 9)
            #expect(refused.out.contains("Digest: sha256:"), "\(refused.testDescription)")
        }
        let old: String? = try rig.job.value("SELECT digest FROM revision WHERE number = 1")
        _ = try await run(
            rig, ["retry", "fleet.job", "--yes", "--confirm-irreversible", "2", "--approve", old ?? ""],
            expecting: 7)
        #expect(try rig.simulator.changeCount() == 7)
        #expect(try rig.results().filter { $0["result"] == "failed" }.count == 2)

        let one = try await run(
            rig,
            ["retry", "fleet.job", "--only", "failed:409", "--yes", "--confirm-irreversible", "1"]
                + Rig.unruled,
            expecting: 3)
        #expect(try rig.results().filter { $0["result"] == "changed" }.count == 4, "\(one.testDescription)")
        _ = try await run(
            rig, ["retry", "fleet.job", "--yes", "--confirm-irreversible", "1"] + Rig.unruled, expecting: 0)
        #expect(try rig.results().allSatisfy { $0["result"] == "changed" && $0["attempts"] == "1" })
        // All PATCHes are in the history, two of them of new revisions.
        #expect(try rig.job.value("SELECT count(*) FROM attempt") == 9)
        #expect(try rig.job.value("SELECT count(*) FROM approval") == 3)
        #expect(try rig.job.integrity == "ok")
        let resumed = try await run(rig, ["resume", "fleet.job"], expecting: 0)
        #expect(resumed.out.contains("5 projects"), "\(resumed.testDescription)")
        try await rig.prove()
    }

    @Test func driftIsPlannedAnew() async throws {
        let rig = try await Rig.scripted(
            ["1": ["GET": [nil, nil, nil, nil, "foreign-edit"]]], projects: 3,
            flags: ["--state", "state.json"])
        try await rig.plan()
        try await rig.apply(expecting: 3)
        let row = try rig.results()[0]
        #expect(row["result"] == "drifted" && row["detail"]?.contains("planned") == true, "\(row)")
        _ = try await run(
            rig,
            ["retry", "fleet.job", "--only", "drifted", "--yes", "--confirm-irreversible", "1"] + Rig.unruled,
            expecting: 0)
        #expect(try rig.results().allSatisfy { $0["result"] == "changed" })
    }

    @Test func aRetryThatWasKilledGoesOn() async throws {
        let rig = try await Rig.scripted(
            ["2": ["PATCH": ["400", "hang-after"]]], projects: 3, flags: ["--hang", "60s"])
        try await rig.plan()
        try await rig.apply(expecting: 3)
        let retry = try rig.start(
            ["retry", "fleet.job", "--yes", "--confirm-irreversible", "1", "--backoff-base", "50ms"]
                + Rig.unruled)
        try await eventually("it hangs") { try rig.simulator.changeCount() == 4 }
        retry.kill(SIGKILL)
        _ = try await retry.end()
        try await rig.resume(expecting: 0)
        #expect(try rig.simulator.changeCount() == 4)
        #expect(try rig.results().allSatisfy { $0["result"] == "changed" })
    }

    @Test func undoPutsSearchNodesBackAndVerifyNotices() async throws {
        let rig = try await Rig(Self.searchNodes, target: Target.searchNodes)
        let before = try rig.simulator.truth().projects
        try await rig.plan()
        try await rig.apply(expecting: 0)
        let right = try await run(rig, ["verify", "fleet.job"], expecting: 0)
        #expect(right.out.contains("6 right"), "\(right.testDescription)")

        let planned = try await run(rig, ["undo", "fleet.job", "--job", "back.job"], expecting: 0)
        #expect(
            planned.out.contains("undo of") && planned.out.contains("reversible"),
            "\(planned.testDescription)")
        #expect(try rig.simulator.changeCount() == 6)
        _ = try await run(rig, ["undo", "fleet.job", "--job", "back.job"], expecting: 0)
        _ = try await run(
            rig, ["apply", "back.job", "--yes", "--rate", "none"] + Rig.unruled, expecting: 0)
        // Absent and false are equal.
        for (one, other) in zip(before, try rig.simulator.truth().projects) {
            #expect(one.id == other.id && one.encryption.isLike(other.encryption), "\(one.id)")
        }
        let wrong = try await run(rig, ["verify", "fleet.job", "-o", "again.csv"], expecting: 2)
        #expect(
            wrong.out.contains("not_wanted") && wrong.out.contains("0 right, 6 not"),
            "\(wrong.testDescription)")
        #expect(try rig.folder.text("again.csv").split(separator: "\n").count == 7)
        _ = try await run(
            rig, ["plan", "again.csv", "--target", "target.yaml", "--job", "again.job"], expecting: 0)
    }

    /// What somebody has changed since stays as it is, and that is no success.
    @Test func undoOfWhatChangedSinceEndsWithThree() async throws {
        func target(_ key: String) -> String {
            "keyshift: 1\nname: key\ntarget: {awsKms: {customerMasterKeyID: \"\(key)\"}}\n"
        }
        let rig = try await Rig(["--projects", "2", "--scenario", "aws-static"], target: target("key-one"))
        try await rig.plan()
        try await rig.apply(expecting: 0)
        let first = try rig.folder.text("fleet.csv").split(separator: "\n").prefix(2).joined(separator: "\n")
        try rig.folder.write("one.csv", first + "\n")
        try rig.folder.write("other.yaml", target("key-two"))
        let plan = ["plan", "one.csv", "--target", "other.yaml", "--job", "other.job"] + Rig.quick
        #expect(try await rig.keyshift(plan).code == 0)
        let other = try await rig.keyshift(["apply", "other.job", "--yes"] + Rig.quickRun)
        #expect(other.code == 0, "\(other.testDescription)")
        for _ in 1...2 {
            let undone = try await run(rig, ["undo", "fleet.job", "--job", "back.job"], expecting: 3)
            #expect(undone.out.contains("state_changed"), "\(undone.testDescription)")
            #expect(try JobRows(rig.folder.file("back.job")).value("SELECT exit_code FROM run") == 3)
        }
    }

    @Test func undoOfRolesChangesNothingAndSaysWhy() async throws {
        let rig = try await Rig(["--projects", "3", "--state", "state.json"])
        try await rig.plan()
        try await rig.apply(expecting: 0)
        let undone = try await run(rig, ["undo", "fleet.job", "--job", "back.job"], expecting: 3)
        #expect(undone.out.contains("the way back from a role to static credentials is closed"))
        // One reason, however many projects have it; and no job that could do nothing.
        #expect(undone.out.contains("3 projects: googleCloudKms.roleId"), "\(undone.testDescription)")
        #expect(undone.err.contains("no job was written") && !rig.folder.has("back.job"))
        #expect(!rig.folder.has("back.job.lock"))
        #expect(try rig.simulator.changeCount() == 3)
        try await rig.prove()
    }

    @Test func undoRefusesWhatItCanNotKnow() async throws {
        let rig = try await Rig(["--projects", "2"])
        try await rig.plan()
        let early = try await run(rig, ["undo", "fleet.job", "--job", "back.job"], expecting: 0)
        #expect(
            early.err.contains("changed nothing") && !rig.folder.has("back.job"), "\(early.testDescription)")
        _ = try await run(rig, ["undo", "fleet.job", "--job", "fleet.job"], expecting: 64)
        _ = try await run(rig, ["undo", "none.job", "--job", "back.job"], expecting: 66)
    }
}
