import ArgumentParser
import AtlasAPI
import RunSimulation

/// Plays seeds: whole runs under simulated time, with faults, crashes and restarts.
@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyshift-simulate",
        abstract: "Play whole runs under simulated time, one for each seed, and check every rule.")

    @Option(help: "How many seeds.") var seeds = 2000
    @Option(help: "The first seed.") var seed: UInt64 = 1
    @Flag(help: "Stop at the first seed that fails.") var first = false

    func run() throws {
        let clock = ContinuousClock()
        let began = clock.now
        var failed: [UInt64] = []
        for number in seed..<(seed + UInt64(seeds)) {
            let run = SimulatedRun(SimulatedCase(seed: number))
            let problems = run.play()
            guard !problems.isEmpty else { continue }
            failed.append(number)
            Self.say("seed \(number): \(problems.count) problems")
            for problem in problems.prefix(5) { Self.say("    \(problem)") }
            if first {
                tell(run, problems)
                break
            }
        }
        let seconds = Double((clock.now - began).components.seconds) + 0.001
        Self.say("\(seeds) seeds, \(failed.count) failed, \(Int(Double(seeds) / seconds)) seeds/s")
        if !failed.isEmpty { throw ExitCode(1) }
    }

    /// The history of the first project that a problem names.
    private func tell(_ run: SimulatedRun, _ problems: [String]) {
        Self.say("    \(run.input)")
        let ids = run.job.rows.map(\.project.text)
        guard let id = ids.first(where: { id in problems.contains { $0.contains(id) } }) else { return }
        for line in run.history(of: id) { Self.say("    \(line)") }
    }

    private static func say(_ text: String) { Swift.print(text) }
}
