import GRDB
package import MigrationCore

/// What the job has changed, for `verify` and `undo`.
extension Job {
    /// Of a project in `s`: the last revision of which a PATCH got to the server and was not refused for good.
    static let lastArrived = """
        (SELECT max(a.revision) FROM attempt a WHERE a.ordinal = s.ordinal
            AND (a.saw_wanted OR a.verdict IS NULL OR a.verdict IN (\(VerdictWords.arrived))))
        """

    /// The same: the last plan up to now that sent a change to it, or else the last that has one to send.
    static let lastChange = """
        coalesce(\(lastArrived),
            (SELECT max(m.revision) FROM plan m WHERE m.ordinal = s.ordinal AND m.body IS NOT NULL
                AND m.revision <= s.revision))
        """

    /// What `verify` reads: every project that is done, and every one that this job sent a PATCH to, whatever came of
    /// it.
    private static let toVerify = """
        (s.result IN ('changed', 'unchanged') OR EXISTS (SELECT 1 FROM attempt a WHERE a.ordinal = s.ordinal))
        """

    /// Each with what the last plan that changes it changes; nil where no plan does.
    package func forVerify(after ordinal: Int, limit: Int) throws
        -> [(row: LoadedProject, status: ProjectStatus, change: PlannedChange?)]
    {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT s.*, p.name AS given_name, p.wanted, l.class AS plan_class, l.live, l.provider, l.changes,
                        l.body, l.role
                    FROM status s JOIN project p USING (ordinal)
                        LEFT JOIN plan l ON l.ordinal = s.ordinal AND l.revision = \(Self.lastChange)
                    WHERE \(Self.toVerify) AND s.ordinal > ?1 ORDER BY s.ordinal LIMIT ?2
                    """, arguments: [ordinal, limit]
            ).map { row in
                let status = try self.status(row)
                let loaded = LoadedProject(
                    ordinal: status.ordinal, project: status.project,
                    name: try row.optionalText("given_name"),
                    cells: status.cells, wanted: try Self.wanted(row))
                let isPlanned = try row.optionalText("body") != nil
                return (loaded, status, isPlanned ? try self.change(row, class: "plan_class") : nil)
            }
        }
    }

    /// How many `verify` reads, and how many of each result it does not.
    package func verifyCounts() throws -> (read: Int, left: [(result: ProjectResult, count: Int)]) {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT s.result, \(Self.toVerify) AS is_read, count(*) AS n FROM status s
                    GROUP BY s.result, is_read ORDER BY n DESC
                    """)
            var counts = (read: 0, left: [(result: ProjectResult, count: Int)]())
            for row in rows {
                let count = try row.integer("n")
                if try row.flag("is_read") {
                    counts.read += count
                } else {
                    counts.left.append((try row.word("result"), count))
                }
            }
            return counts
        }
    }

    /// What may have to be put back: projects that a PATCH of ours has changed, whatever the check said of them, each
    /// with the last plan that changed it.
    private static let ours = """
        FROM status s JOIN plan l ON l.ordinal = s.ordinal AND l.revision = \(lastChange)
        WHERE s.result = 'changed' OR s.reason IN ('not_valid_after_change', 'collateral_change')
        """

    package func hasChanged() throws -> Bool {
        try read { db in try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 \(Self.ours))") ?? false }
    }

    package func forEachChanged(_ body: (LoadedProject, Int?, PlannedChange) throws -> Void) throws {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT s.ordinal, s.project_id, s.name, s.cells,
                        (SELECT p.wave FROM project p WHERE p.ordinal = s.ordinal) AS wave,
                        l.class, l.live, l.provider, l.changes, l.body, l.role \(Self.ours) ORDER BY s.ordinal
                    """)
            while let row = try rows.next() {
                let project = LoadedProject(
                    ordinal: try row.integer("ordinal"), project: try self.projectID(row),
                    name: try row.optionalText("name"), cells: try self.cells(row))
                try body(project, try row.optionalWave("wave"), try self.change(row))
            }
        }
    }
}
