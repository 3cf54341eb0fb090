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

/// Rows as values. Whatever does not fit its place was not written by keyshift.
extension Job {
    /// nil in the job of a target file.
    static func wanted(_ row: Row) throws -> UndoTarget? {
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
}
