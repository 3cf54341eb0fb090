import AtlasAPI
package import AtlasSimulation
import JobRunner
package import MigrationCore

/// Plays one case with the production engine and loop: plan, apply, die, resume, to the end; and checks it.
package final class SimulatedRun {
    package let input: SimulatedCase
    package let job: MemoryJob
    package let clock = VirtualClock()
    private let transport: SimulatedTransport
    private let witness: Witness
    private var runs = 0
    package private(set) var end: RunEnd?

    private static let resumeLimit = 40

    package init(_ input: SimulatedCase) {
        self.input = input
        var options = SimulationOptions()
        options.hidesAWSRole = input.hidesAWSRole
        var faults = input.storm.plan
        if input.hasHazards { faults.rates.merge(Storm.hazards.mapValues { $0 * 20 }) { $1 } }
        let fleet = Fleet(count: input.projects, seed: input.seed, scenario: input.scenario)
        let atlas = SimulatedAtlas(fleet: fleet, faults: faults, seed: input.seed, options: options)
        transport = SimulatedTransport(atlas: atlas, clock: clock, seed: input.seed ^ 0x5EED)
        job = MemoryJob(projects: fleet.order.compactMap { ProjectID($0) })
        witness = Witness(job: job, clock: clock, input: input)
        transport.onSend = { [witness] in witness.left($0) }
        transport.onReply = { [witness] in witness.arrived($0, $1) }
    }

    package var atlas: SimulatedAtlas { transport.atlas }

    /// - Returns: what is wrong, one line each; empty when all is well.
    package func play() -> [String] {
        plan()
        for death in input.deaths { apply(death) }
        // Halts are for a person to accept; a person who always does comes to an end too.
        for _ in 0..<Self.resumeLimit {
            apply(nil)
            guard !job.halts.isEmpty else { break }
            job.acceptHalts()
        }
        return witness.problems + Audit(run: self).problems()
    }

    /// What happened to one project, for reading: the server's log and the job's attempts.
    package func history(of project: String) -> [String] {
        let entries = witness.log.filter { $0.project == project }.map { entry in
            let fault = ([entry.fault].compactMap { $0 } + entry.aftermath).joined(separator: "+")
            return
                "\(entry.time - 1_767_225_600_000) ms \(entry.method) \(entry.path.suffix(20)) \(entry.status) "
                + "\(entry.code ?? "") \(entry.delivery) \(fault)\(entry.applied ? " APPLIED" : "")"
        }
        let attempts = job.rows.first { $0.project.text == project }?.attempts ?? []
        return entries + attempts.map { "attempt \($0.number) \($0.verdict?.rawValue ?? "open")" }
    }

    private func plan() {
        let decision = PlanDecision(target: input.target, filter: Filter(), givenName: nil)
        for _ in 0..<Self.resumeLimit where job.rows.contains(where: { $0.item == nil }) {
            run(MemoryRows(job, decision: decision))
        }
    }

    private func apply(_ death: SimulatedCase.Death?) {
        job.dieAtCommit = nil
        transport.interruptions = []
        switch death {
        case .atCommit(let number, let isAfter)?: job.dieAtCommit = (job.commits + number, isAfter)
        case .signal(let milliseconds)?:
            transport.interruptions = [clock.instant + .milliseconds(milliseconds)]
        case nil: break
        }
        if !job.halts.isEmpty { job.acceptHalts() }
        run(MemoryRows(job, decision: nil))
        job.dieAtCommit = nil
    }

    private func run(_ rows: MemoryRows) {
        runs += 1
        let credentials = atlas.options.credentials
        var engine = Engine(
            credentials: input.usesAPIKey
                ? .apiKey(publicKey: credentials.publicKey, privateKey: Secret(credentials.privateKey))
                : .serviceAccount(clientID: credentials.clientID, secret: Secret(credentials.clientSecret)),
            organisation: job.organisation, settings: input.settings, seed: input.seed &+ UInt64(runs))
        let loop = RunLoop(
            journal: job, rows: rows, transport: transport, secrets: NoSecrets(), signals: nil,
            clock: { [clock] in clock.now }, deadline: nil,
            observe: { [witness] turn, engine, _ in witness.turned(turn, engine) })
        do {
            end = try loop.run(&engine)
        } catch {
            // The process is dead; the clock of the world goes on.
            end = nil
        }
        transport.dropClient()
        witness.clientEnded()
        clock.advance(to: clock.instant + .seconds(1))
    }
}

struct NoSecrets: SecretSource {
    func read(_ reference: String) throws -> Secret { Secret("none") }
}
