/// The header row of a fleet CSV: which column holds what.
package struct FleetHeader: Hashable, Sendable {
    /// The names as written, in order.
    package let columns: [String]
    /// The column that names the project.
    package let idColumn: Int
    /// The column with the name that the project is thought to have.
    package let nameColumn: Int?
    /// The column with the wave that the project belongs to.
    package let waveColumn: Int?
    let indices: [String: Int]

    package static let idNames = ["project_id", "projectId", "group_id", "groupId"]
    package static let nameName = "project_name"
    package static let waveName = "wave"
    /// The role that a person chose; `roleId: auto` takes it.
    package static let roleName = "role_id"
    /// What a cell of that column may hold, when it is not empty.
    package static let waveRange = 1...1_000_000

    /// The place of a column by its exact name.
    package func index(of column: String) -> Int? { indices[column] }

    /// The columns that are neither id nor name.
    package var variables: [String] {
        columns.indices.filter { $0 != idColumn && $0 != nameColumn }.map { columns[$0] }
    }

    /// A column that is nearly `role_id`, when no column is.
    package var misspelledRole: Int? {
        index(of: Self.roleName) == nil
            ? columns.firstIndex(where: HeaderSpelling.isRoleOfAnotherSpelling) : nil
    }
}
