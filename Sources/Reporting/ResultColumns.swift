import FleetCSV
import MigrationCore

/// The columns of results.csv and the members of each project in the JSON report: the contract's, in its
/// order.
enum ResultColumns {
    static let fixed = [
        "project_id", "project_name", "result", "class", "reason", "verified", "http_status", "error_code",
        "detail",
        "attempts", "wave", "started_at", "finished_at", "next_step",
    ]
}

/// The sheet's columns that follow the fixed ones: all but its id and its `project_name`, which come first
/// already.
struct FurtherColumns: Sendable {
    /// As results.csv names them.
    let names: [String]
    private let indices: [Int]

    init(_ columns: [String]) {
        indices = columns.indices.filter {
            !FleetHeader.idNames.contains(columns[$0]) && columns[$0] != FleetHeader.nameName
        }
        var taken = Set(ResultColumns.fixed)
        names = indices.map { index in
            var name = columns[index]
            // Again and again: the sheet may have a `csv.result` of its own beside its `result`.
            while !taken.insert(name).inserted { name = "csv." + name }
            return name
        }
    }

    /// A row's further cells; a cell that is not there is empty.
    func cells(of row: [String]) -> [String] { indices.map { $0 < row.count ? row[$0] : "" } }
}
