import GRDB
package import MigrationCore

/// What this run has still to do, and what it has read again.
extension Run {
    /// Projects to be changed that are `pending` or `unknown`, of one wave or of all: either those that are unknown and
    /// that nobody has accepted, or the others.
    package func openWork(unknown: Bool, wave: Int?, after ordinal: Int, limit: Int) throws -> [WorkItem] {
        let isUnknown = "s.result = 'unknown' AND NOT s.is_accepted_unknown"
        // What was unknown and has been refused since by this very run reads as pending, and is at work.
        let isOther = """
            (s.result = 'pending' OR (s.result = 'unknown' AND s.is_accepted_unknown))
                AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.ordinal = l.ordinal AND a.run = ?5)
            """
        return try job.read { db in
            // Rows of a cursor find their columns many times faster than copies of them do.
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT s.ordinal, s.project_id, s.result, s.wave, l.class, l.live, l.provider, l.changes,
                        l.body, l.role
                    FROM plan l JOIN status s ON s.ordinal = l.ordinal AND s.revision = l.revision
                    WHERE l.revision = ?1 AND l.class IN ('reversible', 'irreversible')
                        AND \(unknown ? "\(isUnknown) AND ?5 = ?5" : isOther)
                        \(wave == nil ? "" : "AND l.wave = ?2") AND l.ordinal > ?3
                    ORDER BY l.ordinal LIMIT ?4
                    """, arguments: [revision.number, wave, ordinal, limit, id])
            return try Array(
                rows.map { row in
                    try revision.checkUnchanged(row)
                    let result: ProjectResult = try row.word("result")
                    return WorkItem(
                        ordinal: try row.integer("ordinal"), project: try job.projectID(row),
                        change: try job.change(row),
                        history: try revision.history(try row.integer("ordinal"), db),
                        standing: unknown ? .unknown : result == .pending ? .pending : .acceptedUnknown)
                })
        }
    }

    /// What this run read again, in the sheet's order: the project, the finding's word and its detail.
    package func forEachReread(_ body: (ProjectStatus, String, String?) throws -> Void) throws {
        try job.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT s.*, r.finding, r.detail AS finding_detail FROM reread r JOIN status s USING (ordinal)
                    WHERE r.run = ? ORDER BY s.ordinal
                    """, arguments: [id])
            while let row = try rows.next() {
                try body(
                    try job.status(row), try row.text("finding"), try row.optionalText("finding_detail"))
            }
        }
    }
}
