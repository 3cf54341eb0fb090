import Foundation
import Testing

/// Goal: rows that no digest and no seal covers change nothing either: not which plan is run, not a gate, and no command
/// dies of them. Method: one statement each in a real job, and every command with everything that a careful operator
/// gives.
@Suite(.aFewAtATime) struct UnsealedRowTests {
    /// A copy of the job, edited.
    private func edited(_ rig: Rig, _ statement: String) throws -> String {
        for end in ["-wal", "-shm"] { unlink(rig.folder.file("bad.job\(end)")) }
        try rig.folder.write("bad.job", Array(try rig.folder.bytes("fleet.job")))
        try Tampering.alter(rig.folder.file("bad.job"), statement)
        return "bad.job"
    }

    private static let documented: Set<Int32> = [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 64, 65, 66, 73, 74, 78]

    static let ofNobody = [
        // Later than every run that will come, so that no failure would count.
        """
        INSERT INTO run VALUES (9223372036854775807, 'plan', 'me', 'here', 1, 1, 2, 'completed', 0);
        INSERT INTO acceptance VALUES (9223372036854775807, 1)
        """,
        "INSERT INTO acceptance VALUES (1, 1)", "UPDATE run SET id = 7",
        "INSERT INTO accepted VALUES (1, 1, 1, 'failed')",
        "INSERT INTO wave (revision, number, projects) VALUES (1, 1, 9223372036854775807), (1, 2, 9223372036854775807)",
        "INSERT INTO wave (revision, number, projects) VALUES (1, 1, 4)",
        "INSERT INTO revision (number, at) VALUES (1000000000000, 1)", "INSERT INTO chosen VALUES (1, 1)",
        "INSERT INTO setting VALUES (1, 'waves', 'none')",
        "INSERT INTO attempt (ordinal, number, run, revision, intent_at) VALUES (1, 1, 1, 1, 5)",
    ]

    @Test func ofAPlanThatNobodyHasApprovedNothingHasCome() async throws {
        let rig = try await Rig(["--projects", "4"])
        try await rig.plan()
        let digest: String = try rig.job.value("SELECT digest FROM revision") ?? ""
        for statement in Self.ofNobody {
            let job = try edited(rig, statement)
            for words in [
                ["apply", job, "--approve", digest, "--yes", "--confirm-irreversible", "4"],
                ["plan", "fleet.csv", "--target", "target.yaml", "--job", job],
            ] {
                let ended = try await rig.keyshift(words + Rig.quick)
                #expect(ended.code == 65, "\(statement): \(ended.testDescription)")
            }
            for words in [
                ["show", job], ["status", job], ["report", job], ["report", job, "-o", "out.csv"],
            ] {
                let ended = try await rig.keyshift(words, within: .seconds(20))
                #expect(Self.documented.contains(ended.code ?? 1), "\(statement): \(ended.testDescription)")
            }
        }
        #expect(try rig.simulator.changeCount() == 0)
        try await rig.apply(["--approve", digest], expecting: 0)
    }

    static let afterARetry = [
        // Every project goes by the plan that the retry took it out of.
        "DELETE FROM chosen; UPDATE project SET revision = 1",
        "DELETE FROM chosen WHERE ordinal = 2; UPDATE project SET revision = 1 WHERE ordinal = 2",
        "UPDATE approval SET revision = 1000000000000 WHERE revision = 2; UPDATE revision SET number = 1000000000000 WHERE number = 2",
        "INSERT INTO setting VALUES (77, 'waves', 'none')", "DELETE FROM setting WHERE name <> 'seal'",
        "UPDATE run SET id = 9223372036854775806 WHERE id = (SELECT max(id) FROM run)",
    ]

    @Test func whatARetryTookUpStaysWhereItIs() async throws {
        let rig = try await Rig.scripted(
            ["2": ["PATCH": ["400", "400"]], "3": ["PATCH": ["400", "400"]]], projects: 4)
        try await rig.plan()
        try await rig.apply(expecting: 3)
        let retry = ["--yes", "--confirm-irreversible", "2"] + Rig.unruled + Rig.quick
        #expect(try await rig.keyshift(["retry", "fleet.job"] + retry).code == 3)
        let sent = try rig.simulator.changeCount()
        for statement in Self.afterARetry {
            let job = try edited(rig, statement)
            for words in [
                ["resume", job], ["retry", job], ["verify", job], ["undo", job, "--job", "back.job"],
            ] {
                let ended = try await rig.keyshift(words + Rig.quick, within: .seconds(20))
                #expect([7, 65].contains(ended.code ?? 1), "\(statement): \(ended.testDescription)")
            }
            for words in [["report", job], ["report", job, "-o", "out.csv"], ["show", job]] {
                let ended = try await rig.keyshift(words, within: .seconds(20))
                #expect(Self.documented.contains(ended.code ?? 1), "\(statement): \(ended.testDescription)")
            }
        }
        #expect(try rig.simulator.changeCount() == sent)
        #expect(try await rig.keyshift(["verify", "fleet.job"] + Rig.quick).code == 2)
    }

    /// Holds are no part of what was approved: one that nobody can have asked for is passed over.
    @Test(arguments: ["-9223372036854775808", "9223372036854775807", "0", "x", "99999999999999"])
    func holdsThatNobodyAskedFor(until: String) async throws {
        let rig = try await Rig(["--projects", "2"])
        try await rig.plan()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        for at in [now, .max, .min, -1] {
            let job = try edited(
                rig,
                """
                INSERT INTO trouble (ordinal, run, step, verdict, detail, at)
                VALUES (1, 1, 'hold', 'everything', '\(until)', \(at))
                """)
            let ended = try await rig.keyshift(["verify", job] + Rig.quick, within: .seconds(20))
            #expect(ended.code == 0, "\(ended.testDescription)")
        }
    }
}
