import GRDB
package import MigrationCore

/// Why projects are still unread: the last trouble that each was met with.
extension JobFile {
    private static let lastTrouble = """
        (SELECT max(t.id) FROM trouble t WHERE t.ordinal = p.ordinal AND t.step <> '\(holdStep)')
        """

    /// Of the revision at hand, the most frequent cause first. Details of one kind of answer differ in little (a time,
    /// a request's number); one of them is told.
    package func unreadCauses() throws -> [UnreadCause] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT e.http_status, e.error_code, max(e.detail) AS detail, e.id IS NOT NULL AS is_asked,
                        count(*) AS n
                    FROM project p LEFT JOIN plan l ON l.ordinal = p.ordinal AND l.revision = ?1
                        LEFT JOIN trouble e ON e.id = \(Self.lastTrouble)
                    WHERE l.ordinal IS NULL
                        AND (?1 = 1 OR p.ordinal IN (SELECT ordinal FROM chosen WHERE revision = ?1))
                    GROUP BY 1, 2, 4 ORDER BY n DESC, 1, 2
                    """, arguments: [revision]
            ).map { row in
                UnreadCause(
                    failure: try row.flag("is_asked") ? Self.failure(row) : nil, count: try row.integer("n"))
            }
        }
    }

    /// A status as it stands, with the cause where the plan has not read its project.
    func withCause(_ status: ProjectStatus, _ db: Database) throws -> ProjectStatus {
        guard status.planClass == .unread else { return status }
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT e.http_status, e.error_code, e.detail FROM project p JOIN trouble e ON e.id = \(Self.lastTrouble)
                WHERE p.ordinal = ?
                """, arguments: [status.ordinal])
        guard let row else { return status }
        let failure = try Self.failure(row)
        var status = status
        status.outcome.httpStatus = failure.status
        status.outcome.errorCode = failure.code
        status.outcome.detail = failure.detail
        return status
    }

    private static func failure(_ row: Row) throws -> Failure {
        Failure(
            status: try row.optionalInteger("http_status"), code: try row.optionalText("error_code"),
            detail: try row.optionalText("detail"))
    }
}
