import Foundation
import Testing

/// Goal: a run that stood still for longer than all its time-outs goes on to true results. Method: SIGSTOP and SIGCONT,
/// to keyshift and to the simulator, three times each in the middle of requests.
@Suite(.aFewAtATime) struct FrozenTests {
    private static let short = [
        "--request-timeout", "500ms", "--connect-timeout", "500ms", "--backoff-base", "50ms", "--backoff-cap",
        "200ms", "--verify-patience", "1s", "--propagation-patience", "1s", "--rate", "30/s",
    ]
    /// Longer than each of them, and than a token's life.
    private static let freeze = Duration.milliseconds(2500)

    private func frozenThrice(
        _ whom: (Rig, Program) -> Program, _ more: [String]
    ) async throws -> (rig: Rig, ended: Ended) {
        let rig = try await Rig([
            "--projects", "60", "--latency", "20ms..60ms", "--token-life", "2s", "--state", "state.json",
        ])
        try await rig.plan()
        let apply = try rig.start(["apply", "fleet.job"] + rig.answers + Self.short + more)
        for count in [5, 20, 35] {
            try await eventually("\(count) PATCHes have come") {
                try !apply.isRunning || rig.simulator.changeCount() >= count
            }
            #expect(apply.isRunning)
            whom(rig, apply).kill(SIGSTOP)
            // Time has to pass: it is what the test is about.
            try await Task.sleep(for: Self.freeze)
            whom(rig, apply).kill(SIGCONT)
        }
        return (rig, try await apply.end())
    }

    @Test func keyshift() async throws {
        let (rig, ended) = try await frozenThrice({ $1 }, ["--outage-patience", "1s"])
        #expect(ended.code == 0, "\(ended.testDescription)")
        let audit = try await rig.prove()
        #expect(audit.counts == ["changed": 60])
        #expect(audit.truth.projects.allSatisfy { $0.patchesApplied == 1 })
    }

    @Test func theOtherEnd() async throws {
        let (rig, ended) = try await frozenThrice({ rig, _ in rig.simulator.program }, [])
        var last = ended
        if last.code == 6 { last = try await rig.resumeToTheEnd().last }
        #expect(last.code == 0, "\(last.testDescription)")
        let audit = try await rig.prove()
        #expect(audit.counts == ["changed": 60])
    }
}
