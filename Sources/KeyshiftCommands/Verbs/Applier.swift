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
    var acceptsMissingLog: Bool
    /// `resume` goes on with a started job only.
    var mustBeStarted: Bool

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
        job.revision = try job.lastRevision()
        let isStarted = try job.isApproved()
        if mustBeStarted, !isStarted, try job.planDigest() != nil {
            throw CommandError(
                .mismatch,
                "\(jobPath) has not been started. Use `keyshift apply \(ShellWord.quoted(jobPath))`.")
        }
        try job.checkApprovals()
        let seal = try job.approvals().first { $0.revision == job.revision }?.seal
        let digest = try opener.checkDigest(job, given: approval.digest, seal: isStarted ? seal : nil)
        let totals = try job.totals()
        let settings = try settings(job, origin, totals, isStarted: isStarted)
        // What a retry has put right needs nobody to accept it.
        guard totals.toDo > 0 else { return try changer.finish(job, .completed) }
        try checkHalt(job)
        if isStarted {
            for line in try job.approvals().map(\.line) { console.say("\(line)") }
        } else {
            try approval.obtain(console, job: job, jobPath: jobPath, totals: totals, settings: settings)
        }
        let secrets = try changer.secrets(job, origin)
        // Everything that can be refused has been; from here on the job is started.
        let events = try changer.eventLog(job)
        try job.beginRun(mustBeStarted ? "resume" : "apply", at: SystemClock.wallMilliseconds())
        if !isStarted {
            try changer.start(
                job, digest: digest, totals: totals, how: approval.how, settings: settings)
        }
        if acceptsFailures { try job.acceptFailures(at: SystemClock.wallMilliseconds()) }
        return try changer.run(job, try job.openRevisions(), secrets, events, total: totals.toDo)
    }

    /// What a job that nobody has approved says of settings counts for nothing.
    private func settings(
        _ job: JobFile, _ origin: JobOrigin, _ totals: Totals, isStarted: Bool
    ) throws -> RunSettings {
        if isStarted, let kept = try job.settings() {
            // All that will run, so that no flag is refused when a part has run already.
            let present = job.revision
            defer { job.revision = present }
            for revision in try job.openRevisions() {
                job.revision = revision
                _ = try job.settings()?.resumed(options, runOptions)
            }
            return try kept.resumed(options, runOptions)
        }
        let target = try StoredTarget.parse(origin, path: jobPath)
        return try RunSettings.first(options, runOptions, target.settings, PlanNature(job, totals))
    }

    private func checkHalt(_ job: JobFile) throws {
        guard !acceptsFailures, let halt = try job.openHalt() else { return }
        throw CommandError(
            .halted,
            """
            the job was halted: \(HaltText.sentence(halt.cause, halt.detail)).
            Nothing was sent.
            \(HaltText.steps(halt.cause, job: jobPath))
            """)
    }
}

extension ApprovalEntry {
    /// Who approved what, when and from where: a resume asks nobody, so it says whom it relies on.
    fileprivate var line: String {
        let time = WireDate.text(milliseconds: at)
        let number = irreversible == 0 ? "" : ", \(irreversible) of its changes can't be undone"
        return TerminalText.safe(
            "Approved by \(user) on \(host) at \(time) (\(how)): plan \(digest)\(number); "
                + "sealed as \(seal ?? "nothing")")
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
