import RunSimulation
import Testing

/// Goal: every checker fires. Method: for each rule a run with one mistake in it that breaks the rule; the simulation
/// must find it within 500 seeds, in the words of that rule's own checker.
@Suite struct MutantTests {
    private static let seedLimit: UInt64 = 500

    @Test(arguments: Mutant.all)
    func isCaught(mutant: Mutant) throws {
        for seed in 1...Self.seedLimit {
            let problems = try Seed.play(seed, seams: mutant.seams()).problems
            guard let problem = problems.first(where: { $0.contains(mutant.complaint) }) else { continue }
            print("mutant \"\(mutant.name)\" caught after \(seed) seeds: \(problem)")
            return
        }
        Issue.record("\(mutant.name): not caught in \(Self.seedLimit) seeds")
    }
}
