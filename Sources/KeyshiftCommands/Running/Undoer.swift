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
        let lock = try RunLock(job: jobPath)
        defer { withExtendedLifetime(lock) {} }
        var kept: [String] = []
        var keptCount = 0
        try new.load { file in
            var made = origin
            made.createdAt = SystemClock.wallMilliseconds()
            made.csvName = sourcePath
            made.targetName = "undo of \(origin.targetName)"
            try file.load { loader in
                var digest = ByteDigest()
                var ordinal = 0
                try source.forEachChanged { row, wave, change in
                    ordinal += 1
                    let wanted = UndoTarget(undoing: change)
                    if !wanted.kept.isEmpty {
                        keptCount += 1
                        if kept.count < Self.named {
                            let name = TextReport.named(row.project.text, row.name)
                            kept.append(
                                "  \(name): \(TerminalText.safe(wanted.kept.joined(separator: "; ")))")
                        }
                    }
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
        let target = try StoredTarget.parse(origin, path: sourcePath)
        let status = try PlanReader(
            console: console, jobPath: jobPath, connection: connection, options: options, target: target,
            lock: lock
        ).run(offline: false, detailedExitCode: false)
        return ExitStatus.worst([status, explain(kept, keptCount)].filter { $0 != .done })
    }

    /// The most that are named here; `show` names all.
    private static let named = 100

    private func explain(_ kept: [String], _ count: Int) -> ExitStatus {
        guard count > 0 else { return .done }
        let rest = count > kept.count ? "\n  and \(count - kept.count) more" : ""
        console.out(
            """

            Not all can go back in \(TextReport.count(count, "project")):
            \(kept.joined(separator: "\n"))\(rest)
            All of it, project by project: keyshift show \(ShellWord.quoted(jobPath))

            """)
        return .someFailed
    }
}
