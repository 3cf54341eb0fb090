import AtlasAPI
import CSQLite
import GRDB

/// A job's tables, views and triggers must be those that keyshift makes. A trigger or another view would decide what is
/// sent and what is written down, without a trace in the rows that were approved.
enum SchemaCheck {
    private struct Entry: Hashable {
        var type: String
        var name: String
        var table: String
        /// nil for the indexes that SQLite makes by itself.
        var sql: String?
    }

    /// Before a connection reads a file that somebody else may have made.
    static func distrust(_ db: Database) throws {
        let code = csqlite_distrust_file(db.sqliteConnection.map { UnsafeMutableRawPointer($0) })
        guard code == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        try offerJSONValid(db)
        // SQLite's own advice for such files: check each page's cells as they are read, map no file into memory.
        try db.execute(sql: "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0")
    }

    /// Our CHECKs call `json_valid`, which older SQLite (3.40) does not count as harmless and so refuses to a schema
    /// that is not trusted. This one says that it is.
    private static func offerJSONValid(_ db: Database) throws {
        let code = sqlite3_create_function_v2(
            db.sqliteConnection, "json_valid", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nil,
            { context, _, arguments in
                guard let value = arguments?.pointee, sqlite3_value_type(value) == SQLITE_TEXT,
                    let text = sqlite3_value_text(value)
                else { return sqlite3_result_int(context, 0) }
                let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_value_bytes(value)))
                sqlite3_result_int(context, JSONValue(parsing: Array(bytes)) == nil ? 0 : 1)
            }, nil, nil, nil)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// The first thing that is not as in a new job; nil when all is.
    static func difference(_ db: Database) throws -> String? {
        let ours = try expected.get()
        let found = try entries(db)
        if let odd = found.subtracting(ours).min(by: { $0.name < $1.name }) {
            return "\(odd.type) \(odd.name) is not keyshift's"
        }
        return ours.subtracting(found).min { $0.name < $1.name }.map { "\($0.type) \($0.name) is missing" }
    }

    /// What a new job has, worked out once.
    private static let expected = Result<Set<Entry>, any Error> {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue)
        return try queue.read(entries)
    }

    private static func entries(_ db: Database) throws -> Set<Entry> {
        var entries: Set<Entry> = []
        let rows = try Row.fetchCursor(db, sql: "SELECT type, name, tbl_name, sql FROM sqlite_schema")
        while let row = try rows.next() {
            let entry = Entry(
                type: try row.text("type"), name: try row.text("name"), table: try row.text("tbl_name"),
                sql: try row.optionalText("sql"))
            // One entry twice is not ours either.
            guard entries.insert(entry).inserted else { throw OddValue(column: "sqlite_schema") }
        }
        return entries
    }
}
