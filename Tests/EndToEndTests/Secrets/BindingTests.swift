import Foundation
import Testing

/// A job is bound to its input, its server, its organisation and the settings it was started with.
@Suite(.aFewAtATime) struct BindingTests {
    private static let planning = ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"]

    @Test func input() async throws {
        let rig = try await Rig(["--projects", "5"])
        try await rig.plan()
        let digest: String? = try rig.job.value("SELECT digest FROM revision")
        let before = rig.simulator.logSize
        try await rig.plan()
        #expect(rig.simulator.logSize == before, "a plan that is complete reads nothing")
        #expect(try rig.job.value("SELECT digest FROM revision") == digest)
        let csv = try rig.folder.text("fleet.csv")
        try rig.folder.write("fleet.csv", csv.replacing("staging", with: "stage"))
        try await rig.plan(expecting: 7)
        try rig.folder.write("fleet.csv", csv)
        try rig.folder.write("target.yaml", Target.searchNodes)
        try await rig.plan(expecting: 7)
        try rig.folder.write("target.yaml", Target.googleRole + "# only a comment\n")
        try await rig.plan(expecting: 0)
        #expect(rig.folder.names == ["fleet.csv", "fleet.job", "target.yaml"])
        try await rig.apply(expecting: 0)
        try await rig.plan(expecting: 7)
    }

    @Test func sameInputSameDigest() async throws {
        let rig = try await Rig(["--projects", "30", "--scenario", "google-mixed"])
        try await rig.plan()
        let words = ["plan", "fleet.csv", "--target", "target.yaml", "--job", "again.job"]
        let again = try await rig.keyshift(words + Rig.quick)
        #expect(again.code == 0)
        let sql = "SELECT digest FROM revision"
        let digests: [String?] = [
            try rig.job.value(sql), try JobRows(rig.folder.file("again.job")).value(sql),
        ]
        #expect(digests[0] != nil && digests[0] == digests[1])
    }

    @Test func offline() async throws {
        let rig = try await Rig(["--projects", "5"])
        let environment = rig.environment
        for name in ["MONGODB_ATLAS_CLIENT_ID", "MONGODB_ATLAS_CLIENT_SECRET"] { rig.environment[name] = nil }
        try await rig.plan(["--offline"])
        rig.environment = environment
        #expect(rig.simulator.logSize == 0)
        try await rig.apply(expecting: 7)
        try await rig.plan(["--detailed-exitcode"], expecting: 2)
        try await rig.apply(expecting: 0)
        try Audit(rig).rowsAreTrue()
    }

    @Test func unfinishedPlan() async throws {
        let rig = try await Rig(["--projects", "300", "--latency", "5ms..10ms"])
        let plan = try rig.start(Self.planning + ["--concurrency", "2"])
        try await eventually("some are read") { rig.simulator.logSize > 30_000 }
        plan.kill(SIGKILL)
        _ = try await plan.end()
        try await rig.apply(expecting: 7)
        let size = rig.simulator.logSize
        try await rig.plan()
        #expect(rig.simulator.logSize < size + 300 * 3 * 700)
        try await rig.apply(expecting: 0)
        try Audit(rig).rowsAreTrue()
        #expect(try rig.simulator.truth().projects.allSatisfy { $0.patchesSeen == 1 })
    }

    @Test func detailedExitCode() async throws {
        let rig = try await Rig(["--projects", "4"])
        try await rig.plan(["--detailed-exitcode"], expecting: 2)
        try await rig.apply(expecting: 0)
        let words = [
            "plan", "fleet.csv", "--target", "target.yaml", "--job", "next.job", "--detailed-exitcode",
        ]
        let next = try await rig.keyshift(words + Rig.quick)
        #expect(next.code == 0, "\(next.testDescription)")
    }

    @Test func organisationAndAddress() async throws {
        let rig = try await Rig(["--projects", "4"])
        let organisation = try rig.simulator.truth().organisation
        let other = "aaaaaaaaaaaaaaaaaaaaaaaa"
        rig.environment["MONGODB_ATLAS_ORG_ID"] = other
        try await rig.plan(expecting: 7)
        try await rig.keyshift(["plan", "fleet.csv", "--target", "target.yaml", "--job", "x.job"])
        rig.environment["MONGODB_ATLAS_ORG_ID"] = nil
        let words = ["plan", "fleet.csv", "--target", "target.yaml", "--job", "good.job"]
        let good = try await rig.keyshift(words)
        #expect(good.code == 0, "\(good.testDescription)")
        let answers = ["--yes", "--confirm-irreversible", "4"]
        rig.environment["MONGODB_ATLAS_ORG_ID"] = other
        let refused = try await rig.keyshift(["apply", "good.job"] + answers)
        #expect(refused.code == 7, "\(refused.testDescription)")
        rig.environment["MONGODB_ATLAS_ORG_ID"] = organisation
        let address = rig.environment["MONGODB_ATLAS_BASE_URL"]
        rig.environment["MONGODB_ATLAS_BASE_URL"] = "http://127.0.0.1:1"
        let elsewhere = try await rig.keyshift(["apply", "good.job"] + answers)
        #expect(elsewhere.code == 7, "\(elsewhere.testDescription)")
        rig.environment["MONGODB_ATLAS_BASE_URL"] = address
        #expect(try rig.simulator.changeCount() == 0)
        let applied = try await rig.keyshift(["apply", "good.job"] + answers + Rig.quickRun)
        #expect(applied.code == 0, "\(applied.testDescription)")
    }

    @Test func settings() async throws {
        let rig = try await Rig(["--projects", "12"])
        try await rig.plan()
        let first = try await rig.keyshift(
            ["apply", "fleet.job"] + rig.answers + Rig.quick + ["--rate", "10/s", "--max-duration", "500ms"])
        #expect(first.code == 5, "\(first.testDescription)")
        let before = rig.simulator.logSize
        for flags in [
            "--rate 11/s", "--rate none", "--concurrency 17", "--backoff-base 1s", "--max-attempts 9",
            "--verify-patience 1s", "--propagation-patience 1s", "--outage-patience 1s", "--backoff-cap 1s",
            "--no-verify",
        ] {
            try await rig.resume(flags.split(separator: " ").map(String.init), expecting: 64)
        }
        try await rig.resume(["--approve", "sha256:0"], expecting: 7)
        #expect(rig.simulator.logSize == before)
        try await rig.resume(["--concurrency", "2", "--rate", "9/s", "--backoff-base", "50ms"], expecting: 0)
        try Audit(rig).rowsAreTrue()
    }
}
