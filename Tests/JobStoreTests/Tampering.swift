import AtlasAPI
import Foundation
import GRDB
import JobStore
import MigrationCore
import TargetFiles
import Testing

/// A job as somebody with `sqlite3` leaves it.
enum Tampering {
    static let settings: RunSettings = {
        var settings = RunSettings()
        settings.waves = .pattern(.standard)
        return settings
    }()

    /// Six projects: three irreversible, one reversible, one blocked, one as wanted; planned and sealed.
    static func planned(_ folder: Folder) throws -> Run {
        let run = try folder.openJob()
        let items = [
            Made.item(), Made.item(), Made.item(), Made.item(.reversible), Made.item(.blocked, .roleMissing),
            Made.item(.noop),
        ]
        try run.commit(
            items.enumerated().map { .project($0 + 1, .planned($1, at: 20)) }
                + [.run(.organisation(Made.organisation))])
        _ = try run.revision.sealPlan()
        return run
    }

    /// The same, approved, with a run that has sent to one project.
    static func approved(_ folder: Folder) throws {
        let run = try planned(folder)
        let digest = try run.revision.checkedDigest() ?? ""
        try run.approve(digest: digest, irreversible: 3, how: "--yes", at: 30, settings: settings)
        try run.commit([
            .run(.waveBegan(1, at: 31)), .project(1, .intent(number: 1, at: 32)),
            .project(1, .attemptEnded(number: 1, .accepted, Made.failure(200), at: 33)),
            .project(1, .outcome(Made.outcome(.changed))), .run(.wavePassed(1, at: 34)),
        ])
        try run.end(RunEnding("completed", exitCode: 0), at: 40)
        try run.job.close()
    }

    /// Runs statements past the rules that SQLite can be told to pass over, each by itself; one that fails changes
    /// nothing.
    /// - Returns: whether any did change something.
    @discardableResult
    static func alter(_ path: String, _ statements: [String]) throws -> Bool {
        let queue = try DatabaseQueue(path: path)
        var count = 0
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
            for statement in statements {
                try? db.execute(sql: statement)
                count += db.changesCount
            }
        }
        try queue.close()
        return count > 0
    }

    /// Computes the plan's digest from whatever the rows are by now, as an attacker with our sources would.
    static func forgeDigest(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            let job = try Row.fetchOne(db, sql: "SELECT * FROM job")
            var digest = PlanDigest(
                formatVersion: Schema.formatVersion, address: job?["address"] ?? "",
                organisation: (job?["organisation"] as String?).flatMap { OrganisationID($0) },
                target: job?["target_text"] ?? "")
            for row in try Row.fetchAll(
                db,
                sql:
                    "SELECT p.wave AS sheet, * FROM project p JOIN plan l USING (ordinal) ORDER BY project_id"
            ) {
                guard let project = ProjectID(row["project_id"] as String),
                    let planClass = PlanClass(rawValue: row["class"])
                else { continue }
                digest.add(
                    project: project, planClass: planClass,
                    reason: (row["reason"] as String?).flatMap { Reason(rawValue: $0) }, live: row["live"],
                    body: row["body"], role: row["role"], wave: row["sheet"])
            }
            let text = digest.finish()
            try db.execute(sql: "UPDATE revision SET digest = ?", arguments: [text])
            try db.execute(sql: "UPDATE approval SET digest = ?", arguments: [text])
        }
        try queue.close()
    }

    /// Computes a seal from whatever the rows are by now, as an attacker with our sources would, or an older program
    /// did.
    static func seal(_ path: String, _ version: ApprovalSeal.Version, revision: Int) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            guard
                let approval = try Row.fetchOne(
                    db, sql: "SELECT * FROM approval a JOIN run r ON r.id = a.run, job WHERE revision = ?",
                    arguments: [revision])
            else { return }
            let settings = try Row.fetchAll(
                db, sql: "SELECT * FROM setting WHERE revision = ? AND name <> 'seal'", arguments: [revision])
            var seal = ApprovalSeal(
                version,
                ApprovalSeal.Approval(
                    revision: revision, digest: approval["digest"], irreversible: approval["irreversible"],
                    how: approval["how"], at: approval["at"], user: approval["user"], host: approval["host"]),
                previous: try String.fetchOne(
                    db, sql: "SELECT value FROM setting WHERE name = 'seal' AND revision = ?",
                    arguments: [revision - 1]),
                columns: approval["columns"], settings: settings.map { ($0["name"], $0["value"]) })
            for row in try Row.fetchAll(
                db,
                sql: """
                    SELECT p.wave AS sheet, l.wave AS settled, * FROM plan l JOIN project p USING (ordinal)
                    WHERE l.revision = ? ORDER BY ordinal
                    """, arguments: [revision])
            {
                seal.add(
                    ApprovalSeal.Row(
                        ordinal: row["ordinal"], project: row["project_id"], name: row["name"],
                        liveName: row["live_name"], cells: row["cells"], wanted: row["wanted"],
                        sheetWave: row["sheet"], wave: row["settled"]))
            }
            try db.execute(
                sql: "UPDATE setting SET value = ? WHERE name = 'seal' AND revision = ?",
                arguments: [seal.finish(), revision])
        }
        try queue.close()
    }

    /// The ids of two places change, with all that the digest binds to an id.
    static func swap(_ one: Int, _ other: Int) -> [String] {
        let columns = "class, reason, live, provider, changes, body, role"
        return [
            """
            CREATE TEMP TABLE old AS SELECT p.ordinal, p.project_id, p.wave AS sheet, \(columns)
                FROM project p JOIN plan l USING (ordinal) WHERE p.ordinal IN (\(one), \(other))
            """,
            "UPDATE project SET project_id = substr(project_id, 2) || 'f' WHERE ordinal IN (\(one), \(other))",
            """
            UPDATE project SET (project_id, wave) = (SELECT project_id, sheet FROM old
                WHERE old.ordinal = \(one + other) - project.ordinal) WHERE ordinal IN (\(one), \(other))
            """,
            """
            UPDATE plan SET (\(columns)) = (SELECT \(columns) FROM old
                WHERE old.ordinal = \(one + other) - plan.ordinal) WHERE ordinal IN (\(one), \(other))
            """,
        ]
    }

    /// An approved job whose next run ended with a project that failed, and halted.
    static func halted(_ folder: Folder, _ outcome: Outcome, _ cause: Halt.Cause) throws {
        try approved(folder)
        let run = try Job.open(folder.job, for: .run).firstRevision.beginRun("resume", at: 50)
        try run.commit([
            .run(.waveBegan(2, at: 51)), .project(2, .outcome(outcome)),
            .run(.halted(Halt(cause, "why"), at: 52)),
        ])
        try run.end(RunEnding("halted", exitCode: 4), at: 53)
        try run.job.close()
    }

    /// An approved job with one failure that has been planned and approved anew; both revisions have work left.
    static func retried(_ folder: Folder) throws {
        let job = try Job.open(folder.job, for: .run)
        let first = try job.firstRevision.beginRun("resume", at: 50)
        try first.commit([.project(2, .outcome(Made.outcome(.failed, .refused)))])
        try first.end(RunEnding("died", exitCode: 1), at: 51)
        let draft = try #require(try job.draftRevision(RetryChoice(result: .failed), at: 51)).revision
        let run = try draft.beginRun("retry", at: 52)
        try run.commit([.project(2, .planned(Made.item(), at: 52))])
        let digest = try draft.sealPlan()
        try run.approve(digest: digest, irreversible: 1, how: "--yes", at: 53, settings: settings)
        try run.end(RunEnding("died", exitCode: 1), at: 54)
        try job.close()
    }

    static func rootPage(of table: String, _ path: String) throws -> Int {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [table])
                ?? 0
        }
    }
}
