import TargetFiles
import ArgumentParser
import AtlasAPI
import JobStore
import MigrationCore
import Reporting

/// Reads the chosen projects again into a new revision of the plan, asks, and runs it.
struct Retry: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Read chosen projects again, ask, and run them anew; the others are left alone.",
        discussion: """
            The chosen projects get a new revision of the plan, with its own digest and question, and their tries start
            anew; what happened before stays in the job.

              keyshift retry fleet.job                                  (those that failed)
              keyshift retry fleet.job --only drifted
              keyshift retry fleet.job --only failed:CANNOT_ASSUME_ROLE
              keyshift retry fleet.job --only blocked:key_not_valid --yes --confirm-irreversible 3
            """)

    @Argument(help: "The job file.", transform: FileName.file)
    var job: String
    @Option(help: "RESULT or RESULT:CODE; the code is a status, an error code or a reason.")
    var only = RetryChoice(result: .failed)
    @Flag(help: "Answer yes to the ordinary question.")
    var yes = false
    @Option(help: "The exact number of changes that can't be undone.")
    var confirmIrreversible: Int?
    @Option(help: "The digest of the new revision that was approved; another is refused (7).")
    var approve: String?
    @OptionGroup(title: "Run") var options: RunOptions
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run(_ desk: Desk) throws -> ExitStatus {
        let opener = JobOpener(
            path: job, connection: try Connection.load(connection, desk.environment),
            acceptsMissingLog: jobOptions.acceptMissingLog)
        let changer = Changer(desk: desk, opener: opener, options: options)
        try changer.checkEvents()
        return try opener.withJob(desk) { try run($0, changer) }
    }

    private func run(_ job: Job, _ changer: Changer) throws -> ExitStatus {
        let (desk, opener) = (changer.desk, changer.opener)
        let console = desk.console
        let origin = try job.origin()
        try opener.checkBinding(origin)
        try changer.checkResults(origin)
        guard try job.firstRevision.isApproved() else {
            throw CommandError(
                .mismatch,
                "\(job.path) has not been started, so there is nothing to try again. "
                    + "Use `keyshift apply \(ShellWord.quoted(job.path))`.")
        }
        try job.checkApprovals()
        let draft = try job.draftRevision(only, at: desk.wall)
        guard let (revision, count) = draft else {
            console.say("No project of \(job.path) is \(only); nothing was read or sent.")
            return .done
        }
        console.say("Reading \(TextReport.count(count, "project")) again (\(only)).")
        let reader = PlanReader(
            desk: desk, connection: opener.connection,
            target: try StoredTarget.parse(origin, path: job.path))
        let command = "retry --only \(ShellWord.quoted(only.description))"
        return try revision.run(command, desk) { run in
            let end = try reader.read(run, resume: "keyshift \(command) \(ShellWord.quoted(job.path))")
            guard end == .completed else { return (end, end.status) }
            let unread = try revision.unreadCount()
            guard unread == 0 else {
                console.error(
                    "\(TextReport.count(unread, "project")) could not be read, so nothing was sent. Give the same "
                        + "command again; it reads what is still unread.")
                return (end, .someFailed)
            }
            return try goOn(run, changer, origin, reader, command)
        }.status
    }

    /// Holds what was read against what this job has sent, before anybody is asked.
    private func goOn(
        _ run: Run, _ changer: Changer, _ origin: JobOrigin, _ reader: PlanReader, _ command: String
    ) throws -> (RunEnd, ExitStatus) {
        let (job, revision) = (run.job, run.revision)
        let carried = try revision.carriedProjects()
        let broken = carried.filter(\.isBroken)
        guard broken.isEmpty else { return try halt(run, changer, broken) }
        // Their next look is that of the plan that sent the change.
        let open = carried.filter { $0.outcome.result == .unknown }
        try revision.leaveOut(open.map(\.ordinal))
        if !open.isEmpty {
            changer.desk.console.say(
                "What became of the change of \(TextReport.count(open.count, "project")) can't be told by that. "
                    + "A look again: keyshift resume \(ShellWord.quoted(job.path))")
        }
        guard try revision.draftTotals().projects > 0 else {
            try job.dropDraft()
            return (.completed, try changer.finish(job, .completed))
        }
        try reader.seal(revision)
        return try start(run, changer, origin, reader, command)
    }

    /// As a run halts: a change of this job has broken something, and nothing more is sent before a person has looked.
    private func halt(_ run: Run, _ changer: Changer, _ broken: [CarriedProject]) throws -> (
        RunEnd, ExitStatus
    ) {
        let (desk, job) = (changer.desk, run.job)
        for one in broken where one.outcome.reason == .notValidAfterChange {
            let name = TextReport.named(one.project.text, one.name)
            desk.console.warn(DeadKeyText.warning(name, seenAt: one.seenAt, readUntil: nil))
        }
        let first = broken[0]
        let isDead = first.outcome.reason == .notValidAfterChange
        let halt = Halt(
            isDead ? .notValidAfterChange : .collateralChange,
            "\(first.project): \(first.outcome.detail ?? "")")
        // Its reading has told what it could, and nobody is to approve it.
        try job.dropDraft()
        try run.on(job.lastRevision()).commit(
            broken.map { .project($0.ordinal, .outcome($0.outcome)) } + [.run(.halted(halt, at: desk.wall))])
        let end = RunEnd.halted(halt)
        return (end, try changer.finish(job, end))
    }

    private func start(
        _ run: Run, _ changer: Changer, _ origin: JobOrigin, _ reader: PlanReader, _ command: String
    ) throws -> (RunEnd, ExitStatus) {
        let (desk, job, revision) = (changer.desk, run.job, run.revision)
        let approval = Approval(yes: yes, confirmIrreversible: confirmIrreversible, digest: approve)
        let totals = try revision.draftTotals()
        try reader.printPlan(revision, totals)
        let digest = try changer.opener.checkDigest(revision, given: approval.digest)
        let settings = try RunSettings.first(
            connection, options, reader.target.settings, PlanNature(job, totals))
        if totals.toDo > 0 {
            try approval.obtain(
                desk, revision, totals: totals, settings: settings, command: command)
        }
        let secrets = try changer.secrets(job, origin)
        let events = try changer.eventLog(job)
        let how = totals.toDo > 0 ? approval.how : "nothing to change"
        try changer.start(run, digest: digest, totals: totals, how: how, settings: settings)
        let revisions = totals.toDo > 0 ? [revision] : []
        return try changer.change(run, revisions, secrets, events, total: totals.toDo)
    }
}

extension RetryChoice: ExpressibleByArgument {
    /// Results that a new plan can help; what is pending is for `resume`, what is done for nobody.
    private static let results: [ProjectResult] = [.failed, .blocked, .drifted, .unknown]

    package init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard let result = parts.first.flatMap({ ProjectResult(rawValue: $0) }),
            Self.results.contains(result), parts.count == 1 || !parts[1].isEmpty
        else { return nil }
        self.init(result: result, code: parts.count == 2 ? parts[1] : nil)
    }

    package static var allValueStrings: [String] { results.map(\.rawValue) }
}
