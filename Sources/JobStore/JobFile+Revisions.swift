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

/// The plan's revisions: the first is that of `plan`, each `retry` makes one more.
extension JobFile {
    /// Approved revisions that still have something to do, the newest first.
    package func openRevisions() throws -> [Int] {
        try read { db in
            try Int.fetchAll(
                db,
                sql: """
                    SELECT a.revision FROM approval a WHERE EXISTS
                        (SELECT 1 FROM status s WHERE s.revision = a.revision
                            AND s.class IN ('reversible', 'irreversible') AND s.result IN ('pending', 'unknown'))
                    ORDER BY a.revision DESC
                    """)
        }
    }

    /// The newest revision that has been approved; 1 before.
    package func lastRevision() throws -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT max(revision) FROM approval") ?? 1 }
    }

    /// Makes a revision of the chosen projects, which is the one at hand from here on. One that was never approved
    /// makes room for it.
    /// - Returns: how many projects are in it; none: there is no new revision.
    package func draftRevision(_ choice: RetryChoice, at: Int64) throws -> Int {
        let (number, count) = try write { db -> (Int, Int) in
            let approved = "(SELECT coalesce(max(revision), 1) FROM approval)"
            // A halt of its reading too: the run's row tells of it, and nothing had been sent.
            for table in ["plan", "chosen", "setting", "halt"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE revision > \(approved)")
            }
            try db.execute(sql: "DELETE FROM revision WHERE number > \(approved)")
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
            if count == 0 {
                try db.execute(sql: "DELETE FROM revision WHERE number = ?", arguments: [last + 1])
            }
            return (last + 1, count)
        }
        if count > 0 { revision = number }
        return count
    }

    package func unreadCount() throws -> Int {
        try read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT (CASE ?1 WHEN 1 THEN (SELECT count(*) FROM project)
                        ELSE (SELECT count(*) FROM chosen WHERE revision = ?1) END)
                        - (SELECT count(*) FROM plan WHERE revision = ?1)
                    """, arguments: [revision]) ?? 0
        }
    }

    /// Whether the sheet has a wave column with something in it.
    package func hasSheetWaves() throws -> Bool {
        try read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM project WHERE wave IS NOT NULL)")
                ?? false
        }
    }
}
