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
                    ordinal: row["ordinal"], project: try self.projectID(row), name: row["name"],
                    cells: Self.cells(row), wanted: Self.wanted(row["wanted"]))
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
                    SELECT s.ordinal, s.project_id, s.result, l.live, l.provider, l.changes, l.body, l.role
                    FROM plan l JOIN status s ON s.ordinal = l.ordinal AND s.revision = l.revision
                    WHERE l.revision = ?1 AND l.class IN ('reversible', 'irreversible')
                        AND \(unknown ? "\(isUnknown) AND ?5 = ?5" : isOther)
                        \(wave == nil ? "" : "AND l.wave = ?2") AND l.ordinal > ?3
                    ORDER BY l.ordinal LIMIT ?4
                    """, arguments: [revision, wave, ordinal, limit, run]
            ).map { row in
                WorkItem(
                    ordinal: row["ordinal"], project: try self.projectID(row), change: try self.change(row),
                    history: try history(row["ordinal"], db),
                    standing: unknown ? .unknown : row["result"] == "pending" ? .pending : .acceptedUnknown)
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
                    ordinal: row["ordinal"], project: try self.projectID(row),
                    expectation: .change(try self.change(row)), outcome: try self.status(row).outcome)
            }
        }
    }

    /// Every project that is done, whatever its revision, with what the plan changes; nil where it found it as wanted.
    package func allDone(after ordinal: Int, limit: Int) throws
        -> [(row: LoadedProject, status: ProjectStatus, change: PlannedChange?)]
    {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT s.*, p.name AS given_name, p.wanted, l.live, l.provider, l.changes, l.body, l.role
                    FROM status s JOIN project p USING (ordinal)
                        JOIN plan l ON l.ordinal = s.ordinal AND l.revision = s.revision
                    WHERE s.result IN ('changed', 'unchanged') AND s.ordinal > ?1
                    ORDER BY s.ordinal LIMIT ?2
                    """, arguments: [ordinal, limit]
            ).map { row in
                let status = try self.status(row)
                let loaded = LoadedProject(
                    ordinal: status.ordinal, project: status.project, name: row["given_name"],
                    cells: status.cells, wanted: Self.wanted(row["wanted"]))
                return (loaded, status, status.planClass.isChange ? try self.change(row) : nil)
            }
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
                try body(try self.status(row), row["finding"], row["finding_detail"])
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
                        l.live, l.provider, l.changes, l.body, l.role \(Self.ours) ORDER BY s.ordinal
                    """)
            while let row = try rows.next() {
                let project = LoadedProject(
                    ordinal: row["ordinal"], project: try self.projectID(row), name: row["name"],
                    cells: Self.cells(row))
                try body(project, row["wave"], try self.change(row))
            }
        }
    }

    private static func wanted(_ text: String?) -> UndoTarget? {
        text.flatMap { JSONValue(parsing: Array($0.utf8)) }.flatMap { UndoTarget($0) }
    }

    func projectID(_ row: Row) throws -> ProjectID {
        guard let id = ProjectID(row["project_id"] as String) else {
            throw JobStoreError.damaged(path: path, detail: "a project id is no id")
        }
        return id
    }

    static func cells(_ row: Row) -> [String] {
        JSONValue(parsing: Array((row["cells"] as String).utf8))?.array?.compactMap(\.string) ?? []
    }

    static func state(_ text: String?) -> EncryptionState? {
        text.flatMap { JSONValue(parsing: Array($0.utf8)) }.flatMap { EncryptionState($0) }
    }

    static func changes(_ text: String?) -> [FieldChange]? {
        text.flatMap { JSONValue(parsing: Array($0.utf8)) }?.array?.compactMap { FieldChange($0) }
    }

    private func change(_ row: Row) throws -> PlannedChange {
        guard let provider = (row["provider"] as String?).flatMap({ Provider(rawValue: $0) }),
            let live = Self.state(row["live"]), let changes = Self.changes(row["changes"]),
            let body = (row["body"] as String?).flatMap({ JSONValue(parsing: Array($0.utf8)) })
        else { throw JobStoreError.damaged(path: path, detail: "the plan of a project can't be read") }
        return PlannedChange(
            provider: provider, before: live, changes: changes, body: body,
            role: (row["role"] as String?).flatMap { RoleID($0) })
    }

    private func history(_ ordinal: Int, _ db: Database) throws -> AttemptHistory {
        var history = AttemptHistory()
        let rows = try Row.fetchCursor(
            db, sql: "SELECT * FROM attempt WHERE ordinal = ? ORDER BY number", arguments: [ordinal])
        while let row = try rows.next() {
            let verdict = (row["verdict"] as String?).flatMap { Verdict(rawValue: $0) } ?? .noAnswer
            guard row["revision"] == revision else {
                history.restoreEarlier(number: row["number"], verdict: verdict, sawWanted: row["saw_wanted"])
                continue
            }
            let failure = Failure(status: row["http_status"], code: row["error_code"], detail: row["detail"])
            history.restore(
                number: row["number"], verdict: verdict, failure: failure, sawWanted: row["saw_wanted"])
        }
        return history
    }
}
