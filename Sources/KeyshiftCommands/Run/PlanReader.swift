import AtlasAPI
import CurlTransport
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// Live state → decisions: reads what a job has not read yet, seals the plan and prints it.
struct PlanReader {
    var console: Console
    var jobPath: String
    var connection: Connection
    var options: ConnectionOptions
    var target: TargetFile
    /// That of the job; nil when the job has it.
    var lock: RunLock?
    var acceptsMissingLog = false
    /// Secrets that the target names, beside those of the job's plan: an earlier job may have sent them.
    var knownSecrets: [Secret] = []

    /// `plan` and `undo`, once the job is there; the caller holds its lock.
    func run(offline: Bool, detailedExitCode: Bool) throws -> ExitStatus {
        let job = try JobFile.open(jobPath, for: .run, acceptsMissingLog: acceptsMissingLog)
        job.runLock = lock
        let status: ExitStatus
        do {
            try job.checkNobodyRuns()
            // Nobody has approved it, so nothing may have come of it.
            try job.checkApprovals()
            status = try offline ? .done : read(job, "plan", resume: "the same keyshift command")
            try printPlan(job, try job.totals())
        } catch {
            // The first error is the one to tell; what is committed stays.
            try? job.close()
            throw error
        }
        let totals = try job.totals()
        try job.close()
        let unread: ExitStatus = !offline && totals[PlanClass.unread] > 0 ? .someFailed : .done
        let differences: ExitStatus = detailedExitCode && totals.toDo > 0 ? .differences : .done
        return ExitStatus.worst([status, unread, differences].filter { $0 != .done })
    }

    /// Reads what is unread of the revision at hand, and seals it when nothing is left.
    func read(_ job: JobFile, _ command: String, resume: String) throws -> ExitStatus {
        let unread = try job.unreadCount()
        if unread > 0 {
            try job.beginRun(command, at: SystemClock.wallMilliseconds())
            let session = Session(
                console: console, journal: job, organisation: try job.origin().organisation,
                connection: connection, options: options,
                settings: readSettings, job: job,
                sentBefore: knownSecrets + (try PlannedSecrets.read(job, job.origin()) { _ in }))
            let rows = UnreadRows(job, columns: try job.origin().columns, target: target)
            let end = try session.run(rows, verb: "read", total: { unread })
            let left: ExitStatus = try job.unreadCount() > 0 ? .someFailed : .done
            let status = end == .completed ? left : end.status
            try job.endRun(end.word, exitCode: Int(status.rawValue), at: SystemClock.wallMilliseconds())
            if let advice = end.advice(resume: resume) {
                console.error(advice)
            }
            if end != .completed { return end.status }
        }
        if try job.planDigest() == nil, try job.unreadCount() == 0 { _ = try job.sealPlan() }
        return .done
    }

    func printPlan(_ job: JobFile, _ totals: Totals) throws {
        console.out(try PlanOutput(job: job, jobPath: jobPath).summary(totals, options))
    }

    private var readSettings: RunSettings { .reading(options, target.settings) }
}
