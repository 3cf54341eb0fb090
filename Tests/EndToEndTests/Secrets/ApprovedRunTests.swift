import Foundation
import Testing

/// Goal: what `--approve` names stands for all that a command will send. Method: honest jobs with one and two revisions
/// and every value that an operator may have; then rows that say that somebody else has started the job.
@Suite(.aFewAtATime) struct ApprovedRunTests {
    private func value(_ rig: Rig, _ sql: String) throws -> String { try rig.job.value(sql) ?? "" }

    private func seal(_ rig: Rig, _ revision: Int) throws -> String {
        try value(rig, "SELECT value FROM setting WHERE name = 'seal' AND revision = \(revision)")
    }

    private func digest(_ rig: Rig, _ revision: Int) throws -> String {
        try value(rig, "SELECT digest FROM revision WHERE number = \(revision)")
    }

    @Test func aStartedJob() async throws {
        let rig = try await Rig(["--projects", "3"])
        try await rig.plan()
        let shown = try await rig.keyshift(["status", "fleet.job"])
        #expect(shown.out.contains("--approve takes \(try digest(rig, 1))"), "\(shown.testDescription)")
        let first = try await rig.apply(
            ["--max-duration", "1ms", "--approve", try digest(rig, 1)], expecting: 5)
        // The place to copy the seal from.
        #expect(first.err.contains("sealed as \(try seal(rig, 1))"), "\(first.testDescription)")
        for words in [
            ["status", "fleet.job"], ["show", "fleet.job"], ["show", "fleet.job", "--format", "json"],
        ] {
            let ended = try await rig.keyshift(words)
            #expect(ended.out.contains(try seal(rig, 1)), "\(ended.testDescription)")
        }
        // Whoever gives a plan's digest to `apply` has not started the job.
        let started = try await rig.keyshift(
            ["apply", "fleet.job", "--yes", "--confirm-irreversible", "3", "--approve", try digest(rig, 1)])
        #expect(started.code == 7 && started.err.contains("has been started"), "\(started.testDescription)")
        #expect(try rig.simulator.changeCount() == 0)
        try await rig.resume(["--max-duration", "1ms", "--approve", try digest(rig, 1)], expecting: 5)
        try await rig.resume(["--approve", String(try seal(rig, 1).dropFirst(6))], expecting: 0)
        try Audit(rig).rowsAreTrue()
    }

    /// The second revision is approved while the first has work left: only the newest seal stands for both.
    @Test func twoRevisionsWithWorkLeft() async throws {
        let rig = try await Rig.scripted(["1": ["PATCH": ["400"]]], projects: 4)
        try await rig.plan()
        let halting = ["--yes", "--confirm-irreversible", "4", "--waves", "none", "--max-failures", "0"]
        let first = try await rig.keyshift(
            ["apply", "fleet.job"] + halting + Rig.quick + ["--concurrency", "1", "--rate", "none"])
        #expect(first.code == 4, "\(first.testDescription)")
        let retry = try await rig.keyshift(
            ["retry", "fleet.job", "--yes", "--confirm-irreversible", "1", "--max-duration", "1ms"]
                + Rig.unruled
                + Rig.quick)
        #expect(retry.code == 5, "\(retry.testDescription)")
        let sent = try rig.simulator.changeCount()
        for wrong in [try digest(rig, 1), try digest(rig, 2), try seal(rig, 1)] {
            let ended = try await rig.resume(["--accept-failures", "--approve", wrong], expecting: 7)
            #expect(ended.err.contains(try seal(rig, 2)), "\(ended.testDescription)")
        }
        #expect(try rig.simulator.changeCount() == sent)
        try await rig.resume(["--accept-failures", "--approve", try seal(rig, 2)], expecting: 0)
        #expect(try rig.results().allSatisfy { $0["result"] == "changed" })
        try Audit(rig).rowsAreTrue()
    }

    /// With all that the digest binds to an id, and before anything is approved: the sheet's cells stay where they are,
    /// and the plan is no longer what the target makes of them.
    @Test func aPlanThatItsTargetDoesNotMake() async throws {
        let target = """
            keyshift: 1
            name: key
            target: {googleCloudKms: {keyVersionResourceID: "${key}"}}

            """
        let rig = try await Rig(["--projects", "2", "--scenario", "google-static"], target: target)
        let key = "projects/p/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/"
        let ids = try rig.folder.text("fleet.csv").split(whereSeparator: \.isNewline).dropFirst().map {
            $0.prefix(24)
        }
        let rows = ids.enumerated().map { "\($1),\(key)\($0 + 1)\n" }
        try rig.folder.write("fleet.csv", "project_id,key\n" + rows.joined())
        try await rig.plan()
        try Tampering.alter(
            rig.folder.file("fleet.job"),
            "UPDATE project SET project_id = substr(project_id, 2) || 'f'",
            "UPDATE project SET project_id = CASE ordinal WHEN 1 THEN '\(ids[1])' ELSE '\(ids[0])' END",
            """
            UPDATE plan SET (live, changes, body) = (SELECT live, changes, body FROM plan o
                WHERE o.ordinal = 3 - plan.ordinal)
            """)
        for words in [
            ["show", "fleet.job"], ["apply", "fleet.job", "--yes", "--approve", try digest(rig, 1)],
        ] {
            let ended = try await rig.keyshift(words)
            #expect([7, 65].contains(ended.code), "\(ended.testDescription)")
        }
        #expect(try rig.simulator.changeCount() == 0)
    }
}
