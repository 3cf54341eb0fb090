import JobRunner
import JobStore
import MigrationCore
import Reporting

/// What every command that runs a job does around its run: lock, open, check, and close whatever happens.
struct JobOpener {
    /// The job that was meant, whatever it was called.
    let path: String
    let connection: Connection
    let acceptsMissingLog: Bool

    init(path: String, connection: Connection, acceptsMissingLog: Bool) {
        self.path = JobPlace.resolved(path)
        self.connection = connection
        self.acceptsMissingLog = acceptsMissingLog
    }

    /// - Throws: what `body` throws, `RunLock.Held`, or what the job file throws.
    func withJob(_ desk: Desk, _ body: (Job) throws -> ExitStatus) throws -> ExitStatus {
        // Before the lock, which would lie beside what is no job.
        try JobPlace.checkIsFile(path)
        try JobPlace.check(path)
        let lock = try RunLock(job: path)
        defer { withExtendedLifetime(lock) {} }
        let job = try Job.open(path, for: .run, lock: lock, acceptsMissingLog: acceptsMissingLog)
        StoredTarget.hold(job)
        do {
            try job.checkNobodyRuns()
            let status = try job.recordingExit(desk) { try body(job) }
            try job.close()
            return status
        } catch {
            // The first error is the one to tell; what is committed stays.
            try? job.close()
            throw error
        }
    }

    /// A job is of one address and one organisation.
    func checkBinding(_ origin: JobOrigin) throws {
        _ = try connection.requireCredentials()
        guard origin.address == connection.address else {
            throw CommandError(
                .mismatch,
                "\(path) was planned against \(origin.address), not \(connection.address); nothing was sent."
            )
        }
        if let bound = origin.organisation, let given = connection.organisation, bound != given {
            throw CommandError(
                .mismatch,
                "\(path) belongs to organisation \(bound), MONGODB_ATLAS_ORG_ID says \(given); nothing was sent."
            )
        }
    }

    /// The digest of the plan, from its rows, which `--approve` must name.
    func checkDigest(_ revision: Revision, given: String?) throws -> String {
        guard let digest = try revision.checkedDigest() else {
            throw CommandError(
                .mismatch,
                "\(path): \(try revision.unreadCount()) projects have not been read yet. "
                    + "Complete it with the `keyshift plan` command that made it, without --offline; nothing was sent."
            )
        }
        if let given, !Self.isSame(given, digest) {
            throw CommandError(
                .mismatch,
                "the plan's digest is \(digest), not \(given): it is not the plan that was approved. "
                    + "Nothing was sent; look at it with `keyshift show \(ShellWord.quoted(path))`.")
        }
        return digest
    }

    /// Of a started job: all that will run must stand behind what `--approve` names. The newest seal covers every
    /// revision with its settings and waves. A plan's digest covers that plan alone, so it is taken while nothing else
    /// will run, by `resume`: whoever gives it to `apply` has not started the job, and somebody else has.
    func checkApproved(_ job: Job, given: String?, isResume: Bool) throws {
        guard let given, let last = try job.approvals().last else { return }
        let value = try job.approvable()
        if let value, Self.isSame(given, value) { return }
        let isDigest = Self.isSame(given, last.digest)
        if isDigest, isResume, try job.openRevisions().allSatisfy({ $0.number == last.revision }) { return }
        let look: Prose = "Nothing was sent; look at it with `keyshift show \(ShellWord.quoted(path))`."
        guard let value else {
            throw CommandError(
                .mismatch,
                "several revisions of \(path) have work left, and an older keyshift sealed each by itself, so no "
                    + "value of --approve stands for all of them. \(look)")
        }
        throw CommandError(
            .mismatch,
            isDigest
                ? "\(path) has been started, and the digest of a plan says nothing of its other revisions, its "
                    + "settings and its waves: --approve takes \(value), as it was printed at the approval. \(look)"
                : "--approve takes \(value) for this job, not \(given): it is not what was approved. \(look)")
    }

    /// With or without the word in front, as people copy it.
    private static func isSame(_ given: String, _ value: String) -> Bool {
        given == value || value.hasSuffix(":" + given)
    }
}
