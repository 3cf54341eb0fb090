package import AtlasAPI

/// One project of a fleet CSV.
package struct FleetRow: Sendable {
    package let header: FleetHeader
    /// 1 for the first project of the file.
    package let ordinal: Int
    /// Where each cell begins.
    package let positions: [SourcePosition]
    package let id: ProjectID
    /// The name that the project is thought to have; nil when none is given.
    package let name: String?
    /// The wave that it belongs to; nil when the sheet gives none, which is the last.
    package let wave: Int?
    /// All cells in the header's order, as they were before a report guarded them against spreadsheets; what guards a
    /// word is still there (`WordGuard`).
    package let cells: [String]
    /// Whether a problem of this row was reported; one is enough.
    package let isFaulty: Bool

    package var line: Int { positions.first?.line ?? 1 }

    /// The cell of `${column}`: a column by its exact name; `project_id` and `project_name` always mean the
    /// project, whatever its columns are called. nil when there is none.
    package subscript(column: String) -> String? {
        switch column {
        case FleetHeader.idNames[0]: id.text
        case FleetHeader.nameName: name.map(WordGuard.added)
        default: header.index(of: column).map { cells[$0] }
        }
    }

    /// The problem of a row whose project was seen before; the caller knows, since this reader keeps no rows.
    package func duplicate(firstLine: Int) -> CSVProblem {
        CSVProblem(.duplicateID(id.text, firstLine: firstLine), at: positions[header.idColumn])
    }

    /// A secret in a cell, at that cell.
    package func problem(_ held: HeldSecret, cell: Int) -> CSVProblem {
        CSVProblem(.secret(held, column: header.columns[cell]), at: positions[cell])
    }

    /// A cell's problem at that cell; at the id when the file has no such column.
    package func problem(_ problem: CellProblem) -> CSVProblem {
        let index = header.index(of: problem.column) ?? header.idColumn
        return CSVProblem(.cell(problem), at: positions[index])
    }
}
