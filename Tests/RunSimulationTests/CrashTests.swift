import AtlasAPI
import MigrationCore
import RunSimulation
import Testing

/// Goal: a death at any moment costs nothing. Method: the same run again and again, dying at its first commit, its
/// second, its third …, before or after it takes effect, and at its first request, its second …, seen by the server or
/// not, until a run gets to its end alive; each is resumed and must come to the same results as the run that nobody
/// disturbed. One of the runs keeps a real job file, which is left as a killed process leaves it.
@Suite struct CrashTests {
    struct Point: Sendable, CustomTestStringConvertible {
        var seed: UInt64
        var testDescription: String
        var count: @Sendable (SimulatedRun) -> Int
        var death: @Sendable (Int) -> SimulatedCase.Death
        var keepsFile = false
    }

    static let points =
        [UInt64(3), 11].flatMap { seed in
            [false, true].flatMap { isLate in
                [
                    Point(
                        seed: seed, testDescription: "seed \(seed), commit, after: \(isLate)",
                        count: { $0.job.commits }, death: { .atCommit($0, isAfter: isLate) }),
                    Point(
                        seed: seed, testDescription: "seed \(seed), request, seen: \(isLate)",
                        count: { $0.requests }, death: { .atRequest($0, isSeen: isLate) }),
                ]
            }
        } + [
            Point(
                seed: 11, testDescription: "seed 11, commit to a job file", count: { $0.job.commits },
                death: { .atCommit($0, isAfter: true) }, keepsFile: true)
        ]

    @Test(arguments: points)
    func aDeathAtEvery(point: Point) throws {
        var input = SimulatedCase(calm: point.seed)
        input.hasHazards = false
        input.projects = 5
        input.deaths = []
        input.keepsFile = point.keepsFile
        let undisturbed = try SimulatedRun(input)
        #expect(try undisturbed.play() == [])
        let wanted = undisturbed.job.rows.map(\.result)
        // Those of the whole run, plan included; later numbers are never reached.
        for number in 1...point.count(undisturbed) {
            for isPlan in [false, true] {
                input.deaths = isPlan ? [] : [point.death(number)]
                input.planDeaths = isPlan ? [point.death(number)] : []
                let run = try SimulatedRun(input)
                #expect(try run.play() == [], "\(point.testDescription) \(number)")
                #expect(run.job.rows.map(\.result) == wanted, "\(point.testDescription) \(number)")
            }
        }
    }
}
