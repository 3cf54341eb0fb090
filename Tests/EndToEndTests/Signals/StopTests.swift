import Foundation
import Testing

/// A run that is asked to stop starts nothing new, saves, writes the results and says how to go on; the second signal
/// leaves at once.
@Suite(.aFewAtATime) struct StopTests {
    @Test(arguments: [SIGINT, SIGTERM]) func firstSignal(signal: Int32) async throws {
        let rig = try await Rig(["--projects", "30", "--storm", "stormy", "--seed", "3"])
        try await rig.plan()
        let apply = try rig.start(
            ["apply", "fleet.job"] + rig.answers + Rig.quick + [
                "--rate", "20/s", "--events", "events.ndjson",
            ])
        try await eventually("it has begun") { try rig.simulator.changeCount() > 4 }
        apply.kill(signal)
        let ended = try await apply.end(within: .seconds(15))
        let rows = try rig.results()
        let unknown = rows.filter { $0["result"] == "unknown" }.count
        #expect(ended.code == (unknown > 0 ? 6 : 5), "\(ended.testDescription)")
        #expect(ended.printed.contains("keyshift resume fleet.job"), "\(ended.testDescription)")
        #expect(rows.count == 30 && rows.contains { $0["result"] == "pending" })
        #expect(rig.folder.has("fleet.failed.csv") == (unknown > 0))
        #expect(!rig.folder.has("fleet.job.lock") && !rig.folder.has("fleet.job-wal"))
        let resumed = try await rig.resumeToTheEnd().last
        #expect(resumed.code == 0, "\(resumed.testDescription)")
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        audit.changesFollowReads()
        try eventsAreJSON(rig)
    }

    private func eventsAreJSON(_ rig: Rig) throws {
        let lines = try rig.folder.text("events.ndjson").split(separator: "\n")
        // The signal came after the fifth PATCH.
        #expect(lines.count { $0.contains(#""event":"intent""#) } > 4)
        for line in lines {
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(event?["schema"] as? Int == 1 && event?["event"] is String, "\(line)")
        }
        #expect(try rig.folder.mode("events.ndjson") == 0o600)
    }

    @Test func secondSignal() async throws {
        // The first three come through, so that four are in flight after them.
        let rig = try await Rig.scripted(Rig.hanging(4...7), projects: 7, flags: ["--hang", "60s"])
        try await rig.plan()
        let apply = try rig.start(
            ["apply", "fleet.job"] + rig.answers + ["--backoff-base", "50ms", "--rate", "none"])
        try await eventually("they hang") { try rig.simulator.changeCount() == 7 }
        apply.kill(SIGINT)
        try await eventually("it has heard") { apply.err.contains("Stopping") }
        #expect(apply.isRunning)
        apply.kill(SIGINT)
        let ended = try await apply.end(within: .seconds(5))
        #expect(ended.code == 6, "\(ended.testDescription)")
        let status = try await rig.keyshift(["status", "fleet.job"])
        #expect(status.out.contains("4 unknown"), "\(status.testDescription)")
        let resumed = try await rig.resumeToTheEnd().last
        #expect(resumed.code == 0, "\(resumed.testDescription)")
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        #expect(audit.truth.projects.allSatisfy { $0.patchesSeen == 1 })
    }

    @Test func whilePlanning() async throws {
        let rig = try await Rig(["--projects", "300", "--latency", "5ms..10ms"])
        let words = ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"]
        let plan = try rig.start(words + ["--concurrency", "2"])
        try await eventually("some are read") { rig.simulator.logSize > 30_000 }
        plan.kill(SIGINT)
        let ended = try await plan.end(within: .seconds(10))
        #expect(ended.code == 5, "\(ended.testDescription)")
        try await rig.plan()
        #expect(try rig.irreversible == 300)
    }

    @Test func maxDuration() async throws {
        let rig = try await Rig(["--projects", "20"])
        try await rig.plan()
        let words = try ["apply", "fleet.job"] + rig.answers + Rig.quick + ["--rate", "10/s"]
        let first = try await rig.keyshift(words + ["--max-duration", "600ms"])
        #expect(first.code == 5, "\(first.testDescription)")
        let changed = try rig.results().filter { $0["result"] == "changed" }.count
        #expect((1..<20).contains(changed))
        try await rig.resume(["--max-duration", "300ms"], expecting: 5)
        try await rig.resume(["--events", "more.ndjson"], expecting: 0)
        try Audit(rig).rowsAreTrue()
        #expect(rig.folder.size("more.ndjson") > 0)
    }

    @Test func theRateIsKept() async throws {
        let rig = try await Rig.scripted(
            ["*": ["PATCH": ["500", "409"]]], projects: 8, flags: ["--latency", "0ms..40ms"])
        try await rig.plan()
        let ended = try await rig.keyshift(
            ["apply", "fleet.job"] + rig.answers + Rig.quick + ["--rate", "10/s"])
        #expect(ended.code == 0, "\(ended.testDescription)")
        let times = try rig.simulator.log().filter(\.isChange).map(\.time).sorted()
        #expect(times.count == 24)
        // Resends count too. Some slack for the machine's scheduling, none for bursts.
        #expect((times.last ?? 0) - (times.first ?? 0) >= 23 * 100 - 100)
        for (one, next) in zip(times, times.dropFirst(4)) { #expect(next - one >= 300, "\(times)") }
    }
}
