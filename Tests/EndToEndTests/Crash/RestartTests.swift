import Foundation
import Testing

/// Goal: a server that dies and comes back at the same address costs time and nothing else. Method: the simulator, which
/// keeps its state, is killed with -9 in the middle of a run and started again, five times.
@Suite(.aFewAtATime) struct RestartTests {
    @Test(arguments: [false, true]) func theServerDiesAndComesBack(hasAPIKey: Bool) async throws {
        let rig = try await Rig(["--projects", "120", "--latency", "2ms..20ms", "--state", "state.json"])
        if hasAPIKey { rig.useAPIKey() }
        try await rig.plan()
        // Slow enough to be met in the middle by a test that is not always awake.
        let apply = try rig.start(["apply", "fleet.job"] + rig.answers + Rig.quickRun + ["--rate", "15/s"])
        var times: [Int64] = []
        for count in [10, 30, 50, 70, 90] {
            try await eventually("\(count) PATCHes have come") {
                try !apply.isRunning || rig.simulator.changeCount() >= count
            }
            #expect(apply.isRunning)
            try await rig.simulator.crash()
            times.append(Rig.now)
            try await rig.simulator.restart()
        }
        var ended = try await apply.end()
        if ended.code == 6 { ended = try await rig.resumeToTheEnd().last }
        #expect(ended.code == 0, "\(ended.testDescription)")
        let audit = try await rig.prove(killedAt: times)
        #expect(audit.counts == ["changed": 120])
    }

    /// Nothing stays open for long at an address where nobody answers any more.
    @Test func theServerDiesForGood() async throws {
        let rig = try await Rig(["--projects", "400", "--latency", "2ms..20ms", "--state", "state.json"])
        try await rig.plan()
        let apply = try rig.start(
            ["apply", "fleet.job"] + rig.answers + Rig.quickRun + ["--outage-patience", "500ms"])
        try await eventually("it has begun") { try rig.simulator.changeCount() > 10 }
        try await rig.simulator.crash()
        let time = Rig.now
        let ended = try await apply.end(within: .seconds(20))
        let unknown = try rig.results().contains { $0["result"] == "unknown" }
        #expect(ended.code == (unknown ? 6 : 4), "\(ended.testDescription)")
        #expect(ended.err.contains("Atlas does not answer"), "\(ended.testDescription)")
        #expect(ended.err.contains("--accept-failures"), "\(ended.testDescription)")
        try await rig.simulator.restart()
        try await rig.resume(["--accept-failures"], expecting: 0)
        try await rig.prove(killedAt: [time])
    }
}
