package import AtlasAPI
import GRDB
package import MigrationCore

/// Reading what the job knows; every total is a query.
extension Job {
    /// Of the whole job: every project as it stands.
    package func totals() throws -> Totals {
        try totals(
            "SELECT class, result, reason, count(*) AS n FROM status GROUP BY class, result, reason", [])
    }

    func totals(_ sql: String, _ arguments: StatementArguments) throws -> Totals {
        try read { db in
            let rows = try Row.fetchAll(db, sql: sql, arguments: arguments)
            return Totals(
                groups: try rows.map { row in
                    Totals.Group(
                        planClass: try row.word("class"), result: try row.word("result"),
                        reason: try row.optionalWord("reason"), count: try row.integer("n"))
                })
        }
    }

    /// Each project in the CSV's order, one at a time.
    package func forEachStatus(
        matching results: Set<ProjectResult>? = nil, _ body: (ProjectStatus) throws -> Void
    ) throws {
        try read { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT s.*, \(Self.shownClass) AS shown_class FROM status s ORDER BY s.ordinal")
            while let row = try rows.next() {
                var status = try self.status(row)
                status.planClass = try row.word("shown_class")
                status = try withCause(status, db)
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
                    SELECT s.*, l.live, l.provider, l.changes, l.body, l.role FROM status s
                        LEFT JOIN plan l ON l.ordinal = s.ordinal AND l.revision = s.revision
                    WHERE ?1 IS NULL OR s.project_id = ?1 ORDER BY s.ordinal
                    """, arguments: [project?.text])
            while let row = try rows.next() {
                try body(
                    PlannedProject(
                        status: try withCause(try self.status(row), db), live: try Self.state(row),
                        changes: try self.shown(row)))
            }
        }
    }

    /// The references that stand for secrets in the plans of all revisions; one that several projects have comes as
    /// often. `isPresent`: it stands in the plan that its project has now.
    package func forEachSecretReference(
        _ body: (_ reference: String, _ isPresent: Bool) throws -> Void
    ) throws {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT l.*, l.revision = p.revision AS is_present FROM plan l JOIN project p USING (ordinal)
                    WHERE l.changes IS NOT NULL
                    """)
            while let row = try rows.next() {
                let isPresent = try row.flag("is_present")
                for case .secret(let reference) in try shown(row).map(\.after) {
                    try body(reference, isPresent)
                }
            }
        }
    }

    /// A project's id and its name, the live one when it was read.
    package func identity(ordinal: Int) throws -> (id: ProjectID, name: String?)? {
        try read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT p.project_id, coalesce(l.live_name, p.name) AS name FROM project p
                        LEFT JOIN plan l ON l.ordinal = p.ordinal AND l.revision = p.revision WHERE p.ordinal = ?
                    """, arguments: [ordinal]
            ).map { (try self.projectID($0), try $0.optionalText("name")) }
        }
    }

    /// Whether the sheet has a wave column with something in it.
    package func hasSheetWaves() throws -> Bool {
        try read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM project WHERE wave IS NOT NULL)")
                ?? false
        }
    }

    package func projectCount() throws -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM project") ?? 0 }
    }

    package func projectID(ordinal: Int) throws -> ProjectID? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT project_id FROM project WHERE ordinal = ?", arguments: [ordinal]
            )
            .map { try self.projectID($0) }
        }
    }

    /// What a person is shown is what would be sent: both come from one thing, put together and checked.
    func shown(_ row: Row) throws -> [FieldChange] {
        try row.word("class", PlanClass.self).isChange ? change(row).changes : []
    }

    func status(_ row: Row) throws -> ProjectStatus {
        var outcome = Outcome(
            try row.word("result"), try row.optionalWord("reason"), verified: try row.word("verified"))
        outcome.httpStatus = try row.optionalInteger("http_status")
        outcome.errorCode = try row.optionalText("error_code")
        outcome.detail = try row.optionalText("detail")
        outcome.attempts = try row.integer("attempts")
        outcome.startedAt = try row.optionalTime("started_at")
        outcome.finishedAt = try row.optionalTime("finished_at")
        return ProjectStatus(
            ordinal: try row.integer("ordinal"), project: try projectID(row),
            name: try row.optionalText("name"), cells: try cells(row), planClass: try row.word("class"),
            wave: try row.optionalWave("wave"), outcome: outcome)
    }

    /// The class of the plan that a result came of: that of an earlier revision for one that was carried.
    static let shownClass = """
        CASE WHEN s.run IS NULL OR s.class IN ('reversible', 'irreversible') THEN s.class
            ELSE coalesce((SELECT m.class FROM plan m WHERE m.ordinal = s.ordinal AND m.revision < s.revision
                AND m.body IS NOT NULL ORDER BY m.revision DESC LIMIT 1), s.class) END
        """
}
