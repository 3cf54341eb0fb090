import AtlasAPI
import CurlTransport
import Foundation
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// `undo`: a new job that puts back what a job has changed, where there is a way back.
struct Undoer {
    var console: Console
    /// The job whose changes are put back; only read.
    var sourcePath: String
    var jobPath: String
    var connection: Connection
    var options: ConnectionOptions
    var acceptsMissingLog: Bool

    func run() throws -> ExitStatus {
        _ = try connection.requireCredentials()
        try JobFile.checkIsFile(sourcePath)
        try JobPlace.check(sourcePath)
        guard !FilePlace.isSame(sourcePath, jobPath) else {
            throw CommandError(.usage, "--job must be a new file; \(jobPath) is the job to undo.")
        }
        // Its run could change what is read here.
        let sourceLock = try RunLock(job: sourcePath)
        defer { withExtendedLifetime(sourceLock) {} }
        let source = try JobFile.open(sourcePath, for: .read)
        defer { try? source.close() }
        // Changes that are in no log any more would not be put back.
        if let loss = source.logLoss, !acceptsMissingLog {
            throw JobStoreError.missingLog(path: sourcePath, loss)
        }
        try source.checkNobodyRuns()
        try source.checkWhole()
        let origin = try source.origin()
        try JobOpener(jobPath: sourcePath, connection: connection, acceptsMissingLog: acceptsMissingLog)
            .checkBinding(origin)
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
        return try plan(source, origin)
    }

    private func plan(_ source: JobFile, _ origin: JobOrigin) throws -> ExitStatus {
        let new = NewJob(jobPath: jobPath, inputs: [sourcePath] + options.files.compactMap { $0 })
        try new.checkPlace()
        guard try source.hasChanged() else {
            console.say(
                "\(sourcePath) has changed nothing, so there is nothing to put back. No job was written.")
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
        try new.load { try load($0, source, origin) }
        let target = try StoredTarget.parse(origin, path: sourcePath)
        let status = try PlanReader(
            console: console, jobPath: jobPath, connection: connection, options: options, target: target,
            lock: lock, knownSecrets: try PlannedSecrets.read(source, origin) { _ in }
        ).run(offline: false, detailedExitCode: false)
        guard kept.text.count > 0 else { return status }
        console.out("\nNot all can go back:\n" + kept.text.text)
        console.say("Project by project: keyshift show \(ShellWord.quoted(jobPath))")
        return ExitStatus.worst([status, .someFailed].filter { $0 != .done })
    }

    /// `canGoBack`: whether a single field of a single project can.
    private func whatStays(_ source: JobFile) throws -> (text: UndoText, canGoBack: Bool) {
        var text = UndoText()
        var canGoBack = false
        try source.forEachChanged { row, _, change in
            let wanted = UndoTarget(undoing: change)
            canGoBack = canGoBack || !wanted.steps.isEmpty
            text.add(id: row.project.text, name: row.name, kept: wanted.kept)
        }
        return (text, canGoBack)
    }

    private func load(_ file: JobFile, _ source: JobFile, _ origin: JobOrigin) throws -> JobOrigin {
        var made = origin
        made.createdAt = SystemClock.wallMilliseconds()
        made.csvName = FilePlace.absolute(sourcePath)
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
