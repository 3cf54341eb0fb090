package import FleetCSV
package import AtlasAPI
import GRDB
import MigrationCore

/// What a job was made from.
package struct JobOrigin: Sendable, Equatable {
    package var createdAt: Int64
    package var address: String
    package var organisation: OrganisationID?
    package var csvName: String
    package var csvDigest: String
    package var columns: [String]
    package var targetName: String
    package var targetText: String
    package var targetDigest: String

    package init(
        createdAt: Int64, address: String, organisation: OrganisationID?, csvName: String, csvDigest: String,
        columns: [String], targetName: String, targetText: String, targetDigest: String
    ) {
        self.createdAt = createdAt
        self.address = address
        self.organisation = organisation
        self.csvName = csvName
        self.csvDigest = csvDigest
        self.columns = columns
        self.targetName = targetName
        self.targetText = targetText
        self.targetDigest = targetDigest
    }
}

/// Loading a fleet: all rows in one transaction of a file that nobody else has seen yet.
extension Job {
    /// Takes rows one at a time; `insert` says on which line the project stood already, or nil when it is new.
    package struct Loader {
        let db: Database
        private let insertion: Statement
        private let lookup: Statement

        init(_ db: Database) throws {
            self.db = db
            insertion = try db.makeStatement(
                sql: """
                    INSERT INTO project (ordinal, project_id, line, name, cells, wave, wanted)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (project_id) DO NOTHING
                    """)
            lookup = try db.makeStatement(sql: "SELECT line FROM project WHERE project_id = ?")
        }

        package func insert(_ row: FleetRow) throws -> Int? {
            try insert(
                LoadedProject(ordinal: row.ordinal, project: row.id, name: row.name, cells: row.cells),
                line: row.line, wave: row.wave)
        }

        /// Each row that was inserted, in no order: where it began, and its cells.
        package func forEachRow(_ body: (_ line: Int, _ cells: [String]) throws -> Void) throws {
            let rows = try Row.fetchCursor(db, sql: "SELECT line, cells FROM project")
            while let row = try rows.next() { try body(row["line"], try Job.texts(row, "cells")) }
        }

        package func insert(_ row: LoadedProject, line: Int, wave: Int?) throws -> Int? {
            let cells = JSONValue.array(row.cells.map { .string($0) }).canonicalText()
            try insertion.execute(arguments: [
                row.ordinal, row.project.text, line, row.name, cells, wave, row.wanted?.json.canonicalText(),
            ])
            guard db.changesCount == 0 else { return nil }
            return try Int.fetchOne(lookup, arguments: [row.project.text])
        }
    }

    package enum LoadEnd: Sendable {
        case commit(JobOrigin)
        /// Something is wrong with the input: nothing is kept.
        case rollback
    }

    package func load(_ body: (Loader) throws -> LoadEnd) throws {
        do {
            try queue.inTransaction { db in
                guard case .commit(let origin) = try body(try Loader(db)) else { return .rollback }
                try Self.insert(origin, db)
                return .commit
            }
        } catch {
            throw JobStoreError.from(error, path: path)
        }
    }

    private static func insert(_ origin: JobOrigin, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO job (id, created_at, address, organisation, csv_name, csv_digest, columns, target_name,
                    target_text, target_digest) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                origin.createdAt, origin.address, origin.organisation?.text, origin.csvName, origin.csvDigest,
                JSONValue.array(origin.columns.map { .string($0) }).canonicalText(), origin.targetName,
                origin.targetText, origin.targetDigest,
            ])
        try db.execute(
            sql: "INSERT INTO revision (number, at) VALUES (1, ?)", arguments: [origin.createdAt])
    }

    package func origin() throws -> JobOrigin {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM job LIMIT 2")
            guard let row = rows.first, rows.count == 1 else { throw JobStoreError.notAJob(path: path) }
            return JobOrigin(
                createdAt: try row.time("created_at"), address: try row.text("address"),
                organisation: try row.optionalText("organisation").map { text in
                    guard let id = OrganisationID(text) else { throw OddValue(column: "organisation") }
                    return id
                },
                csvName: try row.text("csv_name"), csvDigest: try row.text("csv_digest"),
                columns: try Self.texts(row, "columns"), targetName: try row.text("target_name"),
                targetText: try row.text("target_text"), targetDigest: try row.text("target_digest"))
        }
    }

    /// A list of texts, such as a row's cells.
    static func texts(_ row: Row, _ column: String) throws -> [String] {
        guard let items = JSONValue(parsing: Array(try row.text(column).utf8))?.array else {
            throw OddValue(column: column)
        }
        return try items.map { item in
            guard let text = item.string else { throw OddValue(column: column) }
            return text
        }
    }
}
