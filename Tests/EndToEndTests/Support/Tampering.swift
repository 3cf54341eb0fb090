import GRDB

/// A job file in the hands of somebody with `sqlite3`.
enum Tampering {
    /// Runs statements past foreign keys and CHECKs, each by itself; one that fails changes nothing.
    static func alter(_ path: String, _ statements: String...) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
            for statement in statements { try db.execute(sql: statement) }
        }
        try queue.close()
    }

    /// Every column of every table, as `table.column`.
    static func columns(_ path: String) throws -> [(table: String, column: String)] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT m.name AS t, c.name AS c FROM sqlite_schema m, pragma_table_info(m.name) c
                    WHERE m.type = 'table' AND m.name NOT LIKE 'grdb%' ORDER BY 1, 2
                    """
            ).map { ($0["t"], $0["c"]) }
        }
    }

    /// Puts a value of any kind into a column although its table is STRICT, and leaves the schema as it was.
    /// - Returns: whether there was a row to put it into.
    static func put(_ value: String, into column: (table: String, column: String), _ path: String) throws
        -> Bool
    {
        let texts = try rewrite(path) { db in
            let texts = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
            try db.execute(
                sql: """
                    UPDATE sqlite_schema SET sql = replace(replace(sql, ') STRICT, WITHOUT', ') WITHOUT'),
                        ') STRICT', ')') WHERE type = 'table'
                    """)
            return texts.map { ($0["name"] as String, $0["sql"] as String?) }
        }
        let queue = try DatabaseQueue(path: path)
        let count = try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
            // Unique and NOT NULL columns take what they can.
            try? db.execute(sql: "UPDATE OR IGNORE \(column.table) SET \(column.column) = \(value)")
            return db.changesCount
        }
        try queue.close()
        _ = try rewrite(path) { db in
            for (name, sql) in texts {
                try db.execute(
                    sql: "UPDATE sqlite_schema SET sql = ? WHERE name = ?", arguments: [sql, name])
            }
            return []
        }
        return count > 0
    }

    private static func rewrite(
        _ path: String, _ body: (Database) throws -> [(String, String?)]
    ) throws -> [(String, String?)] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA writable_schema = ON")
            let result = try body(db)
            try db.execute(sql: "PRAGMA writable_schema = RESET")
            return result
        }
    }
}
