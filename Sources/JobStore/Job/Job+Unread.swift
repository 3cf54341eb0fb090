import GRDB
import MigrationCore

/// Why a project is still unread: the last trouble that it was met with.
extension Job {
    static let lastTrouble = """
        (SELECT max(t.id) FROM trouble t WHERE t.ordinal = p.ordinal AND t.step <> '\(holdStep)')
        """

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

    static func failure(_ row: Row) throws -> Failure {
        Failure(
            status: try row.optionalInteger("http_status"), code: try row.optionalText("error_code"),
            detail: try row.optionalText("detail"))
    }
}
