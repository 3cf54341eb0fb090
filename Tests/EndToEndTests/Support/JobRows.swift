import GRDB

/// What a job file says, read past keyshift.
struct JobRows {
    struct Attempt: Equatable {
        var project: String
        var number: Int
        var verdict: String?
        var status: Int?
        var code: String?
        var intentAt: Int64
        var endedAt: Int64?
    }

    private let path: String

    init(_ path: String) { self.path = path }

    func attempts(of project: String? = nil) throws -> [Attempt] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT p.project_id, a.* FROM attempt a JOIN project p USING (ordinal)
                    WHERE ?1 IS NULL OR p.project_id = ?1 ORDER BY a.ordinal, a.number
                    """, arguments: [project]
            ).map {
                Attempt(
                    project: $0["project_id"], number: $0["number"], verdict: $0["verdict"],
                    status: $0["http_status"], code: $0["error_code"], intentAt: $0["intent_at"],
                    endedAt: $0["ended_at"])
            }
        }
    }

    /// `ok`, or what SQLite finds wrong with the file.
    var integrity: String { get throws { try value("PRAGMA integrity_check") ?? "nothing" } }

    /// One cell.
    func value<Value: DatabaseValueConvertible>(_ sql: String) throws -> Value? {
        try read { try Value.fetchOne($0, sql: sql) }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            return try DatabaseQueue(path: path, configuration: configuration).read(body)
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
            // A run was killed while it entered or left its log.
            configuration.readonly = false
            return try DatabaseQueue(path: path, configuration: configuration).read(body)
        }
    }
}
