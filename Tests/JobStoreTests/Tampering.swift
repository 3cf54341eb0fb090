import AtlasAPI
import Foundation
import GRDB
import JobStore
import MigrationCore
import TargetFiles

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

    static func rootPage(of table: String, _ path: String) throws -> Int {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [table])
                ?? 0
        }
    }
}
