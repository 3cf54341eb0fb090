import AtlasAPI
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// Runs the approved revisions of a job, and writes what came of it; for `apply`, `resume` and `retry`.
struct Changer {
    var desk: Desk
    var opener: JobOpener
    var options: RunOptions

    /// Puts the run's revision into force, with its settings and waves.
    func start(_ run: Run, digest: String, totals: Totals, how: String, settings: RunSettings) throws {
        try run.approve(
            digest: digest, irreversible: totals.irreversibleToDo, how: how,
            at: desk.wall, settings: settings)
        // What `--approve` takes from here on: this is the place to copy it from.
        if let approval = try run.job.approvals().last { desk.console.say("\(approval.line)") }
    }

    func change(
        _ run: Run, _ revisions: [Revision], _ secrets: [Secret], _ events: EventLog?, total: Int
    ) throws -> (RunEnd, ExitStatus) {
        var end = RunEnd.completed
        for revision in revisions where end == .completed {
            guard let kept = try revision.settings() else { continue }
            // An older revision keeps its own settings; what may be lowered is lowered for all.
            let settings = try kept.resumed(opener.connection.options, options)
            let run = run.on(revision)
            let session = Session(
                desk: desk, connection: opener.connection, journal: run,
                organisation: try run.job.origin().organisation, settings: settings,
                scope: try revision.scope(settings, stopAfterWave: options.stopAfterWave),
                deadline: options.maxDuration?.duration, run: run, sentBefore: secrets, events: events)
            end = try session.run(OpenWorkRows(run), verb: "done", total: { total })
        }
        return (end, try finish(run.job, end))
    }

    /// Writes the results beside the job, prints the summary, and says how it all ended.
    func finish(_ job: Job, _ end: RunEnd) throws -> ExitStatus {
        let console = desk.console
        let results = try ResultFiles(job: job, jobPath: job.path).write()
        let totals = try job.totals()
        let resume = "keyshift resume \(ShellWord.quoted(job.path))"
        console.out(try Summary.text(job, results: results))
        if let advice = end.advice(resume: resume, job: job.path) {
            if case .stopped = end { console.warn(advice) } else { console.error(advice) }
        }
        // A retry has come to its end, and what it did not take up waits all the same.
        if end == .completed, totals.toDo > 0, let halt = try job.openHalt() {
            console.say("The job is still halted: \(HaltText.sentence(halt.cause, halt.detail)).")
            console.say(HaltText.steps(halt.cause, job: job.path))
        }
        return ExitStatus.worst([end.status, Summary.status(totals)])
    }

    /// Every secret that the plan names must be there before the first PATCH.
    func secrets(_ job: Job, _ origin: JobOrigin) throws -> [Secret] {
        try PlannedSecrets.read(job, origin, desk.environment) { throw $0 }
    }

    /// What needs no look into the job, so that a slip in a name leaves not a byte of it changed: no file that the run
    /// reads may lie where its results go, or events go, and the events must have a place.
    func checkEvents() throws {
        let (jobPath, inputs) = (opener.path, opener.connection.options.files)
        try FilePlace.checkInputs(inputs, job: jobPath)
        guard let path = options.events else { return }
        for own in FilePlace.ofJob(jobPath) where FilePlace.isSame(own, path) {
            throw CommandError(
                .usage, "--events \(path) belongs to the job \(jobPath) itself. Choose another name.")
        }
        try FilePlace.checkOutputs([path], inputs: inputs)
        try EventFile.check(path)
    }

    /// The results must have a place, which is not that of the sheet of a job that was moved.
    func checkResults(_ origin: JobOrigin) throws {
        try FilePlace.checkInputs([origin.csvName], job: opener.path)
        try ResultFiles.checkPlaces(besides: opener.path)
    }

    func eventLog(_ job: Job) throws -> EventLog? {
        guard let path = options.events else { return nil }
        return try EventLog(
            path: path, name: { ordinal in try? job.projectID(ordinal: ordinal)?.text },
            loss: { [console = desk.console] detail in
                console.warn("\(path): events can't be written (\(detail)); the run goes on without them.")
            })
    }
}
