import Foundation
import Testing

/// Goal: the history of a job has the exit code that the process ended with, whatever decided it after the run itself.
/// Method: commands whose run ends well and whose process does not, and the last row of the history.
@Suite(.aFewAtATime) struct ExitHistoryTests {
    private func last(_ rig: Rig, _ job: String = "fleet.job") throws -> Int? {
        try JobRows(rig.folder.file(job)).value("SELECT exit_code FROM run ORDER BY id DESC LIMIT 1")
    }

    /// How many runs have no end.
    private func open(_ rig: Rig) throws -> Int? {
        try rig.job.value("SELECT count(*) FROM run WHERE ended_at IS NULL")
    }

    /// Its results don't reach standard output.
    private static let fullOutput = "exec \"$0\" \"$@\" > /dev/full"

    @Test func whatComesAfterTheRun() async throws {
        let rig = try await Rig(["--projects", "3"])
        let plan = ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"] + Rig.quick
        let full = try await rig.start(shell: Self.fullOutput, plan).end()
        #expect(try full.code == 74 && last(rig) == 74, "\(full.testDescription)")
        try FileManager.default.removeItem(atPath: rig.folder.file("fleet.job"))
        let differing = try await rig.plan(["--detailed-exitcode"], expecting: 2)
        #expect(try last(rig) == 2, "\(differing.testDescription)")
        let applied = try await rig.start(
            shell: Self.fullOutput, ["apply", "fleet.job"] + rig.answers + Rig.quickRun
        ).end()
        #expect(try applied.code == 74 && last(rig) == 74, "\(applied.testDescription)")
        let verified = try await rig.keyshift(["verify", "fleet.job"] + Rig.quick)
        #expect(try verified.code == 0 && last(rig) == 0, "\(verified.testDescription)")
        let lost = try await rig.keyshift(["verify", "fleet.job", "-o", "/dev/full"] + Rig.quick)
        #expect(try lost.code == 74 && last(rig) == 74, "\(lost.testDescription)")
        #expect(try open(rig) == 0)
        let status = try await rig.keyshift(["status", "fleet.job"])
        #expect(status.out.contains("(exit 74)"), "\(status.testDescription)")
    }

    @Test func refusals() async throws {
        let rig = try await Rig.scripted(["2": ["PATCH": ["400"]]], projects: 3)
        try await rig.plan()
        let wrong = rig.environment["MONGODB_ATLAS_CLIENT_SECRET"]
        rig.environment["MONGODB_ATLAS_CLIENT_SECRET"] = "mdb_sa_sk_wrong"
        #expect(try await rig.apply().code == 10)
        #expect(try last(rig) == 10)
        rig.environment["MONGODB_ATLAS_CLIENT_SECRET"] = wrong
        let resumed = try await rig.resume(["--yes"], expecting: 3)
        #expect(try last(rig) == 3, "\(resumed.testDescription)")
        // The question comes after the reading, which has a row of its own.
        let asked = try await rig.keyshift(["retry", "fleet.job", "--only", "failed"] + Rig.quick)
        #expect(try asked.code == 9 && last(rig) == 9, "\(asked.testDescription)")
        #expect(try open(rig) == 0)
    }
}
