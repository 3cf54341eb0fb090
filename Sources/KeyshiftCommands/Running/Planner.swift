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
    var targetPath: String
    var jobPath: String
    var connection: Connection
    var options: ConnectionOptions

    func run(offline: Bool, detailedExitCode: Bool) throws -> ExitStatus {
        if !offline { _ = try connection.requireCredentials() }
        let target = try readTarget()
        try checkPlace()
        try checkNames()
        let lock = try RunLock(job: jobPath)
        defer { withExtendedLifetime(lock) {} }
        try load(target)
        let job = try JobFile.open(jobPath, for: .run)
        let status: ExitStatus
        do {
            status = try offline ? .done : read(job, target)
            let settings = RunSettings.first(options, nil, target.settings)
            console.out(try PlanOutput(job: job, jobPath: jobPath).summary(settings: settings))
        } catch {
            // The first error is the one to tell; what is committed stays.
            try? job.close()
            throw error
        }
        let totals = try job.totals()
        try job.close()
        let unread: ExitStatus = !offline && totals[PlanClass.unread] > 0 ? .someFailed : .done
        let differences: ExitStatus = detailedExitCode && totals.toDo > 0 ? .differences : .done
        return ExitStatus.worst([status, unread, differences].filter { $0 != .done })
    }

    /// Nothing that a run writes may take the place of what it reads.
    private func checkNames() throws {
        for output in FilePlace.ofJob(jobPath)
        where [csv, targetPath].contains(where: { $0 != "-" && FilePlace.isSame($0, output) }) {
            throw CommandError(
                .usage, "--job \(jobPath) would have \(output) written over an input. Choose another name.")
        }
    }

    /// Before the lock, which would be the first file to fail there, and would lie beside what is no job.
    private func checkPlace() throws {
        guard !jobPath.isEmpty else { throw CommandError(.usage, "--job needs the name of a file.") }
        if FileManager.default.fileExists(atPath: jobPath) { try JobFile.checkIsFile(jobPath) }
        guard access(JobFile.folder(of: jobPath), W_OK) != 0 else { return }
        throw JobStoreError.cannotCreate(path: jobPath, detail: String(cString: strerror(errno)))
    }

    private func readTarget() throws -> TargetFile {
        let bytes: [UInt8]
        do {
            // One byte more than it may have, for the parser to say so.
            bytes = try InputFile.start(of: targetPath, count: TargetFile.sizeLimit + 1)
        } catch {
            throw CommandError(
                .inputMissing,
                "\(targetPath): the target file can't be read: \(error.detail); nothing was written.")
        }
        do throws(TargetProblems) {
            return try TargetFile.parse(bytes)
        } catch {
            let lines = error.list.prefix(ProblemList.limit).map {
                "\(targetPath):\($0.position.line):\($0.position.column): \($0.message)"
            }
            throw CommandError(
                .badData, InputErrors.text(lines, further: error.list.count - lines.count))
        }
    }

    /// Makes the job, or finds that the existing one was made from the same input.
    private func load(_ target: TargetFile) throws {
        let temporary = jobPath + ".tmp"
        // Only a planner that died leaves one, and we hold the lock.
        try? FileManager.default.removeItem(atPath: temporary)
        let file = try JobFile.create(temporary)
        var origin: JobOrigin?
        do {
            _ = try FleetImport(path: csv, target: target).load(into: file) { loaded in
                let made = self.origin(loaded, target)
                origin = made
                return made
            }
            try file.close()
        } catch {
            try? file.close()
            try? FileManager.default.removeItem(atPath: temporary)
            throw InputErrors.explain(error, csv: csv, target: targetPath)
        }
        guard FileManager.default.fileExists(atPath: jobPath) else {
            try JobFile.publish(temporary, as: jobPath)
            return
        }
        try? FileManager.default.removeItem(atPath: temporary)
        if let origin { try checkSame(origin) }
    }

    private func origin(_ loaded: FleetImport.Loaded, _ target: TargetFile) -> JobOrigin {
        let text = target.canonicalJSON.canonicalText()
        return JobOrigin(
            createdAt: SystemClock.wallMilliseconds(), address: connection.address,
            organisation: connection.organisation, csvName: csv, csvDigest: loaded.digest,
            columns: loaded.columns,
            targetName: target.name, targetText: text, targetDigest: Hex.digest(of: Array(text.utf8)))
    }

    private func checkSame(_ new: JobOrigin) throws {
        let job = try JobFile.open(jobPath, for: .read)
        let old = try job.origin()
        let isStarted = try job.isApproved()
        try job.close()
        let differing = [
            ("the CSV", old.csvDigest == new.csvDigest), ("the target", old.targetDigest == new.targetDigest),
            ("the address", old.address == new.address),
            (
                "the organisation",
                new.organisation == nil || old.organisation == nil || old.organisation == new.organisation
            ),
        ].filter { !$0.1 }.map(\.0)
        guard differing.isEmpty else {
            throw CommandError(
                .mismatch,
                "\(jobPath) was planned from other input (\(differing.joined(separator: ", ")) differs); nothing was "
                    + "changed. Give another --job, or the input that it was planned from.")
        }
        guard !isStarted else {
            throw CommandError(
                .mismatch,
                "\(jobPath) has been started; a started job is not planned again. "
                    + "Go on with `keyshift resume \(ShellWord.quoted(jobPath))`.")
        }
    }

    private func read(_ job: JobFile, _ target: TargetFile) throws -> ExitStatus {
        let unread = try job.totals()[PlanClass.unread]
        if unread > 0 {
            try job.beginRun("plan", at: SystemClock.wallMilliseconds())
            let session = Session(
                console: console, job: job, connection: connection, options: options,
                settings: RunSettings.first(options, nil, target.settings))
            let rows = UnreadRows(job, columns: try job.origin().columns, target: target)
            let end = try session.run(rows, verb: "read", total: unread)
            try job.endRun(end.word, exitCode: Int(end.status.rawValue), at: SystemClock.wallMilliseconds())
            if let advice = end.advice(resume: "the same keyshift plan command") {
                console.error(advice.replacingOccurrences(of: " --accept-failures", with: ""))
            }
            if end != .completed { return end.status }
        }
        if try job.origin().planDigest == nil, try job.totals()[PlanClass.unread] == 0 {
            _ = try job.sealPlan()
        }
        return .done
    }
}

/// The problems of a sheet and a target file as `file:line:column: message` lines.
enum InputErrors {
    static func text(_ lines: [String], further: Int) -> String {
        let rest = further > 0 ? ["… and \(further) more."] : []
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
                .badData, "\(name):1:1: the sheet has a header and no projects; nothing was written.")
        case FleetImport.Failure.problems(let list, let targets):
            let lines =
                list.kept.map { "\(name):\($0.position.line):\($0.position.column): \($0.message)" }
                + targets.prefix(ProblemList.limit).map {
                    "\(target):\($0.position.line):\($0.position.column): \($0.message)"
                }
            let further = list.furtherCount + max(0, targets.count - ProblemList.limit)
            return CommandError(.badData, text(lines, further: further))
        default: return error
        }
    }
}
