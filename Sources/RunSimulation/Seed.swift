import MigrationCore

/// One seed, from its draw to its verdict.
package enum Seed {
    /// - Returns: what is wrong; empty when all is well. The run is given for its history.
    /// - Throws: what the job file throws, for a case that keeps one.
    package static func play(
        _ seed: UInt64, seams: Seams = Seams()
    ) throws -> (run: SimulatedRun, problems: [String]) {
        let input = SimulatedCase(seed: seed)
        let run = try SimulatedRun(input, seams: seams)
        let problems = try run.play()
        guard problems.isEmpty, input.isComparable else { return (run, problems) }
        return (run, try differences(run))
    }

    private static func words(_ row: MemoryJob.Row) -> String {
        [row.result.rawValue, row.outcome?.reason?.rawValue, row.outcome?.verified.rawValue]
            .compactMap { $0 }.joined(separator: " ")
    }

    /// A run that was killed and resumed comes to the same results as one that nobody disturbed.
    private static func differences(_ run: SimulatedRun) throws -> [String] {
        var input = run.input
        input.deaths = []
        input.planDeaths = []
        let undisturbed = try SimulatedRun(input)
        let problems = try undisturbed.play()
        guard problems.isEmpty else { return problems.map { "undisturbed: \($0)" } }
        return zip(run.job.rows, undisturbed.job.rows).filter { words($0) != words($1) }.map {
            "\($0.project): \(words($0)) after the deaths, \(words($1)) without"
        }
    }
}

extension SimulatedCase {
    /// Whether the results are settled by the seed alone. Only a part of the seeds is compared: it costs a run more.
    var isComparable: Bool {
        seed % 8 == 0 && !hasHazards && !hidesAWSRole && weather.outages.isEmpty
            && !(deaths.isEmpty && planDeaths.isEmpty)
    }
}
