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

/// A halt that nobody has accepted yet.
package struct OpenHalt: Sendable {
    package var cause: String
    package var detail: String
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

    package func approve(digest: String, irreversible: Int, how: String, at: Int64) throws {
        try write { db in
            try db.execute(
                sql: "INSERT INTO approval (run, digest, irreversible, how, at) VALUES (?, ?, ?, ?, ?)",
                arguments: [run, digest, irreversible, how, at])
        }
    }

    package func isApproved() throws -> Bool {
        try read { db in try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM approval)") ?? false }
    }

    package func openHalt() throws -> OpenHalt? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM halt WHERE accepted_by IS NULL ORDER BY id DESC").map {
                row in
                OpenHalt(cause: row["cause"], detail: row["detail"], at: row["at"])
            }
        }
    }

    package func acceptHalts() throws {
        try write { db in
            try db.execute(sql: "UPDATE halt SET accepted_by = ? WHERE accepted_by IS NULL", arguments: [run])
        }
    }

    /// nil before the first `apply`.
    package func settings() throws -> RunSettings? {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT name, value FROM setting")
            guard !rows.isEmpty else { return nil }
            let pairs = Dictionary(
                uniqueKeysWithValues: rows.map { ($0["name"] as String, $0["value"] as String) })
            guard let settings = RunSettings(pairs: pairs) else {
                throw JobStoreError.damaged(path: path, detail: "the settings can't be read")
            }
            return settings
        }
    }

    package func keep(_ settings: RunSettings) throws {
        try write { db in
            for (name, value) in settings.pairs {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)",
                    arguments: [name, value])
            }
        }
    }
}
