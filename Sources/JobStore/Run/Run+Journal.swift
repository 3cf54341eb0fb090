import AtlasAPI
import GRDB
package import MigrationCore

/// Writing down what the engine decided.
extension Run {
    /// Commits one turn's records in one transaction; when it returns they are on the disk.
    package func commit(_ records: [JournalRecord]) throws {
        guard !records.isEmpty else { return }
        try job.write { db in
            for record in records { try write(record, db) }
        }
    }

    func write(_ record: JournalRecord, _ db: Database) throws {
        switch record {
        case .run(let record): try write(record, db)
        case .project(let ordinal, let record): try write(record, of: ordinal, db)
        case .role(let ordinal, let record): try write(record, of: ordinal, db)
        case .survey: preconditionFailure("an inventory has no job")
        }
    }

    private func write(_ record: RunRecord, _ db: Database) throws {
        switch record {
        case .organisation(let id):
            try execute("UPDATE job SET organisation = ? WHERE organisation IS NULL", [id.text], db)
        case .halted(let halt, let at):
            try execute(
                "INSERT INTO halt (run, revision, cause, detail, at) VALUES (?, ?, ?, ?, ?)",
                [id, revision.number, halt.cause.rawValue, halt.detail, at], db)
        case .held(let hold): try writeHold(hold, db)
        case .waveBegan(let wave, let at):
            try execute(
                "UPDATE wave SET began_at = coalesce(began_at, ?) WHERE revision = ? AND number = ?",
                [at, revision.number, wave], db)
        case .wavePassed(let wave, let at):
            try execute(
                "UPDATE wave SET passed_at = ? WHERE revision = ? AND number = ?",
                [at, revision.number, wave], db)
        case .troubledRead(let ordinal, let step, let verdict, let failure, let at):
            try execute(
                """
                INSERT INTO trouble (ordinal, run, step, verdict, http_status, error_code, detail, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    ordinal, id, step.rawValue, verdict.rawValue, failure?.status, failure?.code,
                    failure?.detail, at,
                ], db)
        }
    }

    private func write(_ record: ProjectRecord, of ordinal: Int, _ db: Database) throws {
        switch record {
        case .planned(let item, let at): try insertPlan(ordinal, item, at, db)
        case .intent(let number, let at):
            try execute(
                "INSERT INTO attempt (ordinal, number, revision, run, intent_at) VALUES (?, ?, ?, ?, ?)",
                [ordinal, number, revision.number, id, at], db)
        case .attemptEnded(let number, let verdict, let failure, let at):
            try execute(
                """
                UPDATE attempt SET verdict = ?, http_status = ?, error_code = ?, detail = ?, ended_at = ?
                WHERE ordinal = ? AND number = ?
                """,
                [verdict.rawValue, failure?.status, failure?.code, failure?.detail, at, ordinal, number], db)
        case .sawWanted(let number):
            try execute(
                "UPDATE attempt SET saw_wanted = 1 WHERE ordinal = ? AND number = ?", [ordinal, number], db)
        // For whoever watches.
        case .sawDeadKey: break
        case .outcome(let outcome): try upsertOutcome(ordinal, outcome, db)
        case .reread(let finding, let at): try insertReread(ordinal, finding, at, db)
        }
    }

    private func insertReread(_ ordinal: Int, _ finding: RereadFinding, _ at: Int64, _ db: Database) throws {
        let failure: Failure? = if case .unreadable(let failure) = finding { failure } else { nil }
        try execute(
            """
            INSERT OR REPLACE INTO reread (ordinal, run, finding, detail, http_status, error_code, at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [ordinal, id, finding.word, finding.detail, failure?.status, failure?.code, at], db)
    }

    func execute(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    private func insertPlan(_ ordinal: Int, _ item: PlanItem, _ at: Int64, _ db: Database) throws {
        // No changes, as opposed to none that anybody worked out: the state was as wanted.
        let changes = (item.change?.changes ?? (item.isAsWanted ? [] : nil)).map {
            JSONValue.array($0.map(\.json)).canonicalText()
        }
        try execute(
            """
            INSERT INTO plan (ordinal, revision, class, reason, detail, live_name, organisation, live, provider,
                changes, body, role, http_status, error_code, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                ordinal, revision.number, item.planClass.rawValue, item.reason?.rawValue, item.detail,
                item.liveName,
                item.organisation?.text, item.live?.normalised.canonicalText(),
                item.change?.provider.rawValue,
                changes, item.change?.body, item.change?.role?.text, item.httpStatus,
                item.errorCode, at,
            ], db)
        // The state of a plan is kept without what Atlas says of its keys, and a retry has to know.
        if revision.number > 1, item.live?.hasDeadKey == true {
            try insertReread(ordinal, .notValid("Atlas can't use the key"), at, db)
        }
    }

    /// Of the revision that the project goes by: a wave's gate reads also what a later one has taken up.
    private func upsertOutcome(_ ordinal: Int, _ outcome: Outcome, _ db: Database) throws {
        try execute(
            """
            INSERT OR REPLACE INTO outcome (ordinal, revision, run, result, reason, verified, http_status, error_code,
                detail, attempts, started_at, finished_at)
            VALUES (?1, (SELECT p.revision FROM project p WHERE p.ordinal = ?1), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                ordinal, id, outcome.result.rawValue, outcome.reason?.rawValue,
                outcome.verified.rawValue,
                outcome.httpStatus, outcome.errorCode, outcome.detail, outcome.attempts, outcome.startedAt,
                outcome.finishedAt,
            ], db)
    }
}
