package import AtlasAPI

/// A fleet's row as the job keeps it, for filling in `${column}`: the same names as `FleetRow`'s.
package struct StoredCells: Sendable {
    private let indices: [String: Int]
    private let project: ProjectID
    private let name: String?
    private let cells: [String]

    /// `indices` says where each column is; made once for all rows.
    package init(indices: [String: Int], project: ProjectID, name: String?, cells: [String]) {
        self.indices = indices
        self.project = project
        self.name = name
        self.cells = cells
    }

    package subscript(column: String) -> String? {
        switch column {
        case FleetHeader.idNames[0]: project.text
        case FleetHeader.nameName: name.map(WordGuard.added)
        default: indices[column].map { cells[$0] }
        }
    }
}
