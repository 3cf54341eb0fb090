import TargetFiles
import AtlasAPI
import ArgumentParser
import JobStore
import MigrationCore
import Reporting

struct Apply: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Run a job: look, change and check each project of the plan.",
        discussion: """
            Asks before the first change. What can't be undone needs its exact number, typed or as a flag; --yes
            alone does not stand in for it.

              keyshift apply fleet.job
              keyshift apply fleet.job --yes --confirm-irreversible 212 --approve sha256:…
              keyshift apply fleet.job --rate 30/min --concurrency 4 --max-duration 2h
              keyshift apply fleet.job --waves 1,10,rest --wave-soak 5m --max-failures 3
              keyshift apply fleet.job --stop-after-wave 1

            On a started job it is the same as resume.
            """)

    @Flag(help: "Answer yes to the ordinary question.")
    var yes = false
    @Option(help: "The exact number of changes that can't be undone.")
    var confirmIrreversible: Int?
    @OptionGroup var arguments: ApplyArguments

    var global: GlobalOptions { arguments.global }

    func run(_ desk: Desk) throws -> ExitStatus {
        let approval = Approval(
            yes: yes, confirmIrreversible: confirmIrreversible, digest: arguments.approve)
        return try arguments.run(desk, approval, mustBeStarted: false)
    }
}

struct Resume: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Go on with a started job: pending and unknown projects, with its settings and approval.",
        discussion: """
              keyshift resume fleet.job
              keyshift resume fleet.job --rate 30/min          (may only be lowered)
              keyshift resume fleet.job --accept-failures      (after a halt)
            """)

    @Flag(help: "Taken for scripts that give it to every command; a started job is not asked about again.")
    var yes = false
    @OptionGroup var arguments: ApplyArguments

    var global: GlobalOptions { arguments.global }

    func run(_ desk: Desk) throws -> ExitStatus {
        let approval = Approval(yes: yes, confirmIrreversible: nil, digest: arguments.approve)
        return try arguments.run(desk, approval, mustBeStarted: true)
    }
}

/// What `apply` and `resume` both take and do: the checks before the first request, the run, and what it leaves behind.
struct ApplyArguments: ParsableArguments {
    @Argument(help: "The job file.", transform: FileName.file)
    var job: String
    @Option(
        help: "What was approved: the plan's digest, on a started job the seal; anything else is refused (7)."
    )
    var approve: String?
    @Flag(help: "Go on with a halted job.")
    var acceptFailures = false
    @OptionGroup(title: "Run") var options: RunOptions
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    /// `mustBeStarted`: `resume` goes on with a started job only.
    func run(_ desk: Desk, _ approval: Approval, mustBeStarted: Bool) throws -> ExitStatus {
        let opener = JobOpener(
            path: job, connection: try Connection.load(connection, desk.environment),
            acceptsMissingLog: jobOptions.acceptMissingLog)
        let changer = Changer(desk: desk, opener: opener, options: options)
        try changer.checkEvents()
        return try opener.withJob(desk) { try run($0, changer, approval, mustBeStarted: mustBeStarted) }
    }

    private func run(
        _ job: Job, _ changer: Changer, _ approval: Approval, mustBeStarted: Bool
    ) throws -> ExitStatus {
        let (desk, opener) = (changer.desk, changer.opener)
        let origin = try job.origin()
        try opener.checkBinding(origin)
        try changer.checkResults(origin)
        let revision = try job.lastRevision()
        let isStarted = try revision.isApproved()
        if mustBeStarted, !isStarted, try revision.planDigest() != nil {
            throw CommandError(
                .mismatch,
                "\(job.path) has not been started. Use `keyshift apply \(ShellWord.quoted(job.path))`.")
        }
        try job.checkApprovals()
        let digest = try opener.checkDigest(
            revision, given: isStarted ? nil : approval.digest)
        try opener.checkApproved(job, given: approval.digest, isResume: mustBeStarted)
        let totals = try job.totals()
        let settings = try settings(revision, origin, totals, isStarted: isStarted)
        // What a retry has put right needs nobody to accept it.
        guard totals.toDo > 0 else { return try changer.finish(job, .completed) }
        try checkHalt(job)
        if isStarted {
            for line in try job.approvals().map(\.line) { desk.console.say("\(line)") }
        } else {
            try approval.obtain(desk, revision, totals: totals, settings: settings)
        }
        let secrets = try changer.secrets(job, origin)
        // Everything that can be refused has been; from here on the job is started.
        let events = try changer.eventLog(job)
        return try revision.run(mustBeStarted ? "resume" : "apply", desk) { run in
            if !isStarted {
                try changer.start(
                    run, digest: digest, totals: totals, how: approval.how, settings: settings)
            }
            if acceptFailures { try run.acceptFailures(at: desk.wall) }
            return try changer.change(run, try job.openRevisions(), secrets, events, total: totals.toDo)
        }.status
    }

    /// What a job that nobody has approved says of settings counts for nothing.
    private func settings(
        _ revision: Revision, _ origin: JobOrigin, _ totals: Totals, isStarted: Bool
    ) throws -> RunSettings {
        let job = revision.job
        if isStarted, let kept = try revision.settings() {
            // All that will run, so that no flag is refused when a part has run already.
            for open in try job.openRevisions() {
                _ = try open.settings()?.resumed(connection, options)
            }
            return try kept.resumed(connection, options)
        }
        let target = try StoredTarget.parse(origin, path: job.path)
        return try RunSettings.first(connection, options, target.settings, PlanNature(job, totals))
    }

    private func checkHalt(_ job: Job) throws {
        guard !acceptFailures, let halt = try job.openHalt() else { return }
        throw CommandError(
            .halted,
            """
            the job was halted: \(HaltText.sentence(halt.cause, halt.detail)).
            Nothing was sent.
            \(HaltText.steps(halt.cause, job: job.path))
            """)
    }
}
