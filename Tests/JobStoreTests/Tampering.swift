import Foundation
import GRDB
import JobStore
import MigrationCore

/// A job as somebody with `sqlite3` leaves it.
enum Tampering {
    static let settings: RunSettings = {
        var settings = RunSettings()
        settings.waves = .pattern(.standard)
        return settings
    }()

    /// Six projects: three irreversible, one reversible, one blocked, one as wanted; planned and sealed.
    static func planned(_ folder: Folder) throws -> JobFile {
        let job = try folder.openJob()
        let items = [
            Made.item(), Made.item(), Made.item(), Made.item(.reversible), Made.item(.blocked, .roleMissing),
            Made.item(.noop),
        ]
        try job.commit(
            items.enumerated().map { .planned(ordinal: $0 + 1, $1, at: 20) }
                + [.organisation(Made.organisation)])
        _ = try job.sealPlan()
        return job
    }

    /// The same, approved, with a run that has sent to one project.
    static func approved(_ folder: Folder) throws {
        let job = try planned(folder)
        let digest = try job.checkedDigest() ?? ""
        try job.approve(digest: digest, irreversible: 3, how: "--yes", at: 30, settings: settings)
        try job.commit([
            .waveBegan(1, at: 31), .intent(ordinal: 1, number: 1, at: 32),
            .attemptEnded(ordinal: 1, number: 1, .accepted, Made.failure(200), at: 33),
            .outcome(ordinal: 1, Made.outcome(.changed)), .wavePassed(1, at: 34),
        ])
        try job.endRun("completed", exitCode: 0, at: 40)
        try job.close()
    }

    /// Runs statements past all rules of the schema, each by itself; one that fails changes nothing.
    /// - Returns: whether any did change something.
    @discardableResult
    static func alter(_ path: String, _ statements: [String], lax: Bool = false) throws -> Bool {
        if lax { try rewriteSchema(path, "replace(replace(sql, ') STRICT,', ')'), ') STRICT', ')')") }
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
        if lax { try restoreSchema(path) }
        return count > 0
    }

    private static func rewriteSchema(_ path: String, _ expression: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA writable_schema = ON;
                    UPDATE sqlite_schema SET sql = \(expression) WHERE type = 'table';
                    PRAGMA writable_schema = RESET
                    """)
        }
        try queue.close()
    }

    /// The texts of a new job, table by table.
    private static func restoreSchema(_ path: String) throws {
        let fresh = path + ".fresh"
        try? FileManager.default.removeItem(atPath: fresh)
        try JobFile.create(fresh).close()
        let source = try DatabaseQueue(path: fresh)
        let texts = try source.read { db in
            try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
        }
        try source.close()
        try FileManager.default.removeItem(atPath: fresh)
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA writable_schema = ON")
            for row in texts {
                try db.execute(
                    sql: "UPDATE sqlite_schema SET sql = ? WHERE name = ?",
                    arguments: [row["sql"] as String, row["name"] as String])
            }
            try db.execute(sql: "PRAGMA writable_schema = RESET")
        }
        try queue.close()
    }
}
