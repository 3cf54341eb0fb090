import Foundation
import GRDB
import MigrationCore

/// How a run ended, for the job's history.
package struct RunEnding: Sendable {
    package var how: String
    /// That of the process, as far as the run knows it.
    package var exitCode: Int

    package init(_ how: String, exitCode: Int) {
        self.how = how
        self.exitCode = exitCode
    }
}

/// One run of a command over a job: alone takes records. It is of one revision; `on` is the same run of another.
package struct Run: Journal {
    package let revision: Revision
    let id: Int64

    package var job: Job { revision.job }

    package func on(_ revision: Revision) -> Run { Run(revision: revision, id: id) }

    /// A person has asked the run to stop; if it ends without a word from here on, it did not just die.
    package func noteStopping() throws {
        try job.write { db in
            try db.execute(
                sql: "UPDATE run SET exit_code = ? WHERE id = ?", arguments: [RunEntry.abandonedExitCode, id])
        }
    }

    package func end(_ ending: RunEnding, at: Int64) throws {
        try job.write { db in
            try db.execute(
                sql: "UPDATE run SET ended_at = ?, ended_how = ?, exit_code = ? WHERE id = ?",
                arguments: [at, ending.how, ending.exitCode, id])
        }
    }

    /// A person goes on in spite of what went wrong: budget and gates count anew from this run on.
    package func acceptFailures(at: Int64) throws {
        try job.write { db in
            try db.execute(sql: "INSERT INTO acceptance (run, at) VALUES (?, ?)", arguments: [id, at])
            try db.execute(
                sql: """
                    INSERT INTO accepted (ordinal, revision, run, result) SELECT ordinal, revision, ?, result
                    FROM status WHERE result IN ('failed', 'unknown', 'drifted', 'blocked')
                        AND class IN ('reversible', 'irreversible')
                    """, arguments: [id])
            try db.execute(sql: "UPDATE halt SET accepted_by = ? WHERE accepted_by IS NULL", arguments: [id])
        }
    }
}

extension Revision {
    /// Begins a run, does its work, and writes down how it ended, also when something was thrown: only a run whose
    /// process died, or whose job can't be written to, has no end.
    ///
    /// - Parameters:
    ///   - clock: milliseconds since 1970.
    ///   - ending: what the history is to say of the work's end.
    /// - Throws: what `beginRun` and `body` throw, or what the job file throws at the end.
    package func run<Value>(
        _ command: String, clock: () -> Int64, ending: (Result<Value, any Error>) -> RunEnding,
        _ body: (Run) throws -> Value
    ) throws -> Value {
        let run = try beginRun(command, at: clock())
        let result = Result { try body(run) }
        let end = Result { try run.end(ending(result), at: clock()) }
        // The first error is the one to tell.
        let value = try result.get()
        try end.get()
        return value
    }

    /// The start of a run whose end somebody else writes, or nobody: its process may die.
    /// - Throws: `RunLock.Held` while a process that the job names as its runner is alive, whatever became of its lock.
    package func beginRun(_ command: String, at: Int64) throws -> Run {
        // Whoever reads the history later should know that it may have a gap.
        let command = job.logLoss != nil ? command + " --accept-missing-log" : command
        let id = try job.write { db in
            if let holder = try job.liveRunner(db) { throw RunLock.Held(job: job.path, holder: holder) }
            try job.buryTheDead(db)
            try db.execute(
                sql: "INSERT INTO run (command, user, host, pid, started_at) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    command, UserName.current, ProcessInfo.processInfo.hostName,
                    Int(ProcessInfo.processInfo.processIdentifier), at,
                ])
            return db.lastInsertedRowID
        }
        let run = Run(revision: self, id: id)
        job.ownRuns.append(id)
        try run.sayInTheFile()
        return run
    }
}

extension Run {
    /// The run and the mark of its log are in the job's own file before anything is sent: whoever finds the log cut off
    /// or exchanged then knows. A reader that keeps older pages puts it off, and the log is kept whole until it has
    /// gone.
    fileprivate func sayInTheFile() throws {
        func mark(_ salt: UInt32?) throws {
            try job.write { db in
                try db.execute(
                    sql: "UPDATE run SET ended_how = ? WHERE id = ?", arguments: [LogMark.word(salt), id])
            }
        }
        try job.copyLog()
        // The next commit begins the log anew: no older copy of it has the new salt.
        try mark(nil)
        try mark(LogFile.salt(job.path))
        try job.copyLog()
    }
}
