import TargetFiles
package import AtlasAPI
package import AtlasSimulation
import JobRunner
package import MigrationCore

/// Plays one case with the production engine and loop: plan, apply, die, resume, to the end; and checks it.
package final class SimulatedRun {
    package let input: SimulatedCase
    package let job: MemoryJob
    private let stored: StoredJob?
    private let clock: VirtualClock
    private let transport: SimulatedTransport
    private let witness: Witness
    private let seams: Seams
    private var runs = 0
    private var isApproved = false
    package private(set) var end: RunEnd?
    /// The server's time at the beginning and now.
    let begunAt: Int64
    var endedAt: Int64 { clock.serverTime }

    private static let resumeLimit = 40

    /// - Throws: what the job file throws, for a case that keeps one.
    package init(_ input: SimulatedCase, seams: Seams = Seams()) throws {
        self.input = input
        self.seams = seams
        var options = input.weather.options
        options.hidesAWSRole = input.hidesAWSRole
        var faults = input.storm.plan
        faults.windows = input.weather.outages
        faults.scripts = input.scripts
        // Not among the storms: outside of simulated time it would take its minute and a half.
        if input.storm != .calm { faults.rates[.limitedLong] = 0.01 }
        if input.hasHazards { faults.rates.merge(Storm.hazards.mapValues { $0 * 20 }) { $1 } }
        let fleet = Fleet(count: input.projects, seed: input.seed, scenario: input.scenario)
        let atlas = SimulatedAtlas(fleet: fleet, faults: faults, seed: input.seed, options: options)
        clock = VirtualClock(jumps: input.weather.clockJumps)
        begunAt = clock.serverTime
        transport = SimulatedTransport(atlas: atlas, clock: clock, seed: input.seed ^ 0x5EED)
        job = MemoryJob(projects: fleet.order.compactMap { ProjectID($0) })
        stored = input.keepsFile ? try StoredJob(projects: job.rows.map(\.project)) : nil
        job.twin = stored.map { seams.file($0) }
        witness = Witness(job: job, clock: clock, input: input)
        transport.pauses = input.weather.pauses
        transport.onSend = { [witness] in witness.left($0) }
        transport.onReply = { [witness] in witness.arrived($0, $1) }
        transport.onDeath = { [job] in job.isDead = true }
        transport.onStandstill = { [job, witness] in
            witness.stoodStill()
            job.isDead = true
        }
    }

    package var atlas: SimulatedAtlas { transport.atlas }
    /// Sent so far, over all processes.
    package var requests: Int { transport.count }

    /// - Returns: what is wrong, one line each; empty when all is well.
    package func play() throws -> [String] {
        try plan()
        for death in input.deaths where !witness.isHopeless { try apply(death) }
        // Halts are for a person to accept; a person who always does comes to an end too.
        for _ in 0..<Self.resumeLimit where !witness.isHopeless {
            try apply(nil)
            guard !job.halts.isEmpty || isWorthResuming || isRefused else { break }
        }
        guard !witness.isHopeless else { return witness.problems }
        if job.halts.isEmpty, end != .completed {
            witness.complain("the last run ended with \(end.map { "\($0)" } ?? "nothing")")
        }
        let inFile = try stored?.differences(from: job) ?? []
        return witness.problems + Audit(run: self).problems() + inFile
    }

    /// Changes the world behind the tool's back.
    package func edit(_ change: (inout SimulatedAtlas) -> Void) { change(&transport.atlas) }

    /// Reads every project, and no more.
    package func playPlan() throws { try plan() }

    /// One run over a plan that is there, to whatever end; a halt before it is accepted.
    /// - Returns: what is wrong so far.
    package func playApply() throws -> [String] {
        try apply(nil)
        return witness.problems
    }

    /// An outage may leave what was sent unknown; once it has passed, the next run can tell.
    private var isWorthResuming: Bool {
        !input.weather.outages.isEmpty && !input.hasHazards && !input.hidesAWSRole
            && job.rows.contains { $0.result == .unknown || $0.result == .pending }
    }

    /// What happened to one project, for reading: the server's log and the job's attempts.
    package func history(of project: String) -> [String] {
        let entries = witness.log.filter { $0.project == project }.map { entry in
            let fault = ([entry.fault].compactMap { $0 } + entry.aftermath).joined(separator: "+")
            return
                "\(entry.time - VirtualClock.epoch) ms \(entry.method) \(entry.path.suffix(20)) \(entry.status) "
                + "\(entry.code ?? "") \(entry.delivery) \(fault)\(entry.applied ? " APPLIED" : "")"
        }
        let attempts = job.rows.first { $0.project.text == project }?.attempts ?? []
        let outcomes = job.rows.first { $0.project.text == project }?.outcomes ?? []
        return entries
            + attempts.map { "attempt \($0.number) of run \($0.run) \($0.verdict?.rawValue ?? "open")" }
            + outcomes.map { "outcome \($0.result) \($0.reason?.rawValue ?? "")" }
    }

    private func plan() throws {
        let decision = PlanDecision(target: input.target, filter: Filter(), givenName: nil)
        var deaths = input.planDeaths
        for _ in 0..<Self.resumeLimit where !witness.isHopeless {
            guard job.rows.contains(where: { $0.item == nil }) else { return }
            try begin("plan")
            try run(MemoryRows(job, decision: decision), deaths.popLast(), nil, changes: false)
        }
    }

    private func apply(_ death: SimulatedCase.Death?) throws {
        try begin("apply")
        if !isApproved {
            isApproved = true
            job.assignWaves(input.settings.waves)
            try stored?.approve(input.settings, at: clock.now.wall)
        }
        if job.acceptFailures() { try stored?.acceptFailures(at: clock.now.wall) }
        let settings = seams.settings(input.settings)
        var scope = job.scope(settings)
        if let inFile = try stored?.scope(settings, stopAfterWave: nil),
            inFile.budget != scope.budget || inFile.unknown != scope.unknown || inFile.toDo != scope.toDo
                || inFile.wave != scope.wave
        {
            let unknown = job.rows.first { $0.result == .unknown }.map { "\($0.project)" } ?? ""
            witness.complain("\(unknown) the job file's scope is \(inFile), the model's \(scope)")
        }
        if case .wave(let wave)? = death { scope.stopAfterWave = wave }
        try run(MemoryRows(job, decision: nil), death, seams.scope(scope), changes: true)
    }

    private func begin(_ command: String) throws {
        runs += 1
        job.beginRun()
        try stored?.begin(command, at: clock.now.wall)
    }

    private func run(
        _ rows: MemoryRows, _ death: SimulatedCase.Death?, _ scope: RunScope?, changes: Bool
    ) throws {
        witness.begins(changes: changes)
        let source: any RowSource =
            if changes, let stored {
                ComparedRows(rows, try stored.openWork()) { [witness] in witness.complain($0) }
            } else { rows }
        let deadline = prepare(death)
        let loop = EngineLoop(
            journal: seams.journal(job), rows: seams.rows(source),
            transport: SecretKeepingTransport(
                seams.transport(transport), secrets: SimulatedSecrets(), credentials: credentials),
            signals: nil, clock: { [clock, seams] in seams.clock(clock.now) },
            deadline: deadline,
            observe: { [witness, job, seams] turn, engine, _ in
                if witness.turned(seams.turn(turn), engine) { job.isDead = true }
            })
        var engine = engine(scope)
        if let stored, try Set(stored.holds(at: clock.now.wall)) != job.holds(at: clock.now.wall) {
            witness.complain("the holds in the job file are not the model's")
        }
        do {
            end = try loop.run(&engine, after: [.held(job.holds)])
        } catch is MemoryJob.Died {
            // The process is gone; the clock of the world goes on.
            end = nil
        }
        job.dieAtCommit = nil
        job.isDead = false
        transport.dropClient()
        witness.clientEnded()
        // A run that ends since nobody answers as Atlas does is started again when somebody has looked into it.
        clock.advance(to: clock.instant + (isRefused ? .seconds(300) : .seconds(1)))
    }

    private var isRefused: Bool { if case .environment? = end { true } else { false } }

    /// - Returns: the run's deadline, when that is how it ends.
    private func prepare(_ death: SimulatedCase.Death?) -> Instant? {
        transport.interruptions = []
        transport.death = nil
        switch death {
        case .atCommit(let number, let isAfter)?: job.dieAtCommit = (job.commits + number, isAfter)
        case .atRequest(let number, let isSeen)?: transport.death = (number, isSeen)
        case .signal(let milliseconds)?:
            transport.interruptions = [clock.instant + .milliseconds(milliseconds)]
        case .deadline(let milliseconds)?: return clock.instant + .milliseconds(milliseconds)
        case .wave?, nil: break
        }
        return nil
    }

    private var credentials: Credentials {
        let known = atlas.options.credentials
        return input.usesAPIKey
            ? .apiKey(publicKey: known.publicKey, privateKey: Secret(known.privateKey))
            : .serviceAccount(clientID: known.clientID, secret: Secret(known.clientSecret))
    }

    private func engine(_ scope: RunScope?) -> Engine {
        Engine(
            credentials: credentials,
            organisation: job.organisation, settings: seams.settings(input.settings), scope: scope,
            seed: input.seed &+ UInt64(runs))
    }
}

package struct SimulatedSecrets: SecretSource {
    /// No word that an answer may hold by chance.
    package static let value = "pQ7-vx3kTz91hWm4"

    package func read(_ reference: String) throws -> Secret { Secret(Self.value) }
}
