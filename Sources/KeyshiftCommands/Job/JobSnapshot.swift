import JobStore
import Reporting

/// A job at one moment, as `status` shows it.
struct JobSnapshot {
    var status: JobStatus
    /// What is shown may not be the last.
    var logLoss: LogLoss?

    /// Opens, reads and closes at once, so that a run that ends meanwhile finds the job free.
    static func take(_ path: String) throws -> JobSnapshot {
        let path = JobPlace.resolved(path)
        // Asked first: a run that ends meanwhile must not look dead.
        let holder = RunLock.holder(of: path)
        let job = try Job.open(path, for: .read)
        let snapshot = try job.consistently {
            let (origin, revision) = (try job.origin(), try job.lastRevision())
            let runner = try holder ?? job.runner()
            var status = JobStatus(
                path: path, target: origin.targetName, organisation: origin.organisation,
                address: origin.address, planDigest: try revision.planDigest(), totals: try job.totals(),
                waves: try revision.waves(), history: try job.history(isRunning: runner != nil),
                holder: runner)
            status.approvable = try job.approvable()
            return JobSnapshot(status: status, logLoss: job.logLoss)
        }
        try job.close()
        return snapshot
    }
}

extension Job {
    func history(isRunning: Bool) throws -> JobHistory {
        JobHistory(runs: try runs(), approvals: try approvals(), halts: try halts(), isRunning: isRunning)
    }
}
