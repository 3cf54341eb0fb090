package import FleetCSV
package import TargetFiles
import Foundation
package import JobStore
import MigrationCore

/// Loads a fleet CSV into a new job file: all of it or nothing.
package struct FleetImport {
    package enum Failure: Error {
        case unreadable(path: String, detail: String)
        case missing(path: String)
        /// The sheet's path, which a job keeps, holds a secret.
        case secretInPath(HeldSecret)
        /// A header and nothing below it.
        case noProjects
        /// Everything that is wrong with the sheet and with the target's columns.
        case problems(ProblemList, target: [TargetProblem])
    }

    package struct Loaded: Sendable {
        package var digest: String
        package var columns: [String]
        package var projects: Int
    }

    /// Bytes that are read on without a row that counts: after a problem nothing of a sheet can be used, and what holds
    /// no row (blank lines, an open quote) may never end. More than the longest row.
    package static let patience = 2 * CSVTokenizer.recordLimit

    /// `-`: standard input.
    package let path: String
    package let target: TargetFile
    package let separator: UInt8
    private let secrets: KnownSecrets

    /// `separator`: the byte between cells, as `FleetReader` takes it. `secrets`: what no cell may hold; they grow by
    /// those that rows name.
    package init(path: String, target: TargetFile, separator: UInt8, secrets: KnownSecrets) {
        self.path = path
        self.target = target
        self.separator = separator
        self.secrets = secrets
    }

    /// Fills `job`, which nobody else has seen yet.
    /// - Throws: `Failure`, or what the job file throws; the job holds nothing then.
    package func load(into job: Job, origin: (Loaded) -> JobOrigin) throws -> Loaded {
        let file = try open()
        var result: Result<Loaded, Failure>?
        try job.load { loader in
            let outcome = try read(file, loader)
            result = outcome
            guard case .success(let loaded) = outcome else { return .rollback }
            let made = origin(loaded)
            if let held = secrets.held(in: made.csvName) {
                result = .failure(.secretInPath(held))
                return .rollback
            }
            return .commit(made)
        }
        guard let result else { throw Failure.unreadable(path: path, detail: "nothing was read") }
        return try result.get()
    }

    private func open() throws -> InputFile {
        do {
            return try InputFile(path, for: .sheet)
        } catch {
            throw error.isMissing
                ? Failure.missing(path: path) : Failure.unreadable(path: path, detail: error.detail)
        }
    }

    private func read(_ file: borrowing InputFile, _ loader: Job.Loader) throws -> Result<Loaded, Failure> {
        var reader = FleetReader(separator: separator)
        var digest = ByteDigest()
        let before = secrets.count
        func sink(_ row: FleetRow, _ problems: inout ProblemList) throws {
            let resolution = target.target.resolve { row[$0] }
            if case .resolved(let target) = resolution { secrets.learn(target) }
            if let secret = secret(in: row) {
                if !row.isFaulty { problems.add(secret) }
                return
            }
            let cell = row.isFaulty ? nil : problem(resolution)
            if let cell { problems.add(row.problem(cell)) }
            // Inserted in any case, for the search for duplicates; one problem of a row is told.
            if let first = try loader.insert(row), cell == nil, !row.isFaulty {
                problems.add(row.duplicate(firstLine: first))
            }
        }
        var (rows, useless) = (0, 0)
        while true {
            let piece: [UInt8]
            do {
                piece = try file.read()
            } catch {
                return .failure(.unreadable(path: path, detail: error.detail))
            }
            if piece.isEmpty || reader.isForeign { break }
            try piece.withUnsafeBytes { bytes in
                digest.add(bytes)
                try reader.feed(bytes, to: sink)
            }
            let isOfUse = reader.rowCount > rows && reader.problems.isEmpty
            (rows, useless) = (reader.rowCount, isOfUse ? 0 : useless + piece.count)
            guard useless <= Self.patience else {
                reader.hideSecrets(secrets.held)
                return .failure(endless(reader.problems))
            }
        }
        try reader.finish(to: sink)
        reader.addSecrets(in: secrets.held)
        if secrets.count > before { try searchAgain(loader, &reader) }
        reader.hideSecrets(secrets.held)
        if target.target.readsRoleColumn, let column = reader.header?.misspelledRole {
            reader.addRoleSpelling(column)
        }
        let columns = reader.header?.columns ?? []
        let targetProblems = (reader.header == nil ? [] : target.problems(columns: columns)).map { problem in
            secrets.held(in: problem.message).map { TargetProblem(.secret($0), at: problem.position) }
                ?? problem
        }
        guard reader.problems.isEmpty, targetProblems.isEmpty else {
            return .failure(.problems(reader.problems, target: targetProblems))
        }
        guard reader.rowCount > 0 else { return .failure(.noProjects) }
        return .success(Loaded(digest: digest.finish(), columns: columns, projects: reader.rowCount))
    }

    private func endless(_ problems: ProblemList) -> Failure {
        let read = "\(Self.patience >> 20) MiB"
        guard !problems.isEmpty else {
            return .unreadable(path: path, detail: "\(read) were read without a row in them")
        }
        var problems = problems
        problems.isCut = true
        return .problems(problems, target: [])
    }

    /// The first of the row's cells that holds one. Not the id, which is 24 hex digits and nothing else.
    private func secret(in row: FleetRow) -> CSVProblem? {
        for (index, cell) in row.cells.enumerated() where index != row.header.idColumn {
            if let held = secrets.held(in: cell) { return row.problem(held, cell: index) }
        }
        return nil
    }

    /// A row may hold the secret that a later one names. Where its cells began is no longer known.
    private func searchAgain(_ loader: Job.Loader, _ reader: inout FleetReader) throws {
        guard let header = reader.header else { return }
        try loader.forEachRow { line, cells in
            for (index, cell) in cells.enumerated() where index != header.idColumn {
                guard let held = secrets.held(in: cell) else { continue }
                return reader.add(held, column: header.columns[index], line: line)
            }
        }
    }

    /// The first of the row's cells that the target can't use.
    private func problem(_ resolution: TargetResolution) -> CellProblem? {
        guard case .refused(let cells) = resolution else { return nil }
        // A column that the sheet lacks is the target's mistake, told once and at its place there. An empty
        // project_name counts as none given, so it is told here.
        return cells.first { $0.kind != .noSuchColumn || $0.column == FleetHeader.nameName }
    }
}
