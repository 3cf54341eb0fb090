import Foundation
import Testing

/// What is the whole run's trouble stops the whole run, with its exit code, and `resume` goes on as the contract says;
/// by scripted faults and windows of failure.
@Suite(.aFewAtATime) struct HaltTests {
    private static let oneByOne = ["--concurrency", "1"]

    @Test func aKeyThatNeverWorksHalts() async throws {
        let rig = try await Rig.scripted(["2": ["PATCH": ["never-valid"]]], projects: 5)
        try await rig.plan()
        let words = try ["apply", "fleet.job"] + rig.answers + Rig.quick.dropLast(2) + Self.oneByOne
        let ended = try await rig.keyshift(words + ["--rate", "none", "--verify-patience", "400ms"])
        #expect(ended.code == 4, "\(ended.testDescription)")
        // Told at the first bad read, by name and with a clock time, before the check's patience is over.
        let told = ended.err.split(separator: "\n").filter { $0.contains("ATTENTION") }
        #expect(told.count == 1, "\(ended.testDescription)")
        #expect(
            told.first?.firstMatch(
                of: /\([0-9a-f]{24}\).* until [0-9:]{8} UTC\..* databases from [0-9:]{8} UTC on/) != nil,
            "\(ended.testDescription)")
        // To look and to fix come before going on in spite of it.
        let steps = ["keyshift report", "keyshift retry", "--accept-failures"].map {
            ended.err.range(of: $0)?.lowerBound
        }
        #expect(steps.allSatisfy { $0 != nil } && steps.compactMap { $0 } == steps.compactMap { $0 }.sorted())
        #expect(!ended.out.contains("--accept-failures\n"), "\(ended.testDescription)")
        var rows = try rig.results()
        #expect(rows.map { $0["result"] } == ["changed", "failed", "pending", "pending", "pending"])
        #expect(rows[1]["reason"] == "not_valid_after_change" && rows[1]["verified"] == "read_back")
        try await staysHalted(rig)
        try await rig.resume(["--accept-failures"], expecting: 3)
        rows = try rig.results()
        #expect(rows.map { $0["result"] } == ["changed", "failed", "changed", "changed", "changed"])
    }

    @Test func someoneElsesEditAfterTheChangeHalts() async throws {
        let rig = try await Rig.scripted(["1": ["PATCH": ["foreign-edit"]]], projects: 3)
        try await rig.plan()
        let words = try ["apply", "fleet.job"] + rig.answers + Rig.quick.dropLast(2) + Self.oneByOne
        let ended = try await rig.keyshift(words + ["--rate", "none", "--verify-patience", "400ms"])
        #expect(ended.code == 4, "\(ended.testDescription)")
        let rows = try rig.results()
        #expect(rows[0]["result"] == "failed" && rows[0]["reason"] == "collateral_change", "\(rows[0])")
        #expect(rows[2]["result"] == "pending")
        try await staysHalted(rig)
    }

    @Test func someoneElsesEditBeforeTheLookIsDrift() async throws {
        let rig = try await Rig.scripted(["1": ["GET": [nil, nil, nil, nil, "foreign-edit"]]], projects: 3)
        try await rig.plan()
        try await rig.apply(expecting: 3)
        let rows = try rig.results()
        #expect(rows.map { $0["result"] } == ["drifted", "changed", "changed"])
        #expect(rows[0]["reason"] == "state_changed")
        #expect(try rig.simulator.truth().projects[0].patchesSeen == 0)
    }

    /// `resume` and `apply` refuse a halted job without a request.
    private func staysHalted(_ rig: Rig) async throws {
        let before = rig.simulator.logSize
        try await rig.resume(expecting: 4)
        let applied = try await rig.keyshift(["apply", "fleet.job"])
        #expect(applied.code == 4, "\(applied.testDescription)")
        #expect(rig.simulator.logSize == before)
    }

    @Test func fiveEqualRefusalsHalt() async throws {
        let rig = try await Rig.scripted(["*": ["PATCH": ["400"]]], projects: 12)
        try await rig.plan()
        let ended = try await rig.apply(["--concurrency", "1"])
        #expect(ended.code == 4, "\(ended.testDescription)")
        let results = try rig.results().map { $0["result"] }
        #expect(results.filter { $0 == "failed" }.count == 5)
        #expect(results.filter { $0 == "pending" }.count == 7)
        try await staysHalted(rig)
    }

    @Test func anOutageIsWaitedFor() async throws {
        let rig = try await Rig([
            "--projects", "200", "--latency", "5ms..20ms", "--during", "150ms..1500ms=503", "--state",
            "state.json",
        ])
        let planned = try await rig.plan()
        #expect(planned.err.contains("Atlas answers again"), "\(planned.testDescription)")
        try await rig.simulator.stop()
        try await rig.simulator.restart()
        let ended = try await rig.apply(expecting: 0)
        #expect(ended.err.contains("Atlas answers again"), "\(ended.testDescription)")
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        audit.changesFollowReads()
        #expect(audit.counts == ["changed": 200])
    }

    /// Slow starts, waves of one and last projects meet single failures like all others.
    @Test func aStormInWavesIsNoOutage() async throws {
        let rig = try await Rig([
            "--projects", "200", "--storm", "stormy", "--seed", "11", "--state", "state.json",
        ])
        let planned = try await rig.plan()
        let ended = try await rig.keyshift(
            ["apply", "fleet.job", "--yes", "--confirm-irreversible", "200", "--rate", "none"] + Rig.quick
                + ["--wave-soak", "100ms"])
        #expect(ended.code == 0, "\(ended.testDescription)")
        for run in [planned, ended] {
            #expect(!run.err.contains("does not answer"), "\(run.testDescription)")
        }
        #expect(ended.err.contains("Wave 4 begins"))
        try await rig.prove()
    }

    @Test func anOutageInAWaveOfOneIsHeldAndSurvived() async throws {
        // Of apply: its first probe is good, and four reads fail, with the probes that they make it ask.
        let rig = try await Rig.scripted(
            [
                "1": ["GET": [nil, nil, nil] + Array(repeating: "503", count: 4)],
                "orgs": ["GET": [nil, nil] + Array(repeating: "503", count: 5)],
            ], projects: 4, flags: ["--state", "state.json"])
        try await rig.plan()
        let ended = try await rig.keyshift(
            ["apply", "fleet.job", "--yes", "--confirm-irreversible", "4", "--rate", "none"] + Rig.quick
                + ["--waves", "1,rest", "--wave-soak", "0s"])
        #expect(ended.code == 0, "\(ended.testDescription)")
        #expect(
            ended.err.contains("does not answer") && ended.err.contains("Atlas answers again"),
            "\(ended.testDescription)")
        try await rig.prove()
        #expect(try rig.simulator.truth().projects.allSatisfy { $0.patchesSeen == 1 })
    }

    @Test func anOutageWithoutEndHalts() async throws {
        let rig = try await Rig(["--projects", "300", "--latency", "5ms..20ms", "--state", "state.json"])
        try await rig.plan()
        try await rig.simulator.stop()
        try await rig.simulator.restart(["--during", "200ms..1h=503"])
        let ended = try await rig.apply(["--outage-patience", "600ms"])
        // A PATCH may have been on its way when the outage began: unknown (6) is told before halted (4).
        let unknown = try rig.results().contains { $0["result"] == "unknown" }
        #expect(ended.code == (unknown ? 6 : 4), "\(ended.testDescription)")
        try await rig.simulator.stop()
        try await rig.simulator.restart()
        try await rig.resume(expecting: 4)
        try await rig.resume(["--accept-failures"], expecting: 0)
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        audit.changesFollowReads()
        #expect(audit.counts == ["changed": 300])
    }

    @Test func anOutageHaltsThePlanToo() async throws {
        let rig = try await Rig(["--projects", "10", "--during", "0s..1h=503"])
        try await rig.plan(["--outage-patience", "400ms"], expecting: 4)
    }

    /// A halt of the reading is over when all is read: nothing was sent that a person could accept.
    @Test func aHaltOfTheReadingBindsNothing() async throws {
        let rig = try await Rig.scripted(
            ["2": ["PATCH": ["400"]]], projects: 5, flags: ["--state", "state.json"])
        try await rig.simulator.stop()
        try await rig.plan(["--outage-patience", "400ms"], expecting: 4)
        try await rig.simulator.restart()
        try await rig.plan()
        try await rig.apply(expecting: 3)
        let retry =
            ["retry", "fleet.job", "--only", "failed", "--yes", "--confirm-irreversible", "1"] + Rig.unruled
        try await rig.simulator.stop()
        let halted = try await rig.keyshift(retry + ["--outage-patience", "400ms"])
        #expect(halted.code == 4, "\(halted.testDescription)")
        let status = try await rig.keyshift(["status", "fleet.job", "--format", "json"])
        #expect(status.out.contains("\"halted\":null"), "\(status.testDescription)")
        try await rig.simulator.restart()
        let again = try await rig.keyshift(retry)
        #expect(again.code == 0, "\(again.testDescription)")
        #expect(try rig.results().allSatisfy { $0["result"] == "changed" })
        try await rig.prove()
    }

    @Test func nobodyListens() async throws {
        let rig = try await Rig(["--projects", "10", "--state", "state.json"])
        try await rig.plan()
        try await rig.simulator.stop()
        try await rig.apply(["--outage-patience", "400ms"], expecting: 4)
        #expect(try rig.results().allSatisfy { $0["result"] == "pending" })
        try await rig.simulator.restart()
        try await rig.resume(["--accept-failures"], expecting: 0)
        try Audit(rig).rowsAreTrue()
    }

    @Test func theAccessListStopsTheRun() async throws {
        let rig = try await Rig.scripted(["2": ["PATCH": ["403"]]], projects: 5)
        try await rig.plan()
        let words = try ["apply", "fleet.job"] + rig.answers + Rig.quick.dropLast(2) + Self.oneByOne
        let ended = try await rig.keyshift(words + ["--rate", "none"])
        #expect(ended.code == 10, "\(ended.testDescription)")
        #expect(ended.err.contains("127.0.0.1"), "\(ended.testDescription)")
        #expect(
            try rig.results().map { $0["result"] } == ["changed", "pending", "pending", "pending", "pending"])
        try await rig.resume(expecting: 0)
        try Audit(rig).rowsAreTrue()
    }

    @Test func aRefusedTokenIsReplacedOnce() async throws {
        let rig = try await Rig.scripted(["1": ["PATCH": ["401"]]], projects: 6)
        try await rig.plan()
        let before = try rig.simulator.truth().tokensIssued
        try await rig.apply(expecting: 0)
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        #expect(audit.truth.tokensIssued - before == 2)
    }

    @Test func aProjectThatRefusesEveryTokenFailsAlone() async throws {
        let rig = try await Rig.scripted(["1": ["PATCH": ["401", "401", "401"]]], projects: 6)
        try await rig.plan()
        try await rig.apply(expecting: 3)
        let rows = try rig.results()
        #expect(rows[0]["result"] == "failed" && rows[0]["http_status"] == "401", "\(rows[0])")
        #expect(rows.filter { $0["result"] == "changed" }.count == 5)
    }
}
