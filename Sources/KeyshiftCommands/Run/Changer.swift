import AtlasAPI
import CurlTransport
import Foundation
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// Runs the approved revisions of a job, and writes what came of it; for `apply`, `resume` and `retry`.
struct Changer {
    var console: Console
    var jobPath: String
    var connection: Connection
    var options: ConnectionOptions
    var runOptions: RunOptions

    /// Puts the revision at hand into force, with its settings and waves.
    func start(_ job: JobFile, digest: String, totals: Totals, how: String, settings: RunSettings) throws {
        try job.approve(
            digest: digest, irreversible: totals.irreversibleToDo, how: how,
            at: SystemClock.wallMilliseconds(), settings: settings)
    }

    func run(_ job: JobFile, _ revisions: [Int], _ secrets: [Secret], _ events: EventLog?, total: Int) throws
        -> ExitStatus
    {
        var end = RunEnd.completed
        for revision in revisions where end == .completed {
            job.revision = revision
            guard let kept = try job.settings() else { continue }
            // An older revision keeps its own settings; what may be lowered is lowered for all.
            let settings = try kept.resumed(options, runOptions)
            let session = Session(
                console: console, journal: job, organisation: try job.origin().organisation,
                connection: connection,
                options: options, settings: settings,
                scope: try job.scope(settings, stopAfterWave: runOptions.stopAfterWave),
                deadline: runOptions.maxDuration?.duration, job: job, sentBefore: secrets, events: events)
            end = try session.run(OpenWorkRows(job), verb: "done", total: { total })
        }
        let status = try finish(job, end)
        try job.endRun(end.word, exitCode: Int(status.rawValue), at: SystemClock.wallMilliseconds())
        return status
    }

    /// Writes the results beside the job, prints the summary, and says how it all ended.
    func finish(_ job: JobFile, _ end: RunEnd) throws -> ExitStatus {
        let results = try ResultFiles(job: job, jobPath: jobPath).write()
        let totals = try job.totals()
        let resume = "keyshift resume \(ShellWord.quoted(jobPath))"
        console.out(try Summary.text(job, results: results))
        if let advice = end.advice(resume: resume, job: jobPath) {
            if case .stopped = end { console.warn(advice) } else { console.error(advice) }
        }
        // A retry has come to its end, and what it did not take up waits all the same.
        if end == .completed, totals.toDo > 0, let halt = try job.openHalt() {
            console.say("The job is still halted: \(HaltText.sentence(halt.cause, halt.detail)).")
            console.say(HaltText.steps(halt.cause, job: jobPath))
        }
        return ExitStatus.worst([end.status, Summary.status(totals)].filter { $0 != .done })
    }

    /// Every secret that the plan names must be there before the first PATCH.
    func secrets(_ job: JobFile, _ origin: JobOrigin) throws -> [Secret] {
        try PlannedSecrets.read(job, origin) { throw $0 }
    }

    /// What needs no look into the job, so that a slip in a name leaves not a byte of it changed: no file that the run
    /// reads may lie where its results go, or events go, and the events must have a place.
    func checkEvents() throws {
        try FilePlace.checkInputs(options.files, job: jobPath)
        guard let path = runOptions.events else { return }
        for own in FilePlace.ofJob(jobPath) where FilePlace.isSame(own, path) {
            throw CommandError(
                .usage, "--events \(path) belongs to the job \(jobPath) itself. Choose another name.")
        }
        try FilePlace.checkOutputs([path], inputs: options.files)
        try EventFile.check(path)
    }

    /// The results must have a place, which is not that of the sheet of a job that was moved.
    func checkResults(_ origin: JobOrigin) throws {
        try FilePlace.checkInputs([origin.csvName], job: jobPath)
        try ResultFiles.checkPlaces(besides: jobPath)
    }

    func eventLog(_ job: JobFile) throws -> EventLog? {
        guard let path = runOptions.events else { return nil }
        return try EventLog(
            path: path, name: { ordinal in try? job.projectID(ordinal: ordinal)?.text },
            loss: { [console] detail in
                console.warn("\(path): events can't be written (\(detail)); the run goes on without them.")
            })
    }
}
