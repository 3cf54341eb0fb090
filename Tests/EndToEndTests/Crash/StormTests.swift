import Foundation
import Testing

/// A fleet in a storm, killed in the middle, ends with one true result for each project; run on 200 projects and on
/// 20 other seeds of 40, and held against the simulator's truth.
@Suite(.aFewAtATime) struct StormTests {
    @Test func twoHundredProjects() async throws {
        let rig = try await Rig([
            "--projects", "200", "--scenario", "google-mixed", "--storm", "stormy", "--seed", "7",
        ])
        try await rig.plan()
        let shown = try await rig.keyshift(["show", "fleet.job"])
        #expect(shown.code == 0)
        #expect(try rig.simulator.changeCount() == 0)
        #expect(try rig.irreversible == 128)
        let time = try await killedInTheMiddle(rig, afterChanges: 40)
        let resumed = try await rig.resumeToTheEnd().last
        // Some projects of this fleet are blocked on purpose.
        #expect(resumed.code == 3, "\(resumed.testDescription)")
        let report = try await rig.keyshift(["report", "fleet.job", "--format", "csv"])
        let audit = try Audit(rig, rows: try Sheet(report.out).rows)
        audit.rowsAreTrue(killedAt: [time])
        audit.changesFollowReads()
        try audit.changesHaveIntents(rig.job)
        #expect(audit.rows.count == 200 && audit.counts["changed"] == 128, "\(audit.counts)")
        #expect(try rig.folder.text("fleet.results.csv") == report.out)
    }

    @Test(arguments: 100..<120) func seeds(seed: Int) async throws {
        let rig = try await Rig(
            ["--projects", "40", "--scenario", "google-mixed", "--storm", "stormy", "--seed", "\(seed)"])
        try await rig.plan()
        let time = try await killedInTheMiddle(rig, afterChanges: 3 + seed % 14)
        let resumed = try await rig.resumeToTheEnd().last
        #expect([0, 3].contains(resumed.code), "\(resumed.testDescription)")
        let audit = try Audit(rig)
        audit.rowsAreTrue(killedAt: [time])
        audit.changesFollowReads()
        try audit.changesHaveIntents(rig.job)
        #expect(try audit.counts["changed"] == rig.irreversible, "\(audit.counts)")
    }

    /// - Returns: when it was killed, in milliseconds since 1970.
    private func killedInTheMiddle(_ rig: Rig, afterChanges count: Int) async throws -> Int64 {
        let apply = try rig.start(["apply", "fleet.job"] + rig.answers + Rig.quickRun)
        try await eventually("\(count) PATCHes have come") {
            try !apply.isRunning || rig.simulator.changeCount() >= count
        }
        apply.kill(SIGKILL)
        let time = Int64(Date().timeIntervalSince1970 * 1000)
        let end = try await apply.end()
        #expect(end.signal == SIGKILL, "\(end.testDescription)")
        return time
    }
}
