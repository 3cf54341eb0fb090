import GRDB
package import MigrationCore

/// What a plan says.
extension Revision {
    /// Of a revision that nobody has approved yet: everything in it is still to be done.
    package func draftTotals() throws -> Totals {
        try job.totals(
            """
            SELECT coalesce(l.class, 'unread') AS class, l.reason, count(*) AS n,
                CASE coalesce(l.class, 'unread') WHEN 'noop' THEN 'unchanged' WHEN 'excluded' THEN 'excluded'
                    WHEN 'blocked' THEN 'blocked' ELSE 'pending' END AS result
            FROM chosen c LEFT JOIN plan l ON l.ordinal = c.ordinal AND l.revision = c.revision
            WHERE c.revision = ? GROUP BY 1, 2
            """, [number])
    }

    /// The first projects that it changes.
    package func firstChanges(_ count: Int) throws -> [PlannedProject] {
        try job.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT p.ordinal, p.project_id, coalesce(l.live_name, p.name) AS name, p.cells, l.class, l.wave,
                        'pending' AS result, 'none' AS verified, 0 AS attempts, NULL AS reason,
                        NULL AS http_status, NULL AS error_code, NULL AS detail, NULL AS started_at,
                        NULL AS finished_at, l.live, l.provider, l.changes, l.body, l.role
                    FROM plan l JOIN project p USING (ordinal)
                    WHERE l.revision = ? AND l.class IN ('reversible', 'irreversible') ORDER BY p.ordinal LIMIT ?
                    """, arguments: [number, count]
            ).map { row in
                PlannedProject(
                    status: try job.status(row), live: try Job.state(row), changes: try job.shown(row))
            }
        }
    }

    /// When the oldest of the plan's reads was made; nil before the first.
    package func plannedAt() throws -> Int64? {
        try job.read { db in
            try Row.fetchOne(
                db, sql: "SELECT min(at) AS at FROM plan WHERE revision = ?", arguments: [number])?
                .optionalTime("at")
        }
    }

    /// Why projects are still unread, the most frequent cause first. Details of one kind of answer differ in little (a
    /// time, a request's number); one of them is told.
    package func unreadCauses() throws -> [UnreadCause] {
        try job.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT e.http_status, e.error_code, max(e.detail) AS detail, e.id IS NOT NULL AS is_asked,
                        count(*) AS n
                    FROM project p LEFT JOIN plan l ON l.ordinal = p.ordinal AND l.revision = ?1
                        LEFT JOIN trouble e ON e.id = \(Job.lastTrouble)
                    WHERE l.ordinal IS NULL
                        AND (?1 = 1 OR p.ordinal IN (SELECT ordinal FROM chosen WHERE revision = ?1))
                    GROUP BY 1, 2, 4 ORDER BY n DESC, 1, 2
                    """, arguments: [number]
            ).map { row in
                UnreadCause(
                    failure: try row.flag("is_asked") ? Job.failure(row) : nil, count: try row.integer("n"))
            }
        }
    }
}
