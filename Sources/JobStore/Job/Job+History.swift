import Foundation
import GRDB
package import MigrationCore

/// Who ran what when, what was approved, what halted.
extension Job {
    /// Where an approval's seal is kept, among the settings that it seals.
    static let sealName = "seal"

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

    func buryTheDead(_ db: Database) throws {
        try db.execute(sql: "UPDATE run SET ended_how = 'died' WHERE \(LogMark.isSilent)")
    }

    /// What the process ends with, for the runs that it began here: what comes after a run (results, standard output)
    /// may end otherwise than it did.
    package func noteExit(_ code: Int) throws {
        guard !ownRuns.isEmpty else { return }
        try write { db in
            for run in ownRuns {
                try db.execute(
                    sql: "UPDATE run SET exit_code = ?1 WHERE id = ?2 AND exit_code IS NOT ?1",
                    arguments: [code, run])
            }
        }
    }

    /// - Throws: `RunLock.Held`, as `Revision.beginRun` does; for a command that asks first.
    package func checkNobodyRuns() throws {
        if let holder = try read(liveRunner) { throw RunLock.Held(job: path, holder: holder) }
    }

    /// Who runs the job, by its lock or, when that was taken away, by what the job itself says; nil: nobody.
    package func runner() throws -> String? { try RunLock.holder(of: path) ?? read(liveRunner) }

    /// The process of a run that has not ended and that is alive on this machine.
    func liveRunner(_ db: Database) throws -> String? {
        let rows = try Row.fetchAll(
            db, sql: "SELECT user, host, pid, started_at FROM run WHERE ended_at IS NULL ORDER BY id DESC")
        for row in rows {
            let (host, pid) = (try row.text("host"), try row.process("pid"))
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
                    host: try row.text("host"), pid: try row.process("pid"),
                    startedAt: try row.time("started_at"), endedAt: try row.optionalTime("ended_at"),
                    endedHow: LogMark.ending(try row.optionalText("ended_how")),
                    exitCode: try row.optionalInteger("exit_code"))
            }
        }
    }

    package func approvals() throws -> [ApprovalEntry] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT a.*, r.user, r.host, s.value AS seal FROM approval a LEFT JOIN run r ON r.id = a.run
                        LEFT JOIN setting s ON s.revision = a.revision AND s.name = ? ORDER BY a.revision
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

    /// With one for a key that our change broke, also where no row says so: it stops whatever comes, until a person has
    /// accepted it.
    package func halts() throws -> [HaltEntry] {
        let kept = try keptHalts()
        guard !kept.contains(where: \.isOpen) else { return kept }
        let broken = try read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT s.project_id, s.reason, s.finished_at FROM status s
                    WHERE s.result = 'failed' AND s.reason IN ('not_valid_after_change', 'collateral_change')
                        AND s.class IN ('reversible', 'irreversible') AND NOT EXISTS (SELECT 1 FROM accepted c
                            WHERE c.ordinal = s.ordinal AND c.revision = s.revision AND c.run > s.run)
                    ORDER BY s.ordinal LIMIT 1
                    """
            ).map { row in
                HaltEntry(
                    cause: try row.text("reason"), detail: "project \(try projectID(row))",
                    at: try row.time("finished_at"), binds: true)
            }
        }
        return kept + (broken.map { [$0] } ?? [])
    }

    private func keptHalts() throws -> [HaltEntry] {
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
}
