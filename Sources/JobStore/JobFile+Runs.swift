package import MigrationCore
import Foundation
import GRDB

/// One line of the job's history of runs.
package struct RunEntry: Sendable {
    package var id: Int64
    package var command: String
    package var user: String
    package var host: String
    package var pid: Int
    package var startedAt: Int64
    package var endedAt: Int64?
    package var endedHow: String?
    package var exitCode: Int?
}

/// Why a run halted, and who went on in spite of it.
package struct HaltEntry: Sendable {
    package var cause: String
    package var detail: String
    package var at: Int64
    /// nil while nobody has.
    package var acceptedBy: String?
    package var acceptedAt: Int64?
}

/// Who approved which plan, and how.
package struct ApprovalEntry: Sendable {
    package var user: String
    package var revision: Int
    package var digest: String
    package var irreversible: Int
    /// `typed`, or the flags.
    package var how: String
    package var at: Int64
}

/// Who ran what when, what was approved, what halted.
extension JobFile {
    /// Every record from here on belongs to this run.
    package func beginRun(_ command: String, at: Int64) throws {
        run = try write { db in
            try db.execute(
                sql: "INSERT INTO run (command, user, host, pid, started_at) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    command, NSUserName(), ProcessInfo.processInfo.hostName,
                    Int(ProcessInfo.processInfo.processIdentifier), at,
                ])
            return db.lastInsertedRowID
        }
    }

    package func endRun(_ how: String, exitCode: Int, at: Int64) throws {
        try write { db in
            try db.execute(
                sql: "UPDATE run SET ended_at = ?, ended_how = ?, exit_code = ? WHERE id = ?",
                arguments: [at, how, exitCode, run])
        }
    }

    package func runs() throws -> [RunEntry] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM run ORDER BY id").map { row in
                RunEntry(
                    id: row["id"], command: row["command"], user: row["user"], host: row["host"],
                    pid: row["pid"],
                    startedAt: row["started_at"], endedAt: row["ended_at"], endedHow: row["ended_how"],
                    exitCode: row["exit_code"])
            }
        }
    }

    /// From here on the revision at hand is what its projects go by.
    /// Its settings and waves are fixed with it, in one step that a crash can't halve.
    package func approve(
        digest: String, irreversible: Int, how: String, at: Int64, settings: RunSettings
    ) throws {
        try write { db in
            for (name, value) in settings.pairs {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO setting (revision, name, value) VALUES (?, ?, ?)",
                    arguments: [revision, name, value])
            }
            try assignWaves(settings.waves, db)
            try db.execute(
                sql: """
                    INSERT INTO approval (run, revision, digest, irreversible, how, at) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [run, revision, digest, irreversible, how, at])
            try db.execute(
                sql: """
                    UPDATE project SET revision = ?1
                    WHERE revision < ?1 AND ordinal IN (SELECT ordinal FROM chosen WHERE revision = ?1)
                    """, arguments: [revision])
        }
    }

    /// Whether the revision at hand has been approved.
    package func isApproved() throws -> Bool {
        try read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM approval WHERE revision = ?)", arguments: [revision])
                ?? false
        }
    }

    package func approvals() throws -> [ApprovalEntry] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT a.*, r.user FROM approval a JOIN run r ON r.id = a.run ORDER BY a.id"
            )
            .map { row in
                ApprovalEntry(
                    user: row["user"], revision: row["revision"], digest: row["digest"],
                    irreversible: row["irreversible"], how: row["how"], at: row["at"])
            }
        }
    }

    /// The halt that nobody has accepted yet.
    package func openHalt() throws -> HaltEntry? { try halts().last { $0.acceptedBy == nil } }

    package func halts() throws -> [HaltEntry] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT h.*, r.user, c.at AS accepted_at FROM halt h LEFT JOIN run r ON r.id = h.accepted_by
                        LEFT JOIN acceptance c ON c.run = h.accepted_by ORDER BY h.id
                    """
            ).map { row in
                HaltEntry(
                    cause: row["cause"], detail: row["detail"], at: row["at"], acceptedBy: row["user"],
                    acceptedAt: row["accepted_at"])
            }
        }
    }

    /// A person goes on in spite of what went wrong: budget and gates count anew from this run on.
    package func acceptFailures(at: Int64) throws {
        try write { db in
            try db.execute(sql: "INSERT INTO acceptance (run, at) VALUES (?, ?)", arguments: [run, at])
            try db.execute(
                sql: """
                    INSERT INTO accepted (ordinal, revision, run, result) SELECT ordinal, revision, ?, result
                    FROM status WHERE result IN ('failed', 'unknown', 'drifted', 'blocked')
                        AND class IN ('reversible', 'irreversible')
                    """, arguments: [run])
            try db.execute(sql: "UPDATE halt SET accepted_by = ? WHERE accepted_by IS NULL", arguments: [run])
        }
    }

    /// nil before the first `apply`.
    package func settings() throws -> RunSettings? {
        try read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT name, value FROM setting WHERE revision = ?", arguments: [revision])
            guard !rows.isEmpty else { return nil }
            let pairs = Dictionary(
                uniqueKeysWithValues: rows.map { ($0["name"] as String, $0["value"] as String) })
            guard let settings = RunSettings(pairs: pairs) else {
                throw JobStoreError.damaged(path: path, detail: "the settings can't be read")
            }
            return settings
        }
    }
}
