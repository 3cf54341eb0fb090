import AtlasAPI
import CurlTransport
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// One run of the engine: transport, signals, loop.
struct Session {
    var desk: Desk
    var connection: Connection
    var journal: any Journal
    /// The one that the run is bound to; nil: that of the credentials.
    var organisation: OrganisationID?
    var settings: RunSettings
    /// For a run that changes projects.
    var scope: RunScope?
    var deadline: Duration?
    /// It asks for roles, which is no change of a project's settings.
    var makesRoles = false
    /// The run of the job; nil where there is none.
    var run: Run?
    /// Secrets of bodies that an earlier process may have sent: what it learnt is gone with it.
    var sentBefore: [Secret] = []
    var events: EventLog?

    private var job: Job? { run?.job }

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
        let signals = desk.makeSignals(lastWords)
        let transport = SecretKeepingTransport(
            try desk.makeTransport(configuration(signals)),
            secrets: SystemSecrets(environment: desk.environment), credentials: credentials,
            others: ProxyName.passwords(desk.environment), sentBefore: sentBefore)
        let started = desk.now()
        let progress = RunProgress(
            desk.console, verb: verb, requestTimeout: connection.options.requestTimeout.duration,
            countsRereads: countsRereads, total: total,
            named: { [job] ordinal in
                guard let project = try? job?.identity(ordinal: ordinal) else { return "row \(ordinal)" }
                return TextReport.named(project.id.text, project.name)
            }, now: started.instant)
        let loop = EngineLoop(
            journal: journal, rows: rows, transport: transport, signals: signals,
            clock: desk.now, deadline: deadline.map { started.instant + $0 },
            isAlone: job.map { job in { job.isAlone } }, pulse: .seconds(1),
            observe: { turn, engine, now in
                if turn.notices.contains(.stopping(.signal)) {
                    // On a full disk the loop's own next commit says so.
                    try? run?.noteStopping()
                }
                progress.see(turn, engine, now)
                events?.see(turn, now)
            })
        let holds = try job?.holds(at: started.wall) ?? []
        let end = try loop.run(&engine, after: [.held(holds)])
        desk.console.clearProgress()
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
        var configuration = connection.configuration(connections: settings.concurrency, desk)
        configuration.watchedDescriptors = signals.map { [$0.descriptor] } ?? []
        if desk.console.isVerbose {
            let console = desk.console
            configuration.trace = { trace in
                let end = trace.status.map(String.init) ?? trace.failure?.rawValue ?? "no answer"
                let time = DurationText.format(.milliseconds(trace.duration.nanoseconds / 1_000_000))
                console.verbose("\(trace.method.rawValue) \(trace.path) \(end) \(time)")
            }
        }
        return configuration
    }
}
