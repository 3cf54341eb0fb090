import AtlasAPI
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// Live state → decisions: reads what a job has not read yet, seals the plan and prints it.
struct PlanReader {
    var desk: Desk
    var connection: Connection
    var target: TargetFile
    /// Secrets that the target names, beside those of the job's plan: an earlier job may have sent them.
    var knownSecrets: [Secret] = []

    /// `plan` and `undo`, once the job is there; the caller holds its lock. `further`: what else the caller has to say
    /// of a plan, and what that makes of the exit code.
    func run(
        _ jobPath: String, _ lock: RunLock, offline: Bool = false, detailedExitCode: Bool = false,
        acceptsMissingLog: Bool = false, further: (Totals) throws -> ExitStatus = { _ in .done }
    ) throws -> ExitStatus {
        let job = try JobFile.open(jobPath, for: .run, acceptsMissingLog: acceptsMissingLog)
        job.runLock = lock
        do {
            let status = try job.recordingExit(desk) {
                try run(job, offline: offline, detailedExitCode: detailedExitCode, further)
            }
            try job.close()
            return status
        } catch {
            // The first error is the one to tell; what is committed stays.
            try? job.close()
            throw error
        }
    }

    private func run(
        _ job: JobFile, offline: Bool, detailedExitCode: Bool, _ further: (Totals) throws -> ExitStatus
    ) throws -> ExitStatus {
        try job.checkNobodyRuns()
        // Nobody has approved it, so nothing may have come of it.
        try job.checkApprovals()
        let status: ExitStatus = try offline ? .done : read(job, "plan", resume: "the same keyshift command")
        let totals = try job.totals()
        try printPlan(job, totals)
        let unread: ExitStatus = !offline && totals[PlanClass.unread] > 0 ? .someFailed : .done
        let differences: ExitStatus = detailedExitCode && totals.toDo > 0 ? .differences : .done
        return ExitStatus.worst([status, unread, differences, try further(totals)])
    }

    /// Reads what is unread of the revision at hand, and seals it when nothing is left.
    func read(_ job: JobFile, _ command: String, resume: String) throws -> ExitStatus {
        let unread = try job.unreadCount()
        if unread > 0 {
            try job.beginRun(command, at: desk.wall)
            let session = Session(
                desk: desk, connection: connection, journal: job,
                organisation: try job.origin().organisation,
                settings: .reading(connection.options, target.settings), job: job,
                sentBefore: knownSecrets
                    + (try PlannedSecrets.read(job, job.origin(), desk.environment) { _ in }))
            let rows = UnreadRows(job, columns: try job.origin().columns, target: target)
            let end = try session.run(rows, verb: "read", total: { unread })
            let left: ExitStatus = try job.unreadCount() > 0 ? .someFailed : .done
            let status = end == .completed ? left : end.status
            try job.endRun(end.word, exitCode: Int(status.rawValue), at: desk.wall)
            if let advice = end.advice(resume: resume) {
                desk.console.error(advice)
            }
            if end != .completed { return end.status }
        }
        if try job.planDigest() == nil, try job.unreadCount() == 0 { _ = try job.sealPlan() }
        return .done
    }

    func printPlan(_ job: JobFile, _ totals: Totals) throws {
        desk.console.out(
            try PlanOutput(job: job, jobPath: job.path).summary(totals, connection.options, now: desk.wall))
    }
}
