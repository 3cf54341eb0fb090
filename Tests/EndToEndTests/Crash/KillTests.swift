import Foundation
import Testing

/// 2,000 projects in a storm, killed with -9 ten times at moments drawn from a seed, lose nothing and send nothing
/// twice; counted in the simulator's log of all requests.
@Suite(.aFewAtATime) struct KillTests {
    private static let flags = ["--concurrency", "64", "--backoff-base", "50ms", "--backoff-cap", "400ms"]
    private static let timeout = ["--request-timeout", "700ms"]

    @Test func tenKills() async throws {
        let began = ContinuousClock.now
        let rig = try await Rig([
            "--projects", "2000", "--scenario", "google-mixed", "--storm", "stormy", "--seed", "2000",
            "--hang", "1s",
        ])
        var dice = SystemlessDice(state: 20_260_101)
        let plan =
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"] + Self.flags + Self.timeout
        var times: [Int64] = []
        for _ in 0..<2 { times += try await killed(rig, plan, afterBytes: 60_000 + dice.next(900_000)) }
        let planned = try await rig.keyshift(plan, within: .seconds(120))
        #expect(planned.code == 0, "\(planned.testDescription)")
        let planTime = ContinuousClock.now - began

        // More tries than by default: a kill costs a project one, and the storm alone may take four.
        let apply =
            try ["apply", "fleet.job"] + rig.answers + Self.flags + Self.timeout
            + ["--rate", "none", "--verify-patience", "20s", "--max-attempts", "12"]
        let resume = ["resume", "fleet.job"] + Self.timeout
        for number in 0..<10 {
            times += try await killed(
                rig, number == 0 ? apply : resume, afterBytes: 2000 + dice.next(260_000))
        }
        let (last, runs) = try await rig.resumeToTheEnd()
        #expect(last.code == 3, "\(last.testDescription)")

        let audit = try Audit(rig)
        audit.rowsAreTrue(killedAt: times)
        #expect(try audit.counts["changed"] == rig.irreversible, "\(audit.counts)")
        let figures = audit.changesFollowReads()
        try audit.changesHaveIntents(rig.job)
        let unfinished: Int? = try rig.job.value("SELECT count(*) FROM run WHERE ended_at IS NULL")
        #expect(unfinished == 12)
        print(
            """
            kills: \(audit.log.count) requests, \(figures.changes) PATCHes for \(try rig.irreversible) projects, \
            \(figures.afterUnknown) of them after an unknown outcome and its look; 12 kills, \(runs) runs to the end; \
            \(audit.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")); \
            plan \(planTime), all \(ContinuousClock.now - began)
            """)
    }

    /// Runs until the simulator's log has grown by so much, and kills.
    /// - Returns: when, in milliseconds since 1970.
    private func killed(_ rig: Rig, _ words: [String], afterBytes growth: Int) async throws -> [Int64] {
        let before = rig.simulator.logSize
        let program = try rig.start(words)
        try await eventually("the log has grown by \(growth)", within: .seconds(90), every: .milliseconds(1))
        {
            !program.isRunning || rig.simulator.logSize >= before + growth
        }
        program.kill(SIGKILL)
        let time = Int64(Date().timeIntervalSince1970 * 1000)
        let end = try await program.end()
        #expect(end.signal == SIGKILL, "\(end.testDescription)")
        return [time]
    }
}

/// A small generator (Dice) whose numbers are the same everywhere.
struct SystemlessDice {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
