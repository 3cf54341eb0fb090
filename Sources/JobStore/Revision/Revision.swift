import GRDB
package import MigrationCore

/// Which projects a retry takes up: those with this result and, when given, this status, error code or reason.
package struct RetryChoice: Sendable, CustomStringConvertible {
    package var result: ProjectResult
    package var code: String?

    package init(result: ProjectResult, code: String? = nil) {
        self.result = result
        self.code = code
    }

    package var description: String { result.rawValue + (code.map { ":" + $0 } ?? "") }
}

/// A plan of a job: 1 is that of `plan`, each `retry` makes one more. What is asked of it is asked of it alone.
package struct Revision {
    package let job: Job
    package let number: Int

    init(of job: Job, _ number: Int) {
        self.job = job
        self.number = number
    }

    /// Takes projects out of a revision that nobody has sealed yet: they stay what they are.
    package func leaveOut(_ ordinals: [Int]) throws {
        try job.write { db in
            for ordinal in ordinals {
                for table in ["plan", "chosen"] {
                    try db.execute(
                        sql: "DELETE FROM \(table) WHERE revision = ? AND ordinal = ?",
                        arguments: [number, ordinal])
                }
            }
        }
    }

    package func unreadCount() throws -> Int {
        try job.read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT (CASE ?1 WHEN 1 THEN (SELECT count(*) FROM project)
                        ELSE (SELECT count(*) FROM chosen WHERE revision = ?1) END)
                        - (SELECT count(*) FROM plan WHERE revision = ?1)
                    """, arguments: [number]) ?? 0
        }
    }
}

extension Job {
    /// That of `plan`.
    package var firstRevision: Revision { revision(1) }

    func revision(_ number: Int) -> Revision { Revision(of: self, number) }

    /// Approved revisions that still have something to do, the newest first.
    package func openRevisions() throws -> [Revision] {
        try read { db in
            try Int.fetchAll(
                db,
                sql: """
                    SELECT a.revision FROM approval a WHERE EXISTS
                        (SELECT 1 FROM status s WHERE s.revision = a.revision
                            AND s.class IN ('reversible', 'irreversible') AND s.result IN ('pending', 'unknown'))
                    ORDER BY a.revision DESC
                    """)
        }.map(revision)
    }

    /// The newest revision that has been approved; 1 before.
    package func lastRevision() throws -> Revision {
        revision(try read { db in try Int.fetchOne(db, sql: "SELECT max(revision) FROM approval") ?? 1 })
    }

    /// Makes a revision of the chosen projects; one that was never approved makes room for it.
    /// - Returns: also how many projects are in it; nil: none is, and there is no new revision.
    package func draftRevision(_ choice: RetryChoice, at: Int64) throws -> (revision: Revision, count: Int)? {
        try write { db in
            try dropDraft(db)
            let last = try Int.fetchOne(db, sql: "SELECT max(number) FROM revision") ?? 1
            try db.execute(
                sql: "INSERT INTO revision (number, only, at) VALUES (?, ?, ?)",
                arguments: [last + 1, choice.description, at])
            try db.execute(
                sql: """
                    INSERT INTO chosen (revision, ordinal) SELECT ?1, ordinal FROM status
                    WHERE result = ?2 AND class <> 'unread'
                        AND (?3 IS NULL OR reason = ?3 OR error_code = ?3 OR CAST(http_status AS TEXT) = ?3)
                    """, arguments: [last + 1, choice.result.rawValue, choice.code])
            let count = db.changesCount
            guard count > 0 else {
                try db.execute(sql: "DELETE FROM revision WHERE number = ?", arguments: [last + 1])
                return nil
            }
            return (revision(last + 1), count)
        }
    }

    /// Takes back the revision that nobody has approved.
    package func dropDraft() throws { try write(dropDraft) }

    private func dropDraft(_ db: Database) throws {
        let approved = "(SELECT coalesce(max(revision), 1) FROM approval)"
        // A halt of its reading too: the run's row tells of it, and nothing had been sent.
        for table in ["plan", "chosen", "setting", "halt"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE revision > \(approved)")
        }
        try db.execute(sql: "DELETE FROM revision WHERE number > \(approved)")
    }
}
