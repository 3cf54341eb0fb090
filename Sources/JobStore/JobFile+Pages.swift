package import AtlasAPI
import GRDB
package import MigrationCore

/// A row of the fleet as it was loaded.
package struct LoadedProject: Sendable {
    package var ordinal: Int
    package var project: ProjectID
    package var name: String?
    package var cells: [String]
    /// What a job of `undo` puts back; nil in the job of a target file.
    package var wanted: UndoTarget?

    package init(
        ordinal: Int, project: ProjectID, name: String?, cells: [String], wanted: UndoTarget? = nil
    ) {
        self.ordinal = ordinal
        self.project = project
        self.name = name
        self.cells = cells
        self.wanted = wanted
    }
}

/// The next rows for the engine, a page at a time; all of the revision at hand.
extension JobFile {
    package func unreadProjects(after ordinal: Int, limit: Int) throws -> [LoadedProject] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT p.ordinal, p.project_id, p.name, p.cells, p.wanted FROM project p
                    WHERE p.ordinal > ?1
                        AND NOT EXISTS (SELECT 1 FROM plan l WHERE l.ordinal = p.ordinal AND l.revision = ?2)
                        AND (?2 = 1 OR EXISTS
                            (SELECT 1 FROM chosen c WHERE c.revision = ?2 AND c.ordinal = p.ordinal))
                    ORDER BY p.ordinal LIMIT ?3
                    """, arguments: [ordinal, revision, limit]
            ).map { row in
                LoadedProject(
                    ordinal: try row.integer("ordinal"), project: try self.projectID(row),
                    name: try row.optionalText("name"), cells: try self.cells(row),
                    wanted: try Self.wanted(row))
            }
        }
    }

    /// Projects to be changed that are `pending` or `unknown`, of one wave or of all: either those that are unknown and
    /// that nobody has accepted, or the others.
    package func openWork(unknown: Bool, wave: Int?, after ordinal: Int, limit: Int) throws -> [WorkItem] {
        let isUnknown = "s.result = 'unknown' AND NOT s.is_accepted_unknown"
        // What was unknown and has been refused since by this very run reads as pending, and is at work.
        let isOther = """
            (s.result = 'pending' OR (s.result = 'unknown' AND s.is_accepted_unknown))
                AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.ordinal = l.ordinal AND a.run = ?5)
            """
        return try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT s.ordinal, s.project_id, s.result, l.class, l.live, l.provider, l.changes, l.body, l.role
                    FROM plan l JOIN status s ON s.ordinal = l.ordinal AND s.revision = l.revision
                    WHERE l.revision = ?1 AND l.class IN ('reversible', 'irreversible')
                        AND \(unknown ? "\(isUnknown) AND ?5 = ?5" : isOther)
                        \(wave == nil ? "" : "AND l.wave = ?2") AND l.ordinal > ?3
                    ORDER BY l.ordinal LIMIT ?4
                    """, arguments: [revision, wave, ordinal, limit, run]
            ).map { row in
                let result: ProjectResult = try row.word("result")
                return WorkItem(
                    ordinal: try row.integer("ordinal"), project: try self.projectID(row),
                    change: try self.change(row), history: try history(try row.integer("ordinal"), db),
                    standing: unknown ? .unknown : result == .pending ? .pending : .acceptedUnknown)
            }
        }
    }

    /// Projects of a wave that are done, to be read again.
    package func doneWork(wave: Int, after ordinal: Int, limit: Int) throws -> [RereadItem] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT s.*, l.live, l.provider, l.changes, l.body, l.role
                    FROM plan l JOIN status s ON s.ordinal = l.ordinal AND s.revision = l.revision
                    WHERE l.revision = ?1 AND l.wave = ?2 AND l.ordinal > ?3
                        AND s.result IN ('changed', 'unchanged')
                    ORDER BY l.ordinal LIMIT ?4
                    """, arguments: [revision, wave, ordinal, limit]
            ).map { row in
                RereadItem(
                    ordinal: try row.integer("ordinal"), project: try self.projectID(row),
                    expectation: .change(try self.change(row)), outcome: try self.status(row).outcome)
            }
        }
    }

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
                        LEFT JOIN plan l ON l.ordinal = s.ordinal AND l.revision =
                            (SELECT max(m.revision) FROM plan m WHERE m.ordinal = s.ordinal AND m.body IS NOT NULL
                                AND m.revision <= s.revision)
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

    /// What the run at hand read again, in the sheet's order: the project, the finding's word and its detail.
    package func forEachReread(_ body: (ProjectStatus, String, String?) throws -> Void) throws {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT s.*, r.finding, r.detail AS finding_detail FROM reread r JOIN status s USING (ordinal)
                    WHERE r.run = ? ORDER BY s.ordinal
                    """, arguments: [run])
            while let row = try rows.next() {
                try body(
                    try self.status(row), try row.text("finding"), try row.optionalText("finding_detail"))
            }
        }
    }

    /// What may have to be put back: projects that a PATCH of ours has changed, whatever the check said of them, each
    /// with the last plan that changed it.
    private static let ours = """
        FROM status s JOIN plan l ON l.ordinal = s.ordinal AND l.revision =
            (SELECT max(m.revision) FROM plan m WHERE m.ordinal = s.ordinal AND m.body IS NOT NULL
                AND m.revision <= s.revision)
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
                try body(project, try row.optionalInteger("wave"), try self.change(row))
            }
        }
    }

    /// nil in the job of a target file.
    private static func wanted(_ row: Row) throws -> UndoTarget? {
        guard let text = try row.optionalText("wanted") else { return nil }
        guard let wanted = JSONValue(parsing: Array(text.utf8)).flatMap({ UndoTarget($0) }) else {
            throw OddValue(column: "wanted")
        }
        return wanted
    }

    func projectID(_ row: Row) throws -> ProjectID {
        let text = try row.text("project_id")
        // As it was loaded: another spelling would be another project to some, and the same to Atlas.
        guard let id = ProjectID(text), id.text == text else { throw OddValue(column: "project_id") }
        return id
    }

    /// One for each column of the sheet.
    func cells(_ row: Row) throws -> [String] {
        let cells = try Self.texts(row, "cells")
        let count = try columnCount ?? origin().columns.count
        columnCount = count
        guard cells.count == count else { throw OddValue(column: "cells") }
        return cells
    }

    static func state(_ row: Row, in column: String = "live") throws -> EncryptionState? {
        guard let text = try row.optionalText(column) else { return nil }
        guard let state = JSONValue(parsing: Array(text.utf8)).flatMap({ EncryptionState($0) }) else {
            throw OddValue(column: column)
        }
        return state
    }

    static func changes(_ row: Row) throws -> [FieldChange]? {
        guard let text = try row.optionalText("changes") else { return nil }
        let items = JSONValue(parsing: Array(text.utf8))?.array
        let changes = items?.compactMap { FieldChange($0) }
        guard let changes, changes.count == items?.count else { throw OddValue(column: "changes") }
        return changes
    }

    /// Puts the plan of one project together; its parts must fit each other, whoever wrote them.
    func change(_ row: Row, class column: String = "class") throws -> PlannedChange {
        guard let live = try Self.state(row), let changes = try Self.changes(row) else {
            throw OddValue(column: "plan")
        }
        let role = try row.optionalText("role").map { text in
            guard let id = RoleID(text) else { throw OddValue(column: "role") }
            return id
        }
        do {
            return try PlannedChange(
                restoring: try row.word("provider"), before: live, changes: changes, role: role,
                body: try row.text("body"), planClass: try row.word(column))
        } catch let mismatch as PlannedChange.Mismatch {
            let id = try projectID(row)
            throw JobStoreError.damaged(
                path: path, detail: "the \(mismatch.part) of project \(id) is not what its plan shows")
        }
    }

    private func history(_ ordinal: Int, _ db: Database) throws -> AttemptHistory {
        var history = AttemptHistory()
        let rows = try Row.fetchCursor(
            db, sql: "SELECT * FROM attempt WHERE ordinal = ? ORDER BY number", arguments: [ordinal])
        while let row = try rows.next() {
            let verdict: Verdict = try row.optionalWord("verdict") ?? .noAnswer
            let number = try row.integer("number")
            // Numbers go on from here.
            guard (1...1_000_000_000).contains(number) else { throw OddValue(column: "attempt.number") }
            let sawWanted = try row.flag("saw_wanted")
            guard try row.integer("revision") == revision else {
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
