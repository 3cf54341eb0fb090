import AtlasAPI
package import JobStore
package import MigrationCore

extension JobFile: Journal {}

/// The projects that the plan has not read yet.
package final class UnreadRows: RowSource {
    private let job: JobFile
    private let indices: [String: Int]
    private let target: TargetFile
    private var last = 0

    package init(_ job: JobFile, columns: [String], target: TargetFile) {
        self.job = job
        indices = Dictionary(columns.enumerated().map { ($1, $0) }) { first, _ in first }
        self.target = target
    }

    package func next(_ count: Int) throws -> Event {
        let rows = try job.unreadProjects(after: last, limit: count)
        last = rows.last?.ordinal ?? last
        return .loadedReads(try rows.map(item), isLast: rows.count < count)
    }

    private func item(_ row: LoadedProject) throws -> ReadItem {
        let cells = StoredCells(indices: indices, project: row.project, name: row.name, cells: row.cells)
        guard case .resolved(let resolved) = target.target.resolve({ cells[$0] }) else {
            // The row was resolved before it was loaded, so the file is not what keyshift wrote.
            throw JobStoreError.damaged(path: job.path, detail: "row \(row.ordinal) does not fit the target")
        }
        return ReadItem(
            ordinal: row.ordinal, project: row.project,
            decision: PlanDecision(target: resolved, filter: target.filter, givenName: row.name))
    }
}

/// The projects that `apply` has to change.
package final class OpenWorkRows: RowSource {
    private let job: JobFile
    private var last = 0

    package init(_ job: JobFile) { self.job = job }

    package func next(_ count: Int) throws -> Event {
        let items = try job.openWork(after: last, limit: count)
        last = items.last?.ordinal ?? last
        return .loadedWork(items, isLast: items.count < count)
    }
}
