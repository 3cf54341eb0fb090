import FleetCSV
package import TargetFiles
import AtlasAPI
import Foundation
package import JobStore
package import MigrationCore

/// The projects that the plan has not read yet.
package final class UnreadRows: RowSource {
    private let revision: Revision
    private let decisions: RowDecisions
    private var pages = RowPages(by: \LoadedProject.ordinal)

    package init(_ revision: Revision, columns: [String], target: TargetFile) {
        self.revision = revision
        decisions = RowDecisions(revision.job, columns: columns, target: target)
    }

    package func next(_ want: RowWant) throws -> Event {
        guard case .rows(let count, _) = want else { return .loadedReads([], isLast: true) }
        let rows = try pages.next(count) { try revision.unreadProjects(after: $0, limit: $1) }
        return .loadedReads(try rows.map(item), isLast: rows.count < count)
    }

    private func item(_ row: LoadedProject) throws -> ReadItem {
        ReadItem(ordinal: row.ordinal, project: row.project, decision: try decisions.decision(row))
    }
}

/// What the job wants of each project: the target file with the row's columns filled in, or what `undo` puts back.
package struct RowDecisions {
    private let path: String
    private let indices: [String: Int]
    private let target: TargetFile
    /// Where relative names of files begin; asked for once, and not for each row.
    private let folder = FileManager.default.currentDirectoryPath

    package init(_ job: Job, columns: [String], target: TargetFile) {
        path = job.path
        indices = Dictionary(columns.enumerated().map { ($1, $0) }) { first, _ in first }
        self.target = target
    }

    package func decision(_ row: LoadedProject) throws -> PlanDecision {
        try decision(row) { _, path in InputFile.absolute(path, in: folder) }
    }

    /// Whether a change of the plan is what the target makes of its row, wherever the files of secrets were when it was
    /// planned.
    package func makes(_ change: PlannedChange, of row: LoadedProject) throws -> Bool {
        try decision(row) { field, path in
            let place = StateFacts.path(change.provider, field)
            guard case .secret(let reference)? = change.changes.first(where: { $0.path == place })?.after,
                case .file(let whole)? = ResolvedSecretReference(text: reference),
                !path.hasPrefix("/"), whole.hasPrefix("/"), whole.hasSuffix("/" + path)
            else { return path }
            return whole
        }.makes(change)
    }

    private func decision(
        _ row: LoadedProject, file: (_ field: String, _ path: String) -> String
    ) throws -> PlanDecision {
        if let wanted = row.wanted { return PlanDecision(undo: wanted) }
        let cells = StoredCells(indices: indices, project: row.project, name: row.name, cells: row.cells)
        guard case .resolved(let resolved) = target.target.resolve({ cells[$0] }) else {
            // The row was resolved before it was loaded, so the file is not what keyshift wrote.
            throw JobStoreError.damaged(path: path, detail: "row \(row.ordinal) does not fit the target")
        }
        return PlanDecision(target: placed(resolved, file), filter: target.filter, givenName: row.name)
    }

    /// What is sent must not hang on the folder that somebody stands in: a file is named from the root.
    private func placed(
        _ target: ResolvedTarget, _ file: (_ field: String, _ path: String) -> String
    ) -> ResolvedTarget {
        var target = target
        for case (let name, .file(let path)) in target.secrets {
            target.secrets[name] = .file(path: file(name, path))
        }
        return target
    }
}

/// The projects that `apply` has to change, wave by wave, those that an earlier run left `unknown` first.
package final class OpenWorkRows: RowSource {
    private let run: Run
    private var place = Place()

    private struct Place {
        var wave: Int?
        /// nil: there are no more, and what is in play reads as unknown too.
        var unknown: RowPages<WorkItem>? = RowPages(by: \.ordinal)
        var pending = RowPages(by: \WorkItem.ordinal)
        var done = RowPages(by: \RereadItem.ordinal)
    }

    package init(_ run: Run) { self.run = run }

    package func next(_ want: RowWant) throws -> Event {
        switch want {
        case .rows(let count, let wave): return try rows(count, wave)
        case .tally(let wave): return .tallied(try run.revision.tally(wave: wave))
        case .rereads(let count, let wave):
            let items = try place.done.next(count) {
                try run.revision.doneWork(wave: wave, after: $0, limit: $1)
            }
            return .loadedRereads(items, isLast: items.count < count)
        }
    }

    private func rows(_ count: Int, _ wave: Int?) throws -> Event {
        if wave != place.wave { place = Place(wave: wave) }
        var items =
            try place.unknown?.next(count) {
                try run.openWork(unknown: true, wave: wave, after: $0, limit: $1)
            } ?? []
        if items.count < count { place.unknown = nil }
        items += try place.pending.next(count - items.count) {
            try run.openWork(unknown: false, wave: wave, after: $0, limit: $1)
        }
        return .loadedWork(items, isLast: items.count < count)
    }
}

/// The projects whose roles are looked for.
package final class RoleRows: RowSource {
    private let run: Run
    private let column: Int?
    private let aim: RoleAim
    private let unfinished: Bool
    private var last = 0

    /// `column`: where the sheet names the role that a person chose. `unfinished`: only those that the run has found
    /// without a usable role.
    package init(_ run: Run, column: Int?, aim: RoleAim, unfinished: Bool) {
        self.run = run
        self.unfinished = unfinished
        self.column = column
        self.aim = aim
    }

    package func next(_ want: RowWant) throws -> Event {
        guard case .rows(let count, _) = want else { return .loaded([], isLast: true) }
        let items = try run.roleItems(after: last, limit: count, column: column, unfinished: unfinished)
        last = items.last?.ordinal ?? last
        return .loaded(items.map { RoleMaking(item: $0, aim: aim) }, isLast: items.count < count)
    }
}

/// The projects that `verify` reads again.
package final class DoneRows: RowSource {
    private let job: Job
    private let decisions: RowDecisions
    private var last = 0

    package init(_ job: Job, columns: [String], target: TargetFile) {
        self.job = job
        decisions = RowDecisions(job, columns: columns, target: target)
    }

    package func next(_ want: RowWant) throws -> Event {
        guard case .rows(let count, _) = want else { return .loadedRereads([], isLast: true) }
        let done = try job.forVerify(after: last, limit: count)
        last = done.last?.row.ordinal ?? last
        let items = try done.map { row, status, change in
            RereadItem(
                ordinal: row.ordinal, project: row.project,
                expectation: try change.map { .change($0) } ?? .target(decisions.decision(row)),
                outcome: status.outcome)
        }
        return .loadedRereads(items, isLast: done.count < count)
    }
}
