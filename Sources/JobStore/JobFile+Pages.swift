package import AtlasAPI
import GRDB
package import MigrationCore

/// A row of the fleet as it was loaded.
package struct LoadedProject: Sendable {
    package var ordinal: Int
    package var project: ProjectID
    package var name: String?
    package var cells: [String]
}

/// The next rows for the engine, a page at a time.
extension JobFile {
    package func unreadProjects(after ordinal: Int, limit: Int) throws -> [LoadedProject] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT p.ordinal, p.project_id, p.name, p.cells FROM project p
                    LEFT JOIN plan l USING (ordinal)
                    WHERE l.ordinal IS NULL AND p.ordinal > ? ORDER BY p.ordinal LIMIT ?
                    """, arguments: [ordinal, limit]
            ).map { row in
                LoadedProject(
                    ordinal: row["ordinal"], project: try self.projectID(row), name: row["name"],
                    cells: Self.cells(row))
            }
        }
    }

    /// Projects to be changed that are pending or unknown.
    package func openWork(after ordinal: Int, limit: Int) throws -> [WorkItem] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT s.ordinal, s.project_id, l.live, l.provider, l.changes, l.body, l.role
                    FROM status s JOIN plan l USING (ordinal)
                    WHERE l.class IN ('reversible', 'irreversible') AND s.result IN ('pending', 'unknown')
                        AND s.ordinal > ?
                    ORDER BY s.ordinal LIMIT ?
                    """, arguments: [ordinal, limit]
            ).map { row in
                WorkItem(
                    ordinal: row["ordinal"], project: try self.projectID(row), change: try self.change(row),
                    history: try Self.history(row["ordinal"], db))
            }
        }
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

    private static func history(_ ordinal: Int, _ db: Database) throws -> AttemptHistory {
        var history = AttemptHistory()
        let rows = try Row.fetchCursor(
            db, sql: "SELECT * FROM attempt WHERE ordinal = ? ORDER BY number", arguments: [ordinal])
        while let row = try rows.next() {
            let verdict = (row["verdict"] as String?).flatMap { Verdict(rawValue: $0) } ?? .noAnswer
            let failure = Failure(status: row["http_status"], code: row["error_code"], detail: row["detail"])
            history.restore(
                number: row["number"], verdict: verdict, failure: failure, sawWanted: row["saw_wanted"])
        }
        return history
    }
}
