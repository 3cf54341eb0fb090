import Foundation
import Testing

/// Goal: a server that asks for hours gets its word kept and does not get the run: it is told at once what is asked and
/// what will happen, ends with 4 after its patience, and the next process keeps to it, also after a `kill -9`. Method:
/// the program against scripted answers.
@Suite(.aFewAtATime) struct ServerWaitTests {
    private static let patience = ["--outage-patience", "3s"]

    @Test(arguments: ["429-hours", "503-hours"], ["plan", "apply"])
    func hoursEndTheRunAfterItsPatience(fault: String, command: String) async throws {
        let isPlan = command == "plan"
        let answers: [String?] = isPlan ? [nil, nil, fault] : [fault]
        let rig = try await Rig.scripted(["1": [isPlan ? "GET" : "PATCH": answers]], projects: 2)
        if !isPlan { try await rig.plan() }
        let begun = ContinuousClock.now
        let ended =
            isPlan ? try await rig.plan(Self.patience, expecting: 4) : try await rig.apply(Self.patience)
        #expect(ContinuousClock.now - begun < .seconds(20))
        #expect(ended.code == (isPlan || fault == "429-hours" ? 4 : 6), "\(ended.testDescription)")
        for words in ["asks to wait 2h, until", "the run ends at", "with exit code 4", "--outage-patience"] {
            #expect(ended.err.contains(words), "\(words): \(ended.testDescription)")
        }
        let before = try requests(rig)
        let again =
            isPlan
            ? try await rig.plan(Self.patience, expecting: 4) : try await rig.resume(["--accept-failures"])
        #expect([4, 6].contains(again.code), "\(again.testDescription)")
        #expect(again.err.contains("earlier run") && again.err.contains("asks to wait 1h 59m"))
        #expect(try requests(rig) == before, "nobody asked the project again")
    }

    @Test func aKilledRunsHoldIsKept() async throws {
        let rig = try await Rig.scripted(["1": ["PATCH": ["429-long"]]], projects: 2)
        try await rig.plan()
        let program = try rig.start(
            try ["apply", "fleet.job"] + rig.answers + Rig.quickRun + [
                "--outage-patience", "4s", "--concurrency", "1",
            ])
        try await eventually("the hold is written down") {
            try (rig.job.value("SELECT count(*) FROM trouble WHERE step = 'hold'") ?? 0) > 0
        }
        program.kill(SIGKILL)
        _ = try await program.end(within: .seconds(20))
        let before = try requests(rig)
        let ended = try await rig.resume(expecting: 4)
        #expect(ended.err.contains("earlier run"), "\(ended.testDescription)")
        #expect(try requests(rig) == before)
    }

    /// Of the first project's settings.
    private func requests(_ rig: Rig) throws -> Int {
        let id = try rig.ids()[0]
        return try rig.simulator.log().count { $0.project == id && $0.isEncryption }
    }
}
