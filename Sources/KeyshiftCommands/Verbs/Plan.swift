import FleetCSV
import TargetFiles
import ArgumentParser
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// Input → job → live state → decisions.
struct Plan: Verb {
    static let configuration = CommandConfiguration(
        abstract:
            "Validate a CSV and a target, read each project's live state, and write the job. Changes nothing.",
        discussion: """
            Only GET requests leave; but a GET of the encryption settings makes Atlas check the project's key, so a key
            that has quietly stopped working may come to light (and act) now.

              keyshift plan fleet.csv --target plans/google-role.yaml --job fleet.job
              keyshift plan - --target plans/search-nodes.yaml --job fleet.job < fleet.csv

            Run again with the same input it reads what is still unread.
            """)

    @Argument(help: "The fleet CSV; - reads standard input.", transform: FileName.orStandard)
    var csv: String
    @Option(help: "What stands between the CSV's cells; results are always written with commas.")
    var delimiter = Delimiter.comma
    @Option(help: "The target file (YAML or JSON).", transform: FileName.file)
    var target: String
    @Option(help: "The job file to write.", transform: FileName.file)
    var job: String
    @Flag(help: "Validate and write the job without reading anything; `plan` again completes it.")
    var offline = false
    @Flag(help: "Exit 2 when there is something to change.")
    var detailedExitcode = false
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run(_ desk: Desk) throws -> ExitStatus {
        let atlas = try Connection.load(connection, desk.environment)
        if !offline { _ = try atlas.requireCredentials() }
        let secrets = KnownSecrets(of: atlas, desk.environment)
        let target = try readTarget(secrets)
        let jobPath = JobPlace.resolved(job)
        let new = NewJob(jobPath: jobPath, inputs: [csv, self.target] + connection.files.compactMap { $0 })
        try new.checkPlace()
        let lock = try RunLock(job: jobPath)
        defer { withExtendedLifetime(lock) {} }
        try new.load(
            FleetImport(path: csv, target: target, separator: delimiter.byte, secrets: secrets),
            targetPath: self.target, connection: atlas, at: desk.wall)
        return try PlanReader(
            desk: desk, connection: atlas, target: target, knownSecrets: secrets.secrets
        ).run(
            jobPath, lock, offline: offline, detailedExitCode: detailedExitcode,
            acceptsMissingLog: jobOptions.acceptMissingLog)
    }

    private func readTarget(_ secrets: KnownSecrets) throws -> TargetFile {
        let targetPath = self.target
        let bytes: [UInt8]
        do {
            // One byte more than it may have, for the parser to say so.
            bytes = try InputFile.start(of: targetPath, for: .plain, count: TargetFile.sizeLimit + 1)
        } catch {
            throw CommandError(
                .inputMissing,
                "\(targetPath): the target file can't be read: \(error.detail); nothing was written.")
        }
        do throws(TargetProblems) {
            let target = try TargetFile.parse(bytes)
            secrets.learn(target.target)
            let held = try TargetFile.places(in: bytes, secrets.held)
            guard held.isEmpty else {
                throw TargetProblems(list: held.map { TargetProblem(.secret($0.found), at: $0.position) })
            }
            return target
        } catch {
            let lines: [Prose] = error.list.prefix(ProblemList.limit).map { problem in
                let message = secrets.held(in: problem.message).map {
                    TargetProblem(.secret($0), at: .start).message
                }
                return
                    "\(targetPath):\(problem.position.line):\(problem.position.column): \(message ?? problem.message)"
            }
            throw CommandError(
                .badData, InputErrors.text(lines, further: error.list.count - lines.count))
        }
    }
}
