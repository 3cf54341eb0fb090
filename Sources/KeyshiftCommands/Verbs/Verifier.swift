import CurlTransport
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// `verify`: reads every project again that is done or that the job sent a PATCH to, and changes nothing.
struct Verifier {
    var console: Console
    var jobPath: String
    var connection: Connection
    var options: ConnectionOptions
    /// Where those that are no longer right go, as a fleet CSV.
    var output: String?
    var acceptsMissingLog: Bool

    func run() throws -> ExitStatus {
        try FilePlace.checkOutputs([output], inputs: options.files)
        if let output {
            try FilePlace.checkOutput(output, job: jobPath)
            let job = try JobFile.open(jobPath, for: .read)
            try FilePlace.checkOutput(output, isNoInputOf: job)
            try job.close()
        }
        let file = try output.map { try OutputFile($0) }
        if OutputFile.isStandardOutput(output) { console.leaveStandardOutput() }
        let opener = JobOpener(
            jobPath: jobPath, connection: connection, acceptsMissingLog: acceptsMissingLog)
        return try opener.withJob { try run($0, opener, file) }
    }

    private func run(_ job: JobFile, _ opener: JobOpener, _ file: OutputFile?) throws -> ExitStatus {
        let origin = try job.origin()
        try opener.checkBinding(origin)
        try job.checkApprovals()
        let counts = try job.verifyCounts()
        let target = try StoredTarget.parse(origin, path: jobPath)
        try job.beginRun("verify", at: SystemClock.wallMilliseconds())
        let session = Session(
            console: console, journal: job, organisation: origin.organisation, connection: connection,
            options: options,
            settings: .reading(options, target.settings), job: job,
            // What can't be read can't be looked for either.
            sentBefore: try PlannedSecrets.read(job, origin) { _ in })
        let rows = DoneRows(job, columns: origin.columns, target: target)
        let end = try session.run(rows, verb: "read again", countsRereads: true, total: { counts.read })
        let status = try report(job, origin, end, file, counts)
        try job.endRun(end.word, exitCode: Int(status.rawValue), at: SystemClock.wallMilliseconds())
        return status
    }

    private func report(
        _ job: JobFile, _ origin: JobOrigin, _ end: RunEnd, _ file: OutputFile?,
        _ counts: (read: Int, left: [(result: ProjectResult, count: Int)])
    ) throws -> ExitStatus {
        var findings: [String: Int] = [:]
        try job.forEachReread { project, finding, detail in
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
        try writeSheet(job, origin, file, of: wrong)
        if let advice = end.advice(resume: "keyshift verify \(ShellWord.quoted(jobPath))") {
            console.error(advice)
        }
        let codes: [ExitStatus] = [
            end.status, unreadable > 0 ? .someFailed : .done, wrong > 0 ? .differences : .done,
        ]
        return ExitStatus.worst(codes.filter { $0 != .done })
    }

    private func writeSheet(
        _ job: JobFile, _ origin: JobOrigin, _ file: OutputFile?, of findings: Int
    ) throws {
        guard let output, let file else { return }
        let sheet = FailedCSV(columns: origin.columns)
        try file.write { append in
            try append(sheet.header)
            try job.forEachReread { project, finding, _ in
                guard finding != Self.right, finding != Self.unreadable else { return }
                try append(sheet.line(project))
            }
        }
        if findings > 0, file.hasName { console.say("To plan again: \(output)") }
    }

    private static let right = Reread.Finding.right.word
    private static let unreadable = "unreadable"
}
