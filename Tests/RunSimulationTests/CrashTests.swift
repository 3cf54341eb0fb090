import AtlasAPI
import MigrationCore
import RunSimulation
import Testing

/// Goal: a death at any moment costs nothing. Method: the same run again and again, dying at its first commit, its
/// second, its third …, before or after it takes effect, until a run gets to its end alive; each is resumed and must
/// come to the same results as the run that nobody disturbed.
@Suite struct CrashTests {
    @Test(arguments: [(UInt64(3), false), (3, true), (11, false), (11, true)])
    func aDeathAtEveryCommit(seed: UInt64, isAfter: Bool) throws {
        var input = SimulatedCase(calm: seed)
        input.hasHazards = false
        input.projects = 5
        input.deaths = []
        let undisturbed = try SimulatedRun(input)
        #expect(try undisturbed.play() == [])
        let wanted = undisturbed.job.rows.map(\.result)
        // Commits of the whole run, plan included; later numbers are never reached.
        for number in 1...undisturbed.job.commits {
            input.deaths = [.atCommit(number, isAfter: isAfter)]
            let run = try SimulatedRun(input)
            #expect(try run.play() == [], "seed \(seed), death at commit \(number)")
            #expect(run.job.rows.map(\.result) == wanted, "seed \(seed), death at commit \(number)")
        }
    }
}
