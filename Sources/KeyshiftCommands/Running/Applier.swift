import AtlasAPI
import CurlTransport
import Foundation
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// `apply` and `resume`: the checks before the first request, the run, and what it leaves behind.
struct Applier {
    var console: Console
    var jobPath: String
    var connection: Connection
    var options: ConnectionOptions
    var runOptions: RunOptions
    var approval: Approval
    var acceptsFailures: Bool
    /// `resume` goes on with a started job only.
    var mustBeStarted: Bool

    func run() throws -> ExitStatus {
        // Before the lock, which would lie beside what is no job.
        try JobFile.checkIsFile(jobPath)
        try checkEvents()
        let lock = try RunLock(job: jobPath)
        defer { withExtendedLifetime(lock) {} }
        let job = try JobFile.open(jobPath, for: .run)
        do {
            let status = try run(job)
            try job.close()
            return status
        } catch {
            try? job.close()
            throw error
        }
    }

    private func run(_ job: JobFile) throws -> ExitStatus {
        let origin = try job.origin()
        try checkBinding(origin)
        let totals = try job.totals()
        guard let digest = origin.planDigest else {
            throw CommandError(
                .mismatch,
                "\(jobPath): \(totals[PlanClass.unread]) projects have not been read yet. "
                    + "Complete it with the `keyshift plan` command that made it, without --offline; nothing was sent."
            )
        }
        let isStarted = try job.isApproved()
        if mustBeStarted, !isStarted {
            throw CommandError(
                .mismatch,
                "\(jobPath) has not been started. Use `keyshift apply \(ShellWord.quoted(jobPath))`.")
        }
        if let given = approval.digest, given != digest {
            throw CommandError(
                .mismatch,
                "the plan's digest is \(digest), not \(given): it is not the plan that was approved. "
                    + "Nothing was sent; look at it with `keyshift show \(ShellWord.quoted(jobPath))`.")
        }
        let settings = try settings(job, origin, totals)
        try checkHalt(job)
        guard totals.toDo > 0 else { return try finish(job, .completed, changedAnything: false) }
        if !isStarted { try approval.obtain(console, job: job, jobPath: jobPath, totals: totals) }
        try checkSecrets(job, origin)
        // Everything that can be refused has been; from here on the job is started.
        let events = try eventLog(job)
        try job.beginRun(mustBeStarted ? "resume" : "apply", at: SystemClock.wallMilliseconds())
        if !isStarted {
            try job.approve(
                digest: digest, irreversible: totals.irreversibleToDo, how: approval.how,
                at: SystemClock.wallMilliseconds())
            try job.keep(settings)
        }
        if acceptsFailures { try job.acceptHalts() }
        let session = Session(
            console: console, job: job, connection: connection, options: options, settings: settings,
            deadline: runOptions.maxDuration?.duration, events: events)
        let end = try session.run(OpenWorkRows(job), verb: "done", total: totals.toDo)
        let status = try finish(job, end, changedAnything: true)
        try job.endRun(end.word, exitCode: Int(status.rawValue), at: SystemClock.wallMilliseconds())
        return status
    }

    private func checkBinding(_ origin: JobOrigin) throws {
        _ = try connection.requireCredentials()
        guard origin.address == connection.address else {
            throw CommandError(
                .mismatch,
                "\(jobPath) was planned against \(origin.address), not \(connection.address); nothing was sent."
            )
        }
        if let bound = origin.organisation, let given = connection.organisation, bound != given {
            throw CommandError(
                .mismatch,
                "\(jobPath) belongs to organisation \(bound), MONGODB_ATLAS_ORG_ID says \(given); nothing was sent."
            )
        }
    }

    private func settings(_ job: JobFile, _ origin: JobOrigin, _ totals: Totals) throws -> RunSettings {
        let target = try StoredTarget.parse(origin, path: jobPath)
        let settings =
            if let kept = try job.settings() {
                try kept.resumed(options, runOptions)
            } else {
                RunSettings.first(options, runOptions, target.settings)
            }
        if !settings.verifies, totals[PlanClass.irreversible] > 0 {
            throw CommandError(
                .usage,
                "--no-verify is refused: \(totals[PlanClass.irreversible]) changes can't be undone. Leave it away."
            )
        }
        return settings
    }

    private func checkHalt(_ job: JobFile) throws {
        guard !acceptsFailures, let halt = try job.openHalt() else { return }
        throw CommandError(
            .halted,
            """
            the job was halted: \(HaltText.sentence(halt.cause, halt.detail)).
            Nothing was sent. Look into it first; then: keyshift resume \(ShellWord.quoted(jobPath)) --accept-failures
            """)
    }

    /// Every secret that the plan names must be there before the first PATCH.
    private func checkSecrets(_ job: JobFile, _ origin: JobOrigin) throws {
        guard try StoredTarget.parse(origin, path: jobPath).target.hasSecret else { return }
        let source = SystemSecrets(environment: ProcessInfo.processInfo.environment)
        try job.forEachPlanned { planned in
            for change in planned.changes {
                if case .secret(let reference) = change.after { _ = try source.read(reference) }
            }
        }
    }

    private func checkEvents() throws {
        guard let path = runOptions.events else { return }
        for own in FilePlace.ofJob(jobPath) where FilePlace.isSame(own, path) {
            throw CommandError(
                .usage, "--events \(path) belongs to the job \(jobPath) itself. Choose another name.")
        }
    }

    private func eventLog(_ job: JobFile) throws -> EventLog? {
        guard let path = runOptions.events else { return nil }
        return try EventLog(path: path) { ordinal in try? job.projectID(ordinal: ordinal)?.text }
    }

    /// Writes the results beside the job, prints the summary, and says how it all ended.
    private func finish(_ job: JobFile, _ end: RunEnd, changedAnything: Bool) throws -> ExitStatus {
        let results = try ResultFiles(job: job, jobPath: jobPath).write()
        let totals = try job.totals()
        let resume = "keyshift resume \(ShellWord.quoted(jobPath))"
        console.out(try Summary.text(job, results: results))
        if let advice = end.advice(resume: resume) {
            if case .stopped = end { console.warn(advice) } else { console.error(advice) }
        }
        return ExitStatus.worst([end.status, Summary.status(totals)].filter { $0 != .done })
    }
}

/// The target as the job keeps it.
enum StoredTarget {
    static func parse(_ origin: JobOrigin, path: String) throws -> TargetFile {
        do throws(TargetProblems) {
            return try TargetFile.parse(origin.targetText)
        } catch {
            throw JobStoreError.damaged(path: path, detail: "the target can't be read")
        }
    }
}
