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
    /// Whether anything had been approved: a halt of the reading for a plan is over when the plan is read.
    package var binds: Bool
    /// The job goes on only when a person says so.
    package var isOpen: Bool { binds && acceptedBy == nil }
}

/// Who approved which plan, and how.
package struct ApprovalEntry: Sendable {
    package var user: String
    package var host: String
    package var revision: Int
    package var digest: String
    package var irreversible: Int
    /// `typed`, or the flags.
    package var how: String
    package var at: Int64
    /// What was sealed then, as it is kept; nil: nothing.
    package var seal: String?
}

/// Who ran what when, what was approved, what halted.
extension JobFile {
    /// Every record from here on belongs to this run.
    /// - Throws: `RunLock.Held` while a process that the job names as its runner is alive, whatever became of its lock.
    package func beginRun(_ command: String, at: Int64) throws {
        // Whoever reads the history later should know that it may have a gap.
        let command = logLoss != nil ? command + " --accept-missing-log" : command
        let started = try write { db in
            if let holder = try liveRunner(db) { throw RunLock.Held(job: path, holder: holder) }
            try buryTheDead(db)
            try db.execute(
                sql: "INSERT INTO run (command, user, host, pid, started_at) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    command, UserName.current, ProcessInfo.processInfo.hostName,
                    Int(ProcessInfo.processInfo.processIdentifier), at,
                ])
            return db.lastInsertedRowID
        }
        run = started
        ownRuns.append(started)
        try sayInTheFile()
    }

    /// The run and the mark of its log are in the job's own file before anything is sent: whoever finds the log cut off
    /// or exchanged then knows. A reader that keeps older pages puts it off, and the log is kept whole until it has
    /// gone.
    private func sayInTheFile() throws {
        func copyLog() throws {
            do {
                try queue.inDatabase { db in try db.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") }
            } catch {
                throw JobStoreError.from(error, path: path)
            }
        }
        func mark(_ salt: UInt32?) throws {
            try write { db in
                try db.execute(
                    sql: "UPDATE run SET ended_how = ? WHERE id = ?", arguments: [LogMark.word(salt), run])
            }
        }
        try copyLog()
        // The next commit begins the log anew: no older copy of it has the new salt.
        try mark(nil)
        try mark(LogFile.salt(path))
        try copyLog()
    }

    /// What ended without a word, nobody knows when, has nothing more to commit: its log may be put away.
    func buryTheDead() throws {
        let hasOpen = try read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM run WHERE \(LogMark.isSilent))") ?? false
        }
        guard hasOpen else { return }
        try write { db in
            if try liveRunner(db) == nil { try buryTheDead(db) }
        }
    }

    private func buryTheDead(_ db: Database) throws {
        try db.execute(sql: "UPDATE run SET ended_how = 'died' WHERE \(LogMark.isSilent)")
    }

    /// The exit code that a second signal leaves with, for the history of a run that then ends without a word.
    package static let abandonedExitCode = 6

    /// A person has asked the run to stop; if it ends without a word from here on, it did not just die.
    package func noteStopping() throws {
        try write { db in
            try db.execute(
                sql: "UPDATE run SET exit_code = ? WHERE id = ?", arguments: [Self.abandonedExitCode, run])
        }
    }

    package func endRun(_ how: String, exitCode: Int, at: Int64) throws {
        try write { db in
            try db.execute(
                sql: "UPDATE run SET ended_at = ?, ended_how = ?, exit_code = ? WHERE id = ?",
                arguments: [at, how, exitCode, run])
        }
    }

    /// What the process ends with, for the runs that it began here: what comes after a run (results, a question,
    /// standard output) may end otherwise than it did. One that has no end yet gets one: an error broke it off.
    package func noteExit(_ code: Int, at: Int64) throws {
        guard !ownRuns.isEmpty else { return }
        try write { db in
            for run in ownRuns {
                try db.execute(
                    sql: """
                        UPDATE run SET exit_code = ?1, ended_how = iif(ended_at IS NULL, 'broken off', ended_how),
                            ended_at = coalesce(ended_at, ?2)
                        WHERE id = ?3 AND (exit_code IS NOT ?1 OR ended_at IS NULL)
                        """, arguments: [code, at, run])
            }
        }
    }

    /// - Throws: `RunLock.Held`, as `beginRun` does; for a command that asks first.
    package func checkNobodyRuns() throws {
        if let holder = try read(liveRunner) { throw RunLock.Held(job: path, holder: holder) }
    }

    /// Who runs the job, by its lock or, when that was taken away, by what the job itself says; nil: nobody.
    package func runner() throws -> String? { try RunLock.holder(of: path) ?? read(liveRunner) }

    /// The process of a run that has not ended and that is alive on this machine.
    private func liveRunner(_ db: Database) throws -> String? {
        let rows = try Row.fetchAll(
            db, sql: "SELECT user, host, pid, started_at FROM run WHERE ended_at IS NULL ORDER BY id DESC")
        for row in rows {
            let (host, pid) = (try row.text("host"), try row.integer("pid"))
            guard host == ProcessInfo.processInfo.hostName, pid != Int(getpid()),
                ProcessLife.isAlive(pid, runSince: try row.time("started_at"))
            else { continue }
            return "pid \(pid) on \(host), user \(try row.text("user"))"
        }
        return nil
    }

    package func runs() throws -> [RunEntry] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM run ORDER BY id").map { row in
                RunEntry(
                    id: try row.time("id"), command: try row.text("command"), user: try row.text("user"),
                    host: try row.text("host"), pid: try row.integer("pid"),
                    startedAt: try row.time("started_at"), endedAt: try row.optionalTime("ended_at"),
                    endedHow: LogMark.ending(try row.optionalText("ended_how")),
                    exitCode: try row.optionalInteger("exit_code"))
            }
        }
    }

    /// From here on the revision at hand is what its projects go by.
    /// Its settings and waves are fixed with it, in one step that a crash can't halve.
    package func approve(
        digest: String, irreversible: Int, how: String, at: Int64, settings: RunSettings
    ) throws {
        try write { db in
            try db.execute(sql: "DELETE FROM setting WHERE revision = ?", arguments: [revision])
            for (name, value) in settings.pairs { try keep(name, value, db) }
            try assignWaves(settings.waves, db)
            try db.execute(
                sql: """
                    INSERT INTO approval (run, revision, digest, irreversible, how, at) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [run, revision, digest, irreversible, how, at])
            let carried = try carriedOutcomes(db)
            try db.execute(
                sql: """
                    UPDATE project SET revision = ?1
                    WHERE revision < ?1 AND ordinal IN (SELECT ordinal FROM chosen WHERE revision = ?1)
                    """, arguments: [revision])
            for (ordinal, outcome) in carried { try write(.project(ordinal, .outcome(outcome)), db) }
            try keep(Self.sealName, seal(of: revision, db), db)
        }
    }

    private func keep(_ name: String, _ value: String, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO setting (revision, name, value) VALUES (?, ?, ?)",
            arguments: [revision, name, value])
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
                db,
                sql: """
                    SELECT a.*, r.user, r.host, s.value AS seal FROM approval a LEFT JOIN run r ON r.id = a.run
                        LEFT JOIN setting s ON s.revision = a.revision AND s.name = ? ORDER BY a.id
                    """, arguments: [Self.sealName]
            ).map { row in
                ApprovalEntry(
                    user: try row.text("user"), host: try row.text("host"),
                    revision: try row.integer("revision"), digest: try row.text("digest"),
                    irreversible: try row.integer("irreversible"), how: try row.text("how"),
                    at: try row.time("at"), seal: try row.optionalText("seal"))
            }
        }
    }

    /// The halt that nobody has accepted yet.
    package func openHalt() throws -> HaltEntry? { try halts().last(where: \.isOpen) }

    package func halts() throws -> [HaltEntry] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT h.*, r.user, c.at AS accepted_at, EXISTS (SELECT 1 FROM approval a
                        WHERE a.revision = h.revision AND a.run <= h.run) AS binds
                    FROM halt h LEFT JOIN run r ON r.id = h.accepted_by
                        LEFT JOIN acceptance c ON c.run = h.accepted_by ORDER BY h.id
                    """
            ).map { row in
                HaltEntry(
                    cause: try row.text("cause"), detail: try row.text("detail"), at: try row.time("at"),
                    acceptedBy: try row.optionalText("user"), acceptedAt: try row.optionalTime("accepted_at"),
                    binds: try row.flag("binds"))
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
                db, sql: "SELECT name, value FROM setting WHERE revision = ? AND name <> ?",
                arguments: [revision, Self.sealName])
            guard !rows.isEmpty else { return nil }
            var pairs: [String: String] = [:]
            for row in rows { pairs[try row.text("name")] = try row.text("value") }
            guard let settings = RunSettings(pairs: pairs) else {
                throw JobStoreError.damaged(path: path, detail: "the settings can't be read")
            }
            return settings
        }
    }
}
