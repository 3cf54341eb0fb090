import ArgumentParser
import AtlasAPI
import RunSimulation

/// Plays seeds: whole runs under simulated time, with faults, crashes and restarts.
@main
struct Seeds: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyshift-seeds",
        abstract: "Play whole runs under simulated time, one for each seed, and check every rule.")

    @Option(help: "How many seeds.") var seeds = 2000
    @Option(help: "The first seed.") var seed: UInt64 = 1
    @Option(help: "From one seed to the next, for several processes that share a range.") var step: UInt64 = 1
    @Flag(help: "Go on after a seed that fails.") var all = false

    func validate() throws {
        if step == 0 { throw ValidationError("--step must be 1 or more.") }
        if seeds < 1 { throw ValidationError("--seeds must be 1 or more.") }
        let (span, isTooLong) = step.multipliedReportingOverflow(by: UInt64(seeds))
        if isTooLong || seed.addingReportingOverflow(span).overflow {
            throw ValidationError("there are no seeds beyond \(UInt64.max).")
        }
    }

    func run() throws {
        var failed = 0
        var played = 0
        for count in 0..<UInt64(max(0, seeds)) {
            let number = seed + count * step
            let (run, problems) = try Seed.play(number)
            played += 1
            guard !problems.isEmpty else { continue }
            failed += 1
            tell(number, run, problems)
            if !all { break }
        }
        Self.say("played \(played)")
        if failed > 0 { throw ExitCode(1) }
    }

    /// The seed, what is wrong, and the history of the first project that a problem names.
    private func tell(_ number: UInt64, _ run: SimulatedRun, _ problems: [String]) {
        Self.say("seed \(number) failed: scripts/simulate --seed \(number) --seeds 1")
        for problem in problems.prefix(5) { Self.say("    \(problem)") }
        if all { return }
        Self.say("    \(run.input)")
        let ids = run.job.rows.map(\.project.text)
        guard let id = ids.first(where: { id in problems.contains { $0.contains(id) } }) else { return }
        for line in run.history(of: id) { Self.say("    \(line)") }
    }

    private static func say(_ text: String) { Swift.print(text) }
}
