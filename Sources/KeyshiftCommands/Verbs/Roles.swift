import TargetFiles
import AtlasAPI
import ArgumentParser
import Foundation
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// Sheet → job → each project's role, found or made → table, sheet and grants.
struct Roles: Verb {
    static let configuration = CommandConfiguration(
        abstract: "List each project's role, make the missing Google ones, and write the grants they need.",
        discussion: """
            Without --create only GET requests leave. --create looks at every project first, says how many roles it
            would make and asks; then it makes them, and waits until they are COMPLETE. A role is made once: every
            request is written to --job before it leaves, and after a crash the same command looks before it asks
            again. Ctrl-C writes what is ready; the same command goes on.

              keyshift roles fleet.csv --provider googleCloudKms
              keyshift roles fleet.csv --provider googleCloudKms --create --job roles.job -o with-roles.csv
              keyshift roles fleet.csv --provider googleCloudKms --grants grants.sh

            0 when every project has one usable role, else 3.
            """)

    @Argument(help: "The fleet CSV; - reads standard input.", transform: FileName.orStandard)
    var csv: String
    @Option(help: "What stands between the CSV's cells; results are always written with commas.")
    var delimiter = Delimiter.comma
    @Option(help: "googleCloudKms, awsKms or azureKeyVault.")
    var provider: Provider
    @Option(
        name: .shortAndLong, help: "Write the sheet here, with each project's role in the column role_id.",
        transform: FileName.orStandard)
    var output: String?
    @Flag(help: "Make the missing roles (Google only); needs --job.")
    var create = false
    @Flag(help: "Answer the question of --create, for scripts.")
    var yes = false
    @Option(
        help: "Where --create writes down what it asks for; the same file goes on after a crash.",
        transform: FileName.file)
    var job: String?
    @Option(
        help: "Write the additive IAM grants here, as a shell script to review and run (Google only).",
        transform: FileName.orStandard)
    var grants: String?
    @Option(help: "How long a new role may take to be COMPLETE.")
    var rolePatience = DurationArgument(.seconds(1200))
    @Option(help: "How long a role that was asked for without an answer may take to be listed.")
    var propagationPatience = DurationArgument(.seconds(180))
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func validate() throws {
        if create, job == nil {
            throw ValidationError("--create needs --job FILE: what was asked for must outlive a crash.")
        }
        if yes, !create { throw ValidationError("--yes belongs to --create.") }
        if job != nil, !create { throw ValidationError("--job belongs to --create.") }
        if create || grants != nil, provider != .googleCloudKms {
            throw ValidationError(
                "--create and --grants are for googleCloudKms; the others need your cloud's own side.")
        }
    }

    func run(_ desk: Desk) throws -> ExitStatus {
        let atlas = try Connection.load(connection, desk.environment)
        _ = try atlas.requireCredentials()
        let jobPath = job.map(JobPlace.resolved)
        try FilePlace.checkOutputs([output, grants], inputs: [csv] + connection.files)
        for path in [output, grants].compactMap({ $0 }) {
            if let jobPath { try FilePlace.checkOutput(path, job: jobPath) }
        }
        let files = Files(sheet: try desk.output(output), grants: try desk.output(grants))
        if let jobPath { return try run(desk, jobPath, atlas, files) }
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
        return try run(desk, path, atlas, files)
    }

    /// Where the results go, opened or looked at before the first request.
    private struct Files {
        var sheet: OutputFile?
        var grants: OutputFile?
    }

    private func run(
        _ desk: Desk, _ path: String, _ atlas: Connection, _ files: Files
    ) throws -> ExitStatus {
        let new = NewJob(jobPath: path, inputs: [csv] + connection.files.compactMap { $0 }, kind: .roles)
        try new.checkPlace()
        let lock = try RunLock(job: path)
        defer { withExtendedLifetime(lock) {} }
        try new.load(
            FleetImport(
                path: csv, target: try sheetRules(), separator: delimiter.byte,
                secrets: KnownSecrets(of: atlas, desk.environment)),
            targetPath: "roles", connection: atlas, at: desk.wall)
        let job = try Job.open(
            path, for: .run, kind: .roles, lock: lock, acceptsMissingLog: jobOptions.acceptMissingLog)
        do {
            try job.checkNobodyRuns()
            let status = try job.recordingExit(desk) { try run(desk, job, atlas, files) }
            try job.close()
            return status
        } catch {
            // The first error is the one to tell; what is committed stays.
            try? job.close()
            throw error
        }
    }

    /// The sheet is read by the rules of a target that sets this provider's role.
    private func sheetRules() throws -> TargetFile {
        let text = "keyshift: 1\nname: roles\ntarget: {\(provider.rawValue): {roleId: auto}}\n"
        return try TargetFile.parse(Array(text.utf8))
    }

    private func run(
        _ desk: Desk, _ job: Job, _ atlas: Connection, _ files: Files
    ) throws -> ExitStatus {
        let origin = try job.origin()
        return try job.firstRevision.run("roles", desk) { run in
            var end = try look(desk, run, atlas, makes: false)
            if end == .completed, create {
                let counts = try run.roleCounts()
                if counts.toMake > 0 { try confirm(desk.console, counts.toMake, origin) }
                let unfinished = [.missing, .notReady].reduce(0) { $0 + counts.byStatus[$1, default: 0] }
                if unfinished > 0 { end = try look(desk, run, atlas, makes: true) }
            }
            return (end, try report(desk.console, run, end, files))
        }.status
    }

    /// Every project first, so that a person knows how many roles will be made; then those that have none to use.
    private func look(
        _ desk: Desk, _ run: Run, _ atlas: Connection, makes: Bool
    ) throws -> RunEnd {
        let origin = try run.job.origin()
        let settings = RunSettings.reading(connection, TargetSettings())
        let aim = RoleAim(
            provider: provider, makes: makes, judgesKey: create, needsKey: grants != nil,
            rolePatience: rolePatience.duration, lookPatience: propagationPatience.duration,
            settings: settings)
        let counts = try run.roleCounts().byStatus
        let count =
            makes
            ? counts[.missing, default: 0] + counts[.notReady, default: 0] : try run.job.projectCount()
        let session = Session(
            desk: desk, connection: atlas, journal: run, organisation: origin.organisation,
            settings: settings, makesRoles: makes, run: run)
        return try session.run(
            RoleRows(
                run, column: origin.columns.firstIndex(of: RolesCSV.column), aim: aim, unfinished: makes),
            verb: makes ? "made or ready" : "seen", total: { count })
    }

    /// - Throws: `CommandError` 9.
    private func confirm(_ console: Console, _ count: Int, _ origin: JobOrigin) throws {
        let roles = TextReport.count(count, "role")
        guard !yes else {
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
}

// What it leaves behind.
extension Roles {
    private func report(
        _ console: Console, _ run: Run, _ end: RunEnd, _ files: Files
    ) throws -> ExitStatus {
        var counts: [RoleFinding.Status: Int] = [:]
        var unseen = 0
        try run.forEachRole { project, finding in
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
            console, run, files.sheet, without: counts.values.reduce(unseen, +) - counts[.ready, default: 0])
        try writeGrants(console, run, files.grants)
        let resume = "the same keyshift command" + (create ? "" : ", which starts over")
        if let advice = end.advice(resume: resume) { console.error(advice) }
        guard end == .completed else { return end.status }
        return counts.keys.contains { $0 != .ready } ? .someFailed : .done
    }

    /// The most that are named of those that a stopped run did not come to.
    private static let namedUnseen = 20

    private func writeSheet(
        _ console: Console, _ run: Run, _ file: OutputFile?, without: Int
    ) throws {
        guard let output, let file else { return }
        let sheet = RolesCSV(columns: try run.job.origin().columns)
        try file.write { append in
            try append(sheet.header)
            try run.forEachRole { try append(sheet.row($0.cells, $1)) }
        }
        let rest = without > 0 ? ", \(TextReport.count(without, "row")) without one that can be used" : ""
        console.say("The sheet with its roles\(rest): \(file.hasName ? output : "written")")
    }

    private func writeGrants(_ console: Console, _ run: Run, _ file: OutputFile?) throws {
        guard let grants, let file else { return }
        var script = GrantScript()
        var keyless = 0
        try file.write { append in
            try append(GrantScript.header)
            try run.forEachGrant { project, finding in
                guard let key = finding.key, let account = finding.identity else { return }
                try append(script.lines(project.project, project.name, key: key, account: account))
            }
            try run.forEachRole { project, finding in
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
