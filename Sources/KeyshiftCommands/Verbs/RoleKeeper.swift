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
    var delimiter: Delimiter
    var provider: Provider
    /// nil: nothing is made, and the job is a temporary one.
    var jobPath: String?
    /// `--yes`
    var isConfirmed: Bool
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
        if [output, grants].contains(where: OutputFile.isStandardOutput) { console.leaveStandardOutput() }
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
        let text = "keyshift: 1\nname: roles\ntarget: {\(provider.rawValue): {roleId: auto}}\n"
        let target = try TargetFile.parse(Array(text.utf8))
        try new.load { file in
            do {
                var origin: JobOrigin?
                _ = try FleetImport(
                    path: csv, target: target, separator: delimiter.byte,
                    secrets: KnownSecrets(of: connection)
                ).load(into: file) { loaded in
                    let made = JobOrigin(of: loaded, csv: csv, target: target, connection: connection)
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
        try job.beginRun("roles", at: SystemClock.wallMilliseconds())
        var end = try look(job, origin, makes: false)
        if end == .completed, jobPath != nil {
            let counts = try job.roleCounts()
            do {
                if counts.toMake > 0 { try confirm(counts.toMake, origin) }
            } catch {
                try job.endRun(
                    "not confirmed", exitCode: Int(ExitStatus.notConfirmed.rawValue),
                    at: SystemClock.wallMilliseconds())
                throw error
            }
            let unfinished = [.missing, .notReady].reduce(0) { $0 + counts.byStatus[$1, default: 0] }
            if unfinished > 0 { end = try look(job, origin, makes: true) }
        }
        let status = try report(job, origin, end, files)
        try job.endRun(end.word, exitCode: Int(status.rawValue), at: SystemClock.wallMilliseconds())
        return status
    }

    /// Every project first, so that a person knows how many roles will be made; then those that have none to use.
    private func look(_ job: JobFile, _ origin: JobOrigin, makes: Bool) throws -> RunEnd {
        let settings = RunSettings.reading(options, TargetSettings())
        let aim = RoleAim(
            provider: provider, makes: makes, judgesKey: jobPath != nil, needsKey: grants != nil,
            rolePatience: rolePatience, lookPatience: lookPatience, settings: settings)
        let counts = try job.roleCounts().byStatus
        let count =
            makes
            ? counts[.missing, default: 0] + counts[.notReady, default: 0] : try job.projectCount()
        let session = Session(
            console: console, journal: job, organisation: origin.organisation, connection: connection,
            options: options, settings: settings, makesRoles: makes, job: job)
        return try session.run(
            RoleRows(
                job, column: origin.columns.firstIndex(of: RolesCSV.column), aim: aim, unfinished: makes),
            verb: makes ? "made or ready" : "seen", total: { count })
    }

    /// - Throws: `CommandError` 9.
    private func confirm(_ count: Int, _ origin: JobOrigin) throws {
        let roles = TextReport.count(count, "role")
        guard !isConfirmed else {
            console.say("Making \(roles).")
            return
        }
        guard console.mayAsk else {
            throw CommandError(
                .notConfirmed,
                "\(roles) would be made, and nobody can be asked here; nothing was made. Give --yes to go on."
            )
        }
        let organisation = origin.organisation?.text ?? "not known"
        let question: Prose = """
            About to make \(roles), one in each project that has none, in organisation \(organisation)
            at \(origin.address). Nothing of a project's encryption changes by that.
            Type yes to go on: \("")
            """
        guard console.ask(question)?.trimmingCharacters(in: .whitespaces) == "yes" else {
            throw CommandError(.notConfirmed, "not confirmed; nothing was made.")
        }
    }

    private func report(
        _ job: JobFile, _ origin: JobOrigin, _ end: RunEnd, _ files: Files
    ) throws -> ExitStatus {
        var counts: [RoleFinding.Status: Int] = [:]
        var unseen = 0
        try job.forEachRole { project, finding in
            guard let finding else {
                unseen += 1
                if unseen <= Self.namedUnseen {
                    console.out("\(TextReport.named(project.project.text, project.name))  not looked at\n")
                }
                return
            }
            counts[finding.status, default: 0] += 1
            guard finding.status != .ready else { return }
            console.out(
                RolesText.line(
                    project.project, project.name, finding, isGoogle: provider == .googleCloudKms))
        }
        if unseen > Self.namedUnseen { console.out("and \(unseen - Self.namedUnseen) more not looked at\n") }
        console.out(RolesText.table(counts, provider: provider))
        // What is ready is of use, whatever ended the run.
        try writeSheet(
            job, origin, files.sheet, without: counts.values.reduce(unseen, +) - counts[.ready, default: 0])
        try writeGrants(job, files.grants)
        let resume = "the same keyshift command" + (jobPath == nil ? ", which starts over" : "")
        if let advice = end.advice(resume: resume) { console.error(advice) }
        guard end == .completed else { return end.status }
        return counts.keys.contains { $0 != .ready } ? .someFailed : .done
    }

    /// The most that are named of those that a stopped run did not come to.
    private static let namedUnseen = 20

    private func writeSheet(
        _ job: JobFile, _ origin: JobOrigin, _ file: OutputFile?, without: Int
    ) throws {
        guard let output, let file else { return }
        let sheet = RolesCSV(columns: origin.columns)
        try file.write { append in
            try append(sheet.header)
            try job.forEachRole { try append(sheet.row($0.cells, $1)) }
        }
        let rest = without > 0 ? ", \(TextReport.count(without, "row")) without one that can be used" : ""
        console.say("The sheet with its roles\(rest): \(file.hasName ? output : "written")")
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
            try append(GrantScript.footer)
        }
        if keyless > 0 {
            console.warn(
                "\(TextReport.count(keyless, "project")) with a role \(keyless == 1 ? "has" : "have") no key with "
                    + "Google Cloud and no grant; the end of \(grants) names them.")
        }
        if file.hasName { console.say("Review, then run: bash \(ShellWord.quoted(grants))") }
    }
}
