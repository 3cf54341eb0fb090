import CurlTransport
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// `retry`: reads the chosen projects again into a new revision of the plan, asks, and runs it.
struct Retrier {
    var console: Console
    var jobPath: String
    var connection: Connection
    var options: ConnectionOptions
    var runOptions: RunOptions
    var approval: Approval
    var choice: RetryChoice
    var acceptsMissingLog: Bool

    private var changer: Changer {
        Changer(
            console: console, jobPath: jobPath, connection: connection, options: options,
            runOptions: runOptions)
    }

    func run() throws -> ExitStatus {
        let opener = JobOpener(
            jobPath: jobPath, connection: connection, acceptsMissingLog: acceptsMissingLog)
        try changer.checkEvents()
        return try opener.withJob { try run($0, opener) }
    }

    private func run(_ job: JobFile, _ opener: JobOpener) throws -> ExitStatus {
        let origin = try job.origin()
        try opener.checkBinding(origin)
        try changer.checkResults(origin)
        guard try job.isApproved() else {
            throw CommandError(
                .mismatch,
                "\(jobPath) has not been started, so there is nothing to try again. "
                    + "Use `keyshift apply \(ShellWord.quoted(jobPath))`.")
        }
        try job.checkApprovals()
        let count = try job.draftRevision(choice, at: SystemClock.wallMilliseconds())
        guard count > 0 else {
            console.say("No project of \(jobPath) is \(choice); nothing was read or sent.")
            return .done
        }
        console.say("Reading \(TextReport.count(count, "project")) again (\(choice)).")
        let reader = PlanReader(
            console: console, jobPath: jobPath, connection: connection, options: options,
            target: try StoredTarget.parse(origin, path: jobPath))
        let command = "retry --only \(ShellWord.quoted(choice.description))"
        let read = try reader.read(
            job, command, resume: "keyshift \(command) \(ShellWord.quoted(jobPath))")
        if read != .done { return read }
        let unread = try job.unreadCount()
        guard unread == 0 else {
            console.error(
                "\(TextReport.count(unread, "project")) could not be read, so nothing was sent. Give the same "
                    + "command again; it reads what is still unread.")
            return .someFailed
        }
        return try start(job, opener, origin, reader, command)
    }

    private func start(
        _ job: JobFile, _ opener: JobOpener, _ origin: JobOrigin, _ reader: PlanReader, _ command: String
    ) throws -> ExitStatus {
        let totals = try job.draftTotals()
        try reader.printPlan(job, totals)
        let digest = try opener.checkDigest(job, given: approval.digest)
        let settings = try RunSettings.first(
            options, runOptions, reader.target.settings, PlanNature(job, totals))
        if totals.toDo > 0 {
            try approval.obtain(
                console, job: job, jobPath: jobPath, totals: totals, settings: settings, command: command)
        }
        let secrets = try changer.secrets(job, origin)
        let events = try changer.eventLog(job)
        try job.beginRun(command, at: SystemClock.wallMilliseconds())
        let how = totals.toDo > 0 ? approval.how : "nothing to change"
        try changer.start(job, digest: digest, totals: totals, how: how, settings: settings)
        let revisions = totals.toDo > 0 ? [job.revision] : []
        return try changer.run(job, revisions, secrets, events, total: totals.toDo)
    }
}
