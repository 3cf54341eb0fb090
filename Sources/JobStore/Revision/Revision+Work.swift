import GRDB
package import MigrationCore

/// The next rows for the engine, a page at a time.
extension Revision {
    package func unreadProjects(after ordinal: Int, limit: Int) throws -> [LoadedProject] {
        try job.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT p.ordinal, p.project_id, p.name, p.cells, p.wanted FROM project p
                    WHERE p.ordinal > ?1
                        AND NOT EXISTS (SELECT 1 FROM plan l WHERE l.ordinal = p.ordinal AND l.revision = ?2)
                        AND (?2 = 1 OR EXISTS
                            (SELECT 1 FROM chosen c WHERE c.revision = ?2 AND c.ordinal = p.ordinal))
                    ORDER BY p.ordinal LIMIT ?3
                    """, arguments: [ordinal, number, limit])
            return try Array(
                rows.map { row in
                    LoadedProject(
                        ordinal: try row.integer("ordinal"), project: try job.projectID(row),
                        name: try row.optionalText("name"), cells: try job.cells(row),
                        wanted: try Job.wanted(row))
                })
        }
    }

    /// - Throws: `changedMeanwhile` when the row is not the one that was held against the approval.
    func checkUnchanged(_ row: Row) throws {
        guard try job.sealedRows.isEmpty || job.sealedRows.hold(row, revision: number) else {
            throw JobStoreError.changedMeanwhile(path: job.path)
        }
    }

    /// Projects of a wave that are done, to be read again; also those that a retry has taken up since.
    package func doneWork(wave: Int, after ordinal: Int, limit: Int) throws -> [RereadItem] {
        try job.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT s.*, l.class AS plan_class, l.live, l.provider, l.changes, l.body, l.role,
                        EXISTS (SELECT 1 FROM reread r JOIN halt h USING (run) WHERE r.ordinal = w.ordinal
                            AND r.finding = 'unreadable' AND h.accepted_by IS NOT NULL) AS accepts_unreadable
                    FROM plan w JOIN status s USING (ordinal) JOIN plan l ON l.ordinal = w.ordinal
                        AND l.revision = \(Job.lastChange)
                    WHERE w.revision = ?1 AND w.wave = ?2 AND w.ordinal > ?3
                        AND s.result IN ('changed', 'unchanged')
                    ORDER BY w.ordinal LIMIT ?4
                    """, arguments: [number, wave, ordinal, limit])
            return try Array(
                rows.map { row in
                    RereadItem(
                        ordinal: try row.integer("ordinal"), project: try job.projectID(row),
                        expectation: .change(try job.change(row, class: "plan_class")),
                        outcome: try job.status(row).outcome,
                        acceptsUnreadable: try row.flag("accepts_unreadable"))
                })
        }
    }

    func history(_ ordinal: Int, _ db: Database) throws -> AttemptHistory {
        var history = AttemptHistory()
        // Asked for each row of a page.
        let statement = try db.cachedStatement(sql: "SELECT * FROM attempt WHERE ordinal = ? ORDER BY number")
        let rows = try Row.fetchCursor(statement, arguments: [ordinal])
        while let row = try rows.next() {
            let verdict: Verdict = try row.optionalWord("verdict") ?? .noAnswer
            let number = try row.integer("number")
            let sawWanted = try row.flag("saw_wanted")
            guard try row.integer("revision") == self.number else {
                history.restoreEarlier(number: number, verdict: verdict, sawWanted: sawWanted)
                continue
            }
            let failure = Failure(
                status: try row.optionalInteger("http_status"), code: try row.optionalText("error_code"),
                detail: try row.optionalText("detail"))
            history.restore(number: number, verdict: verdict, failure: failure, sawWanted: sawWanted)
        }
        return history
    }
}
