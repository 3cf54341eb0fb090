import TargetFiles
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
        let job = try Job.open(jobPath, for: .run, lock: lock, acceptsMissingLog: acceptsMissingLog)
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
        _ job: Job, offline: Bool, detailedExitCode: Bool, _ further: (Totals) throws -> ExitStatus
    ) throws -> ExitStatus {
        try job.checkNobodyRuns()
        // Nobody has approved it, so nothing may have come of it.
        try job.checkApprovals()
        let status: ExitStatus = try offline ? .done : read(job.firstRevision)
        let totals = try job.totals()
        try printPlan(job.firstRevision, totals)
        let unread: ExitStatus = !offline && totals[PlanClass.unread] > 0 ? .someFailed : .done
        let differences: ExitStatus = detailedExitCode && totals.toDo > 0 ? .differences : .done
        return ExitStatus.worst([status, unread, differences, try further(totals)])
    }

    private func read(_ revision: Revision) throws -> ExitStatus {
        var end = RunEnd.completed
        if try revision.unreadCount() > 0 {
            end = try revision.run("plan", desk) { run in
                let end = try read(run, resume: "the same keyshift command")
                let left: ExitStatus = try revision.unreadCount() > 0 ? .someFailed : .done
                return (end, end == .completed ? left : end.status)
            }.end
        }
        if end == .completed { try seal(revision) }
        return end.status
    }

    /// Reads what is unread of the run's revision.
    func read(_ run: Run, resume: String) throws -> RunEnd {
        let unread = try run.revision.unreadCount()
        let origin = try run.job.origin()
        let session = Session(
            desk: desk, connection: connection, journal: run, organisation: origin.organisation,
            settings: .reading(connection.options, target.settings), run: run,
            sentBefore: knownSecrets
                + (try PlannedSecrets.read(run.job, origin, desk.environment) { _ in }))
        let rows = UnreadRows(run.revision, columns: origin.columns, target: target)
        let end = try session.run(rows, verb: "read", total: { unread })
        if let advice = end.advice(resume: resume) { desk.console.error(advice) }
        return end
    }

    /// Once nothing is left unread.
    func seal(_ revision: Revision) throws {
        if try revision.planDigest() == nil, try revision.unreadCount() == 0 { _ = try revision.sealPlan() }
    }

    func printPlan(_ revision: Revision, _ totals: Totals) throws {
        desk.console.out(
            try PlanOutput(revision: revision, jobPath: revision.job.path).summary(
                totals, connection.options, now: desk.wall))
    }
}
