import AtlasAPI
import CurlTransport
import Foundation
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// One run of the engine over a job: transport, signals, loop, and the run's row in the job.
struct Session {
    var console: Console
    var journal: any Journal
    /// The one that the run is bound to; nil: that of the credentials.
    var organisation: OrganisationID?
    var connection: Connection
    var options: ConnectionOptions
    var settings: RunSettings
    /// For a run that changes projects.
    var scope: RunScope?
    var secrets: any SecretSource = SystemSecrets(environment: ProcessInfo.processInfo.environment)
    var deadline: Duration?
    /// It asks for roles, which is no change of a project's settings.
    var makesRoles = false
    /// The job that is run; nil where there is none.
    var job: JobFile?
    /// Secrets of bodies that an earlier process may have sent: what it learnt is gone with it.
    var sentBefore: [Secret] = []
    var events: EventLog?

    /// - Throws: what the transport's set-up or the job file throws.
    /// `total` is asked again and again: a list may still be growing. `countsRereads`: reading projects again is the
    /// work, and not the gate of a wave.
    func run(
        _ rows: any RowSource, verb: String, countsRereads: Bool = false, total: @escaping () -> Int
    ) throws -> RunEnd {
        let credentials = try connection.requireCredentials()
        // The job's settings may say another number than the flags.
        try DescriptorLimit.require(requests: settings.concurrency)
        var engine = Engine(
            credentials: credentials,
            organisation: organisation ?? connection.organisation, settings: settings,
            scope: scope, seed: UInt64.random(in: .min ... .max))
        let signals = SignalPipe(lastWords: lastWords)
        let transport = try CurlTransport(configuration: configuration(signals))
        defer { transport.close() }
        let started = SystemClock.instant()
        let progress = RunProgress(
            console, verb: verb, requestTimeout: options.requestTimeout.duration,
            verifyPatience: settings.verifyPatience, countsRereads: countsRereads, total: total,
            named: { [job] ordinal in
                guard let project = try? job?.identity(ordinal: ordinal) else { return "row \(ordinal)" }
                return TextReport.named(project.id.text, project.name)
            }, now: started)
        if let job { engine.keep(try job.holds(at: SystemClock.wallMilliseconds()), now: SystemClock.now()) }
        let loop = EngineLoop(
            journal: journal, rows: rows,
            transport: SecretKeepingTransport(
                transport, secrets: secrets, credentials: credentials,
                others: ProxyName.passwords(ProcessInfo.processInfo.environment), sentBefore: sentBefore),
            signals: signals,
            clock: SystemClock.now, deadline: deadline.map { started + $0 },
            isAlone: job.map { job in { job.isAlone } }, pulse: .seconds(1),
            observe: { turn, engine, now in
                if turn.notices.contains(.stopping(.signal)) {
                    // On a full disk the loop's own next commit says so.
                    try? job?.noteStopping()
                }
                progress.see(turn, engine, now)
                events?.see(turn, now)
            })
        let end = try loop.run(&engine)
        console.clearProgress()
        return end
    }

    /// What a second signal leaves behind, said by its handler; made here, where there is still time.
    private var lastWords: String {
        if makesRoles {
            return
                "Left at once, by a second signal. A role that was asked for may have been made; the same command "
                + "looks before it asks again."
        }
        guard let job, scope != nil else { return "Left at once, by a second signal. Nothing was changed." }
        let words: Prose = """
            Left at once, by a second signal. What was in flight may have taken effect: those outcomes are unknown,
            and the results beside the job are not of this run. Nothing is lost; the next run looks before it sends:
            keyshift resume \(ShellWord.quoted(job.path))
            """
        return words.text
    }

    private func configuration(_ signals: SignalPipe?) -> CurlTransport.Configuration {
        var configuration = CurlTransport.Configuration(
            baseAddress: connection.address, connections: settings.concurrency,
            requestTimeout: options.requestTimeout.duration, connectTimeout: options.connectTimeout.duration,
            roots: connection.roots, watchedDescriptors: signals.map { [$0.descriptor] } ?? [],
            userAgent: "keyshift/\(Keyshift.version)")
        if console.isVerbose {
            configuration.trace = { trace in
                let end = trace.status.map(String.init) ?? trace.failure?.rawValue ?? "no answer"
                let time = DurationText.format(.milliseconds(trace.duration.nanoseconds / 1_000_000))
                console.verbose("\(trace.method.rawValue) \(trace.path) \(end) \(time)")
            }
        }
        return configuration
    }
}

extension RunEnd {
    /// The exit code that the end of a run stands for, apart from the projects' results.
    var status: ExitStatus {
        switch self {
        case .completed: .done
        case .stopped: .stopped
        case .halted: .halted
        case .accessRefused: .accessRefused
        case .wrongOrganisation: .mismatch
        case .environment: .environment
        }
    }

    /// The word in the job's history.
    var word: String {
        switch self {
        case .completed: "completed"
        case .stopped(let cause): "stopped: \(cause.rawValue)"
        case .halted(let halt): "halted: \(halt.cause.rawValue)"
        case .accessRefused: "access refused"
        case .wrongOrganisation: "wrong organisation"
        case .environment: "environment"
        }
    }

    /// What to say about it and what to do; nil when all is done.
    /// `job`: the one that was run; nil for a command that only reads, so that no failures are to be accepted.
    func advice(resume: String, job: String? = nil) -> Prose? {
        switch self {
        case .completed: nil
        case .stopped(.lockLost):
            """
            Stopped: the job's lock file was taken away, so that another run could have begun beside this one.
            Nothing is lost. Find out who did that, then go on with: \(resume)
            """
        case .stopped(.stopAfterWave): "Stopped after the wave, as asked. Go on with: \(resume)"
        case .stopped: "Stopped\(job == nil ? "" : "; nothing is lost"). Go on with: \(resume)"
        case .halted(let halt):
            """
            Halted: \(HaltText.sentence(halt.cause.rawValue, halt.detail)).
            \(job.map { HaltText.steps(halt.cause.rawValue, job: $0) } ?? "When that has passed, go on with: \(resume)")
            """
        case .accessRefused(let detail):
            """
            Atlas refuses the credentials or this address for the whole run: \(detail)
            Fix the credentials, or add this machine to the API access list; then: \(resume)
            """
        case .wrongOrganisation(let detail):
            "Refused: \(detail). No project was touched; use the right credentials."
        case .environment(let detail):
            "Stopped by this machine's set-up: \(detail). Nothing is lost; fix it, then: \(resume)"
        }
    }
}
