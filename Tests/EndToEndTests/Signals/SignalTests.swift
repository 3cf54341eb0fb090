import Foundation
import Testing

/// Goal: every way of asking a run to stop is heard, the second one at once, whichever comes first. Method: signals to
/// runs whose requests are slow or hang.
@Suite(.aFewAtATime) struct SignalTests {
    struct Pair: CustomTestStringConvertible, Sendable {
        var first: Int32
        var second: Int32
        var testDescription: String { "\(first), then \(second)" }
    }

    private static let pairs = [
        Pair(first: SIGINT, second: SIGINT), Pair(first: SIGTERM, second: SIGTERM),
        Pair(first: SIGINT, second: SIGTERM), Pair(first: SIGHUP, second: SIGINT),
    ]

    @Test(arguments: pairs) func theSecondLeavesAtOnce(_ pair: Pair) async throws {
        // The first three come through, so that four are in flight after them.
        let rig = try await Rig.scripted(
            Rig.hanging(4...7), projects: 7, flags: ["--hang", "60s", "--state", "state.json"])
        try await rig.plan()
        let apply = try rig.start(
            ["apply", "fleet.job"] + rig.answers + ["--backoff-base", "50ms", "--rate", "none"])
        try await eventually("they hang") { try rig.simulator.changeCount() == 7 }
        apply.kill(pair.first)
        try await eventually("it has heard") { apply.err.contains("Stopping") }
        #expect(apply.isRunning)
        apply.kill(pair.second)
        let ended = try await apply.end(within: .seconds(5))
        let time = Rig.now
        #expect(ended.code == 6, "\(ended.testDescription)")
        #expect(
            ended.err.contains("Left at once") && ended.err.contains("keyshift resume fleet.job"),
            "\(ended.testDescription)")
        let status = try await rig.keyshift(["status", "fleet.job"])
        #expect(status.out.contains("apply: left at once"), "\(status.testDescription)")
        #expect(try rig.job.integrity == "ok")
        let resumed = try await rig.resumeToTheEnd().last
        #expect(resumed.code == 0, "\(resumed.testDescription)")
        let audit = try await rig.prove(killedAt: [time])
        #expect(audit.truth.projects.allSatisfy { $0.patchesSeen == 1 })
    }

    @Test(arguments: [SIGTERM, SIGHUP]) func oneEndsInOrder(signal: Int32) async throws {
        let rig = try await Rig(["--projects", "30", "--state", "state.json"])
        try await rig.plan()
        let apply = try rig.start(["apply", "fleet.job"] + rig.answers + Rig.quick + ["--rate", "3/s"])
        try await eventually("it has begun") { try rig.simulator.changeCount() > 0 }
        apply.kill(signal)
        let ended = try await apply.end(within: .seconds(15))
        #expect(ended.code == 5 && ended.err.contains("Stopping"), "\(ended.testDescription)")
        #expect(ended.err.contains("keyshift resume fleet.job"), "\(ended.testDescription)")
        // What was open has ended and was looked at: nothing is unknown, and the job is one file.
        let results = Set(try rig.results().map { $0["result"] })
        #expect(results == ["changed", "pending"])
        #expect(!rig.folder.has("fleet.job-wal") && !rig.folder.has("fleet.job.lock"))
        try await rig.resume(expecting: 0)
        try await rig.prove()
    }

    @Test func nohupIsHonoured() async throws {
        let rig = try await Rig(["--projects", "15", "--state", "state.json"])
        try await rig.plan()
        let apply = try rig.start(
            shell: "trap '' HUP; exec \"$0\" \"$@\"",
            ["apply", "fleet.job"] + rig.answers + Rig.quick + ["--rate", "20/s"])
        try await eventually("it has begun") { try rig.simulator.changeCount() > 2 }
        apply.kill(SIGHUP)
        let ended = try await apply.end()
        #expect(ended.code == 0 && !ended.err.contains("Stopping"), "\(ended.testDescription)")
        try await rig.prove()
    }

    /// A signal that comes while the results are being written, or before the first request, loses nothing either.
    @Test(arguments: [0, 2, 5, 10, 20, 40, 80, 160]) func atAnyMoment(milliseconds: Int) async throws {
        let rig = try await Rig(["--projects", "12", "--state", "state.json"])
        try await rig.plan()
        let apply = try rig.start(["apply", "fleet.job"] + rig.answers + Rig.quickRun)
        try await eventually("it holds the job", every: .milliseconds(1)) {
            !apply.isRunning || rig.folder.size("fleet.job.lock") > 0
        }
        // The moment is the point of the test; whichever it is, the end must be one of these.
        try await Task.sleep(for: .milliseconds(milliseconds))
        apply.kill(SIGTERM)
        let ended = try await apply.end(within: .seconds(10))
        // Before the handlers are there a signal ends the process as ever.
        #expect(
            [0, 5].contains(ended.code) || ended.signal == SIGTERM, "\(ended.testDescription)")
        #expect(try rig.job.integrity == "ok")
        let again = try await rig.apply()
        #expect(again.code == 0, "\(again.testDescription)")
        try await rig.prove()
    }
}
