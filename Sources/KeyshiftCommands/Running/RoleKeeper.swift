import AtlasAPI
import CurlTransport
import Foundation
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// `roles`: sheet → job → each project's role, found or made → table, sheet and grants.
struct RoleKeeper {
    var console: Console
    var csv: String
    var provider: Provider
    /// nil: nothing is made, and the job is a temporary one.
    var jobPath: String?
    var output: String?
    var grants: String?
    var rolePatience: Duration
    var lookPatience: Duration
    var connection: Connection
    var options: ConnectionOptions
    var acceptsMissingLog: Bool

    func run() throws -> ExitStatus {
        _ = try connection.requireCredentials()
        try FilePlace.checkOutputs([output, grants], inputs: [csv] + options.files)
        for path in [output, grants].compactMap({ $0 }) {
            if let jobPath { try FilePlace.checkOutput(path, job: jobPath) }
        }
        let files = Files(
            sheet: try output.map { try OutputFile($0) }, grants: try grants.map { try OutputFile($0) })
        if let jobPath { return try run(jobPath, files) }
        let folder = NSTemporaryDirectory() + "keyshift-\(getpid())-\(UInt32.random(in: .min ... .max))"
        guard mkdir(folder, 0o700) == 0 else {
            throw CommandError(
                .cannotCreate,
                "\(folder): can't be made: \(String(cString: strerror(errno))). TMPDIR names its place.")
        }
        let path = folder + "/roles.job"
        defer {
            // What a run makes there, by name: with anything else in it the folder stays.
            FilePlace.ofJob(path).forEach(OwnFile.remove)
            rmdir(folder)
        }
        return try run(path, files)
    }

    /// Where the results go, opened or looked at before the first request.
    private struct Files {
        var sheet: OutputFile?
        var grants: OutputFile?
    }

    private func run(_ path: String, _ files: Files) throws -> ExitStatus {
        let new = NewJob(jobPath: path, inputs: [csv] + options.files.compactMap { $0 }, kind: .roles)
        try new.checkPlace()
        let lock = try RunLock(job: path)
        defer { withExtendedLifetime(lock) {} }
        try load(new)
        let job = try JobFile.open(
            path, for: .run, kind: .roles, acceptsMissingLog: acceptsMissingLog)
        job.runLock = lock
        do {
            try job.checkNobodyRuns()
            let status = try run(job, files)
            try job.close()
            return status
        } catch {
            // The first error is the one to tell; what is committed stays.
            try? job.close()
            throw error
        }
    }

    private func load(_ new: NewJob) throws {
        // The sheet is read by the rules of a target that sets this provider's role.
        let text = "{keyshift: 1, name: roles, target: {\(provider.rawValue): {roleId: auto}}}"
        let target = try TargetFile.parse(Array(text.utf8))
        try new.load { file in
            do {
                var origin: JobOrigin?
                _ = try FleetImport(path: csv, target: target).load(into: file) { loaded in
                    let text = target.canonicalJSON.canonicalText()
                    let made = JobOrigin(
                        createdAt: SystemClock.wallMilliseconds(), address: connection.address,
                        organisation: connection.organisation, csvName: csv, csvDigest: loaded.digest,
                        columns: loaded.columns, targetName: target.name, targetText: text,
                        targetDigest: Hex.digest(of: Array(text.utf8)))
                    origin = made
                    return made
                }
                return origin
            } catch {
                throw InputErrors.explain(error, csv: csv, target: "roles")
            }
        }
    }

    private func run(_ job: JobFile, _ files: Files) throws -> ExitStatus {
        let origin = try job.origin()
        let settings = RunSettings.reading(options, TargetSettings())
        let aim = RoleWish(
            provider: provider, makes: jobPath != nil, needsKey: grants != nil, rolePatience: rolePatience,
            lookPatience: lookPatience, settings: settings)
        let count = try job.projectCount()
        try job.beginRun("roles", at: SystemClock.wallMilliseconds())
        let session = Session(
            console: console, journal: job, organisation: origin.organisation, connection: connection,
            options: options, settings: settings, job: job)
        let end = try session.run(
            RoleRows(
                job, column: origin.columns.firstIndex(of: RolesCSV.column), aim: aim,
                clock: SystemClock.instant), verb: "seen", total: { count })
        let status = try report(job, origin, end, files)
        try job.endRun(end.word, exitCode: Int(status.rawValue), at: SystemClock.wallMilliseconds())
        return status
    }

    private func report(
        _ job: JobFile, _ origin: JobOrigin, _ end: RunEnd, _ files: Files
    ) throws -> ExitStatus {
        var counts: [RoleFinding.Status: Int] = [:]
        try job.forEachRole { project, finding in
            guard let finding else { return }
            counts[finding.status, default: 0] += 1
            guard finding.status != .ready else { return }
            console.out(
                RolesText.line(
                    project.project, project.name, finding, isGoogle: provider == .googleCloudKms))
        }
        console.out(RolesText.table(counts, provider: provider))
        let resume = "the same keyshift command" + (jobPath == nil ? ", which starts over" : "")
        if let advice = end.advice(resume: resume) { console.error(advice) }
        guard end == .completed else { return end.status }
        try writeSheet(job, origin, files.sheet)
        try writeGrants(job, files.grants)
        return counts.keys.contains { $0 != .ready } ? .someFailed : .done
    }

    private func writeSheet(_ job: JobFile, _ origin: JobOrigin, _ file: OutputFile?) throws {
        guard let output, let file else { return }
        let sheet = RolesCSV(columns: origin.columns)
        try file.write { append in
            try append(sheet.header)
            try job.forEachRole { try append(sheet.row($0.cells, $1)) }
        }
        console.say("The sheet with its roles: \(output)")
    }

    private func writeGrants(_ job: JobFile, _ file: OutputFile?) throws {
        guard let grants, let file else { return }
        var script = GrantScript()
        var keyless = 0
        try file.write { append in
            try append(GrantScript.header)
            try job.forEachGrant { project, finding in
                guard let key = finding.key, let account = finding.identity else { return }
                try append(script.lines(project.project, project.name, key: key, account: account))
            }
            try job.forEachRole { project, finding in
                guard finding?.status == .ready, finding?.key == nil || finding?.identity == nil else {
                    return
                }
                keyless += 1
                try append(GrantScript.without(project.project, project.name))
            }
        }
        if keyless > 0 {
            console.warn(
                "\(TextReport.count(keyless, "project")) with a role \(keyless == 1 ? "has" : "have") no key with "
                    + "Google Cloud and no grant; the end of \(grants) names them.")
        }
        console.say("Review, then run: bash \(ShellWord.quoted(grants))")
    }
}
