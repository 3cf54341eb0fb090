package import AtlasAPI
import GRDB
package import MigrationCore

/// Reading what the job knows; every total is a query.
extension JobFile {
    /// Of the whole job: every project as it stands.
    package func totals() throws -> Totals {
        try totals(
            "SELECT class, result, reason, count(*) AS n FROM status GROUP BY class, result, reason", [])
    }

    /// Of the revision at hand: what is approved and done by its run.
    package func revisionTotals() throws -> Totals {
        try totals(
            """
            SELECT class, result, reason, count(*) AS n FROM status WHERE revision = ?
            GROUP BY class, result, reason
            """, [revision])
    }

    /// Of a revision that nobody has approved yet: everything in it is still to be done.
    package func draftTotals() throws -> Totals {
        try totals(
            """
            SELECT coalesce(l.class, 'unread') AS class, l.reason, count(*) AS n,
                CASE coalesce(l.class, 'unread') WHEN 'noop' THEN 'unchanged' WHEN 'excluded' THEN 'excluded'
                    WHEN 'blocked' THEN 'blocked' ELSE 'pending' END AS result
            FROM chosen c LEFT JOIN plan l ON l.ordinal = c.ordinal AND l.revision = c.revision
            WHERE c.revision = ? GROUP BY 1, 2
            """, [revision])
    }

    private func totals(_ sql: String, _ arguments: StatementArguments) throws -> Totals {
        try read { db in
            let rows = try Row.fetchAll(db, sql: sql, arguments: arguments)
            return Totals(
                groups: try rows.map { row in
                    guard let planClass = PlanClass(rawValue: row["class"]),
                        let result = ProjectResult(rawValue: row["result"])
                    else { throw JobStoreError.damaged(path: path, detail: "an unknown class or result") }
                    return Totals.Group(
                        planClass: planClass, result: result,
                        reason: (row["reason"] as String?).flatMap { Reason(rawValue: $0) }, count: row["n"])
                })
        }
    }

    /// Each project in the CSV's order, one at a time.
    package func forEachStatus(
        matching results: Set<ProjectResult>? = nil, _ body: (ProjectStatus) throws -> Void
    ) throws {
        try read { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM status ORDER BY ordinal")
            while let row = try rows.next() {
                let status = try self.status(row)
                if results?.contains(status.outcome.result) ?? true { try body(status) }
            }
        }
    }

    /// Each project with its plan; `project` for one only.
    package func forEachPlanned(project: ProjectID? = nil, _ body: (PlannedProject) throws -> Void) throws {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT s.*, l.live, l.changes FROM status s
                        LEFT JOIN plan l ON l.ordinal = s.ordinal AND l.revision = s.revision
                    WHERE ?1 IS NULL OR s.project_id = ?1 ORDER BY s.ordinal
                    """, arguments: [project?.text])
            while let row = try rows.next() {
                try body(
                    PlannedProject(
                        status: try self.status(row), live: Self.state(row["live"]),
                        changes: Self.changes(row["changes"]) ?? []))
            }
        }
    }

    /// The first projects that the revision at hand changes.
    package func firstChanges(_ count: Int) throws -> [PlannedProject] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT p.ordinal, p.project_id, coalesce(l.live_name, p.name) AS name, p.cells, l.class, l.wave,
                        'pending' AS result, 'none' AS verified, 0 AS attempts, l.live, l.changes
                    FROM plan l JOIN project p USING (ordinal)
                    WHERE l.revision = ? AND l.class IN ('reversible', 'irreversible') ORDER BY p.ordinal LIMIT ?
                    """, arguments: [revision, count]
            ).map { row in
                PlannedProject(
                    status: try self.status(row), live: Self.state(row["live"]),
                    changes: Self.changes(row["changes"]) ?? [])
            }
        }
    }

    /// When the oldest of the plan's reads was made; nil before the first.
    package func plannedAt() throws -> Int64? {
        try read { db in
            try Int64.fetchOne(db, sql: "SELECT min(at) FROM plan WHERE revision = ?", arguments: [revision])
        }
    }

    package func projectID(ordinal: Int) throws -> ProjectID? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT project_id FROM project WHERE ordinal = ?", arguments: [ordinal]
            )
            .map { try self.projectID($0) }
        }
    }

    func status(_ row: Row) throws -> ProjectStatus {
        guard let planClass = PlanClass(rawValue: row["class"]),
            let result = ProjectResult(rawValue: row["result"]),
            let verified = Verification(rawValue: row["verified"])
        else { throw JobStoreError.damaged(path: path, detail: "an unknown class, result or verification") }
        var outcome = Outcome(
            result, (row["reason"] as String?).flatMap { Reason(rawValue: $0) }, verified: verified)
        outcome.httpStatus = row["http_status"]
        outcome.errorCode = row["error_code"]
        outcome.detail = row["detail"]
        outcome.attempts = row["attempts"]
        outcome.startedAt = row["started_at"]
        outcome.finishedAt = row["finished_at"]
        return ProjectStatus(
            ordinal: row["ordinal"], project: try projectID(row), name: row["name"], cells: Self.cells(row),
            planClass: planClass, wave: row["wave"], outcome: outcome)
    }

    /// Computes and keeps the digest of the revision at hand; its last project must have been read.
    package func sealPlan() throws -> String {
        let origin = try origin()
        var digest = PlanDigest(
            formatVersion: Schema.formatVersion, address: origin.address, organisation: origin.organisation)
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT p.project_id, p.wave, l.class, l.reason, l.live, l.body
                    FROM project p JOIN plan l USING (ordinal) WHERE l.revision = ? ORDER BY p.project_id
                    """, arguments: [revision])
            while let row = try rows.next() {
                guard let planClass = PlanClass(rawValue: row["class"]) else { continue }
                digest.add(
                    project: try self.projectID(row), planClass: planClass,
                    reason: (row["reason"] as String?).flatMap { Reason(rawValue: $0) }, live: row["live"],
                    body: row["body"], wave: row["wave"])
            }
        }
        let text = digest.finish()
        try write { db in
            try db.execute(
                sql: "UPDATE revision SET digest = ? WHERE number = ?", arguments: [text, revision])
        }
        return text
    }

    /// Of the revision at hand; nil while some of its projects are unread.
    package func planDigest() throws -> String? {
        try read { db in
            try String.fetchOne(
                db, sql: "SELECT digest FROM revision WHERE number = ?", arguments: [revision])
        }
    }
}
