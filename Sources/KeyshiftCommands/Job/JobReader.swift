import JobStore
import Reporting

/// Opening a job for a look, which warns of what a run would refuse.
enum JobReader {
    /// The job that `path` means, whatever it is called there.
    static func open(_ path: String, _ console: Console) throws -> Job {
        let job = try Job.open(JobPlace.resolved(path), for: .read)
        warn(job, console)
        StoredTarget.hold(job)
        return job
    }

    static func warn(_ job: Job, _ console: Console) {
        guard let loss = job.logLoss else { return }
        console.warn(ErrorText.missingLog(job.path, loss))
    }
}
