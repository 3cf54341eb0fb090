import AtlasAPI
import ArgumentParser
import JobStore
import MigrationCore
import Reporting

/// A new job that puts back what a job has changed, where there is a way back.
struct Undo: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Plan the way back, where there is one, as a new job.",
        discussion: """
            Puts back what the job has changed and what can go back; names the rest and why. Changes nothing itself:
            look at the new job and apply it.

              keyshift undo fleet.job --job back.job
              keyshift show back.job
              keyshift apply back.job
            """)

    @Argument(help: "The job whose changes are to be put back.", transform: FileName.file)
    var source: String
    @Option(help: "The new job file.", transform: FileName.file)
    var job: String
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run(_ desk: Desk) throws -> ExitStatus {
        let opener = JobOpener(
            path: source, connection: try Connection.load(connection, desk.environment),
            acceptsMissingLog: jobOptions.acceptMissingLog)
        _ = try opener.connection.requireCredentials()
        let (sourcePath, jobPath) = (opener.path, JobPlace.resolved(job))
        try JobPlace.checkIsFile(sourcePath)
        try JobPlace.check(sourcePath)
        guard !FilePlace.isSame(sourcePath, jobPath) else {
            throw CommandError(.usage, "--job must be a new file; \(jobPath) is the job to undo.")
        }
        // Its run could change what is read here.
        let sourceLock = try RunLock(job: sourcePath)
        defer { withExtendedLifetime(sourceLock) {} }
        let source = try Job.open(sourcePath, for: .read)
        defer { try? source.close() }
        StoredTarget.hold(source)
        // Changes that are in no log any more would not be put back.
        if let loss = source.logLoss, !opener.acceptsMissingLog {
            throw JobStoreError.missingLog(path: sourcePath, loss)
        }
        try source.checkNobodyRuns()
        try source.checkWhole()
        let origin = try source.origin()
        try opener.checkBinding(origin)
        try source.checkApprovals()
        let unknown = try source.totals()[ProjectResult.unknown]
        if unknown > 0 {
            throw CommandError(
                .mismatch,
                "\(sourcePath) has \(TextReport.count(unknown, "project")) with an unknown outcome; nobody can say "
                    + "what to put back there. First: keyshift resume \(ShellWord.quoted(sourcePath)). "
                    + "No job was written."
            )
        }
        return try plan(desk, source, origin, opener.connection)
    }

    private func plan(
        _ desk: Desk, _ source: Job, _ origin: JobOrigin, _ atlas: Connection
    ) throws -> ExitStatus {
        let (console, jobPath) = (desk.console, JobPlace.resolved(job))
        let new = NewJob(jobPath: jobPath, inputs: [source.path] + connection.files.compactMap { $0 })
        try new.checkPlace()
        guard try source.hasChanged() else {
            console.say(
                "\(source.path) has changed nothing, so there is nothing to put back. No job was written.")
            return .done
        }
        let kept = try whatStays(source)
        guard kept.canGoBack else {
            console.out(kept.text.text)
            console.say("Nothing can be put back, so no job was written.")
            return .someFailed
        }
        let lock = try RunLock(job: jobPath)
        defer { withExtendedLifetime(lock) {} }
        try new.load { try load($0, source, origin, at: desk.wall) }
        let target = try StoredTarget.parse(origin, path: source.path)
        return try PlanReader(
            desk: desk, connection: atlas, target: target,
            knownSecrets: try PlannedSecrets.read(source, origin, desk.environment) { _ in }
        ).run(jobPath, lock) { totals in
            if kept.text.count > 0 { console.out("\nNot all can go back:\n" + kept.text.text) }
            // What somebody has changed since can't go back either.
            guard kept.text.count > 0 || totals[PlanClass.blocked] > 0 else { return .done }
            console.say("Project by project: keyshift show \(ShellWord.quoted(jobPath))")
            return .someFailed
        }
    }

    /// `canGoBack`: whether a single field of a single project can.
    private func whatStays(_ source: Job) throws -> (text: UndoText, canGoBack: Bool) {
        var text = UndoText()
        var canGoBack = false
        try source.forEachChanged { row, _, change in
            let wanted = UndoTarget(undoing: change)
            canGoBack = canGoBack || !wanted.steps.isEmpty
            text.add(id: row.project.text, name: row.name, kept: wanted.kept)
        }
        return (text, canGoBack)
    }

    private func load(
        _ file: Job, _ source: Job, _ origin: JobOrigin, at now: Int64
    ) throws -> JobOrigin {
        var made = origin
        made.createdAt = now
        made.csvName = FilePlace.absolute(source.path)
        made.targetName = "undo of \(origin.targetName)"
        try file.load { loader in
            var digest = ByteDigest()
            var ordinal = 0
            try source.forEachChanged { row, wave, change in
                ordinal += 1
                let wanted = UndoTarget(undoing: change)
                let line = LoadedProject(
                    ordinal: ordinal, project: row.project, name: row.name, cells: row.cells,
                    wanted: wanted)
                Array((row.project.text + wanted.json.canonicalText() + "\n").utf8).withUnsafeBytes {
                    digest.add($0)
                }
                _ = try loader.insert(line, line: ordinal + 1, wave: wave)
            }
            made.csvDigest = digest.finish()
            return .commit(made)
        }
        return made
    }
}
