import AtlasAPI
import CurlTransport
import Foundation
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// `plan`: input → job → live state → decisions.
struct Planner {
    var console: Console
    var csv: String
    var delimiter: Delimiter
    var targetPath: String
    var jobPath: String
    var connection: Connection
    var options: ConnectionOptions
    var acceptsMissingLog: Bool

    func run(offline: Bool, detailedExitCode: Bool) throws -> ExitStatus {
        if !offline { _ = try connection.requireCredentials() }
        let secrets = KnownSecrets(of: connection)
        let target = try readTarget(secrets)
        let new = NewJob(jobPath: jobPath, inputs: [csv, targetPath] + options.files.compactMap { $0 })
        try new.checkPlace()
        let lock = try RunLock(job: jobPath)
        defer { withExtendedLifetime(lock) {} }
        try new.load { file in
            do {
                var origin: JobOrigin?
                _ = try FleetImport(
                    path: csv, target: target, separator: delimiter.byte, secrets: secrets
                ).load(into: file) { loaded in
                    let made = JobOrigin(of: loaded, csv: csv, target: target, connection: connection)
                    origin = made
                    return made
                }
                return origin
            } catch {
                throw InputErrors.explain(error, csv: csv, target: targetPath)
            }
        }
        return try PlanReader(
            console: console, jobPath: jobPath, connection: connection, options: options, target: target,
            lock: lock, acceptsMissingLog: acceptsMissingLog, knownSecrets: secrets.secrets
        ).run(offline: offline, detailedExitCode: detailedExitCode)
    }

    private func readTarget(_ secrets: KnownSecrets) throws -> TargetFile {
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

extension JobOrigin {
    /// What a job that is made now is made from.
    init(of loaded: FleetImport.Loaded, csv: String, target: TargetFile, connection: Connection) {
        let text = target.canonicalJSON.canonicalText()
        self.init(
            createdAt: SystemClock.wallMilliseconds(), address: connection.address,
            organisation: connection.organisation, csvName: FilePlace.absolute(csv), csvDigest: loaded.digest,
            columns: loaded.columns, targetName: target.name, targetText: text,
            targetDigest: Hex.digest(of: Array(text.utf8)))
    }
}

extension KnownSecrets {
    /// What this machine sends over a connection, and can read.
    convenience init(of connection: Connection) {
        let environment = ProcessInfo.processInfo.environment
        self.init(
            connection.credentials, others: ProxyName.passwords(environment),
            source: SystemSecrets(environment: environment))
    }
}

/// The problems of a sheet and a target file as `file:line:column: message` lines.
enum InputErrors {
    static func text(_ lines: [Prose], further: Int, isCut: Bool = false) -> Prose {
        let rest: [Prose] =
            (further > 0 ? ["… and \(further) more."] : [])
            + (isCut ? ["Reading was broken off; there may be more."] : [])
        let count = lines.count + further
        return (lines + rest + ["\(count) problem\(count == 1 ? "" : "s"); nothing was written."]).joined(
            separator: "\n")
    }

    static func explain(_ error: any Error, csv: String, target: String) -> any Error {
        let name = csv == "-" ? "standard input" : csv
        switch error {
        case FleetImport.Failure.missing:
            return CommandError(.inputMissing, "\(name): no such file; nothing was written.")
        case FleetImport.Failure.unreadable(_, let detail):
            return CommandError(.inputMissing, "\(name): can't be read: \(detail); nothing was written.")
        case FleetImport.Failure.noProjects:
            return CommandError(
                .badData,
                "\(name):1:1: the sheet has a header and no projects; add a row for each. Nothing was written."
            )
        case FleetImport.Failure.problems(let list, let targets):
            let lines: [Prose] =
                list.kept.map { "\(name):\($0.position.line):\($0.position.column): \($0.message)" }
                + targets.prefix(ProblemList.limit).map {
                    "\(target):\($0.position.line):\($0.position.column): \($0.message)"
                }
            let further = list.furtherCount + max(0, targets.count - ProblemList.limit)
            return CommandError(.badData, text(lines, further: further, isCut: list.isCut))
        default: return error
        }
    }
}
