import TargetFiles
import ArgumentParser
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// Reads every project again that is done or that the job sent a PATCH to, and changes nothing.
struct Verify: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Read every project that is done or was sent a change again; exit 2 when one is not right.",
        discussion: """
            Only GET requests leave. Somebody's Terraform may have put a setting back weeks later; the sheet that -o
            writes is what to plan again.

              keyshift verify fleet.job
              keyshift verify fleet.job -o again.csv
            """)

    @Argument(help: "The job file.", transform: FileName.file)
    var job: String
    @Option(
        name: .shortAndLong, help: "Write those that are no longer right here, as a fleet CSV.",
        transform: FileName.orStandard)
    var output: String?
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run(_ desk: Desk) throws -> ExitStatus {
        let opener = JobOpener(
            path: job, connection: try Connection.load(connection, desk.environment),
            acceptsMissingLog: jobOptions.acceptMissingLog)
        try FilePlace.checkOutputs([output], inputs: connection.files)
        if let output {
            try FilePlace.checkOutput(output, job: opener.path)
            let job = try Job.open(opener.path, for: .read)
            try PlannedSecrets.checkOutput(output, isNoInputOf: job)
            try job.close()
        }
        let file = try desk.output(output)
        return try opener.withJob(desk) { try run(desk, $0, opener, file) }
    }

    private func run(
        _ desk: Desk, _ job: Job, _ opener: JobOpener, _ file: OutputFile?
    ) throws -> ExitStatus {
        let origin = try job.origin()
        try opener.checkBinding(origin)
        try job.checkApprovals()
        let counts = try job.verifyCounts()
        let target = try StoredTarget.parse(origin, path: job.path)
        return try job.lastRevision().run("verify", desk) { run in
            let session = Session(
                desk: desk, connection: opener.connection, journal: run, organisation: origin.organisation,
                settings: .reading(connection, target.settings), run: run,
                // What can't be read can't be looked for either.
                sentBefore: try PlannedSecrets.read(job, origin, desk.environment) { _ in })
            let rows = DoneRows(job, columns: origin.columns, target: target)
            let end = try session.run(rows, verb: "read again", countsRereads: true, total: { counts.read })
            return (end, try report(desk.console, run, origin, end, file, counts))
        }.status
    }

    private func report(
        _ console: Console, _ run: Run, _ origin: JobOrigin, _ end: RunEnd, _ file: OutputFile?,
        _ counts: (read: Int, left: [(result: ProjectResult, count: Int)])
    ) throws -> ExitStatus {
        var findings: [String: Int] = [:]
        try run.forEachReread { project, finding, detail in
            findings[finding, default: 0] += 1
            if let line = TextReport.reread(project, finding, detail) { console.out(line) }
        }
        let right = findings[Self.right, default: 0]
        let unreadable = findings[Self.unreadable, default: 0]
        let wrong = findings.values.reduce(0, +) - right - unreadable
        let unread = counts.read - right - unreadable - wrong
        console.out(
            "\(TextReport.count(counts.read, "project")) that the job changed, tried to change or found as wanted: "
                + "\(right) right, \(wrong) not, \(unreadable) can't be read"
                + (unread > 0 ? ", \(unread) not read" : "") + ".\n")
        if !counts.left.isEmpty {
            let list = counts.left.map { "\($0.count) \($0.result.rawValue)" }.joined(separator: ", ")
            console.out("Not checked, since nothing was sent to them: \(list).\n")
        }
        try writeSheet(console, run, origin, file, of: wrong)
        if let advice = end.advice(resume: "keyshift verify \(ShellWord.quoted(run.job.path))") {
            console.error(advice)
        }
        return ExitStatus.worst([
            end.status, unreadable > 0 ? .someFailed : .done, wrong > 0 ? .differences : .done,
        ])
    }

    private func writeSheet(
        _ console: Console, _ run: Run, _ origin: JobOrigin, _ file: OutputFile?, of findings: Int
    ) throws {
        guard let output, let file else { return }
        let sheet = FailedCSV(columns: origin.columns)
        try file.write { append in
            try append(sheet.header)
            try run.forEachReread { project, finding, _ in
                guard finding != Self.right, finding != Self.unreadable else { return }
                try append(sheet.line(project))
            }
        }
        if findings > 0, file.hasName { console.say("To plan again: \(output)") }
    }

    private static let right = RereadFinding.right.word
    private static let unreadable = "unreadable"
}
