import TargetFiles
import AtlasAPI
import AtlasSimulation
import MigrationCore
import RunSimulation
import Testing

/// Goal: one project that goes wrong stops the rest, in every one of 1,000 seeds each. Method: calm runs in which one
/// project of the first or second wave meets a fault that does not pass; one run, to whatever end, watched by the rules'
/// own count.
@Suite struct RuleTests {
    private static let seeds: UInt64 = 1000

    /// A plan of its own for each seed, and the project that is to go wrong.
    private static func played(
        _ seed: UInt64, fault: String, _ settings: (inout RunSettings) -> Void
    ) throws -> (run: SimulatedRun, culprit: MemoryJob.Row, problems: [String])? {
        var input = SimulatedCase(calm: seed)
        input.storm = .calm
        input.hasHazards = false
        input.hidesAWSRole = false
        input.projects = 3 + Int(seed % 8)
        input.deaths = []
        input.settings.maxFailures = .count(Int(seed % 3))
        settings(&input.settings)
        let planned = try SimulatedRun(input)
        try planned.playPlan()
        let open = planned.job.rows.filter { $0.item?.change != nil }
        // The first two waves of "1,1,rest" or the like; the last project has nobody after it.
        guard open.count > 2 else { return nil }
        let culprit = open[Int(seed / 8) % 2]
        input.scripts = [culprit.project.text: ["PATCH": Array(repeating: fault, count: 30)]]
        let run = try SimulatedRun(input)
        try run.playPlan()
        let problems = try run.playApply()
        return (run, run.job.rows[culprit.ordinal - 1], problems)
    }

    @Test func aFailureInAWaveStopsBeforeTheNext() throws {
        var count = 0
        for seed in 1...Self.seeds {
            let pattern = ["1,1,rest", "1,2,rest", "2,rest"].compactMap { WavePattern($0) }[Int(seed % 3)]
            guard
                let (run, culprit, problems) = try Self.played(
                    seed, fault: "400", { $0.waves = .pattern(pattern) })
            else { continue }
            // Nobody comes after the last wave.
            guard let wave = culprit.wave, run.job.rows.contains(where: { ($0.wave ?? 0) > wave }) else {
                continue
            }
            count += 1
            #expect(problems == [], "seed \(seed)")
            #expect(culprit.result == .failed, "seed \(seed)")
            let halts = run.job.halts.map(\.cause)
            #expect(halts == [.waveGate] || halts == [.failureBudget], "seed \(seed): \(halts)")
            for row in run.job.rows where (row.wave ?? 0) > wave {
                #expect(row.result == .pending && row.attempts.isEmpty, "seed \(seed): \(row.project)")
                #expect(run.atlas.fleet[row.project.text]?.patchesSeen == 0)
            }
        }
        #expect(count > 500)
    }

    @Test func aKeyThatDoesNotWorkStopsAllStarts() throws {
        var count = 0
        for seed in 1...Self.seeds {
            guard
                let (run, culprit, problems) = try Self.played(
                    seed, fault: "never-valid", { $0.maxFailures = .count(1000) })
            else { continue }
            count += 1
            #expect(problems == [], "seed \(seed)")
            #expect(culprit.outcome?.reason == .notValidAfterChange, "seed \(seed): \(culprit.result)")
            #expect(run.job.halts.map(\.cause) == [.notValidAfterChange], "seed \(seed)")
        }
        #expect(count > 500)
    }

    @Test func aHaltSaysItsArithmetic() throws {
        for seed in 1...Self.seeds / 10 {
            guard
                let (run, _, _) = try Self.played(
                    seed, fault: "400", { ($0.maxFailures, $0.concurrency) = (.count(0), 1) })
            else { continue }
            let halt = try #require(run.job.halts.first)
            let tried = run.job.rows.count { $0.outcome != nil }
            #expect(halt.detail == "failed 1 of \(tried) tried; limit 0", "seed \(seed)")
        }
    }
}
