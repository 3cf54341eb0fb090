import AtlasAPI
import GRDB
package import MigrationCore

/// What servers asked for: the next process keeps to it, also after a `kill -9`.
///
/// A hold is a row of `trouble` with a step of its own: the answer that asked for it was such a trouble, and the place,
/// the end and the answer's status and code fit its columns.
extension Job {
    static let holdStep = "hold"
    /// Milliseconds by which a hold is kept longer than a server asked.
    private static let slack: Int64 = 120_000

    /// Those that are not over yet at `wall`, in milliseconds since 1970.
    package func holds(at wall: Int64) throws -> [KeptHold] {
        let rows = try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT t.ordinal, p.project_id, t.verdict, t.http_status, t.error_code, t.detail, t.at
                    FROM trouble t JOIN project p ON p.ordinal = t.ordinal
                    WHERE t.step = ? AND t.at > ? ORDER BY t.id
                    """,
                arguments: [
                    Self.holdStep, wall - HTTPAnswer.retryAfterLimit.nanoseconds / 1_000_000,
                ]
            ).compactMap(Self.hold)
        }
        return rows.filter { $0.left(now: wall) != nil }
    }

    /// nil for a row that another version wrote in words of its own: at worst the server says so once more.
    private static func hold(_ row: Row) throws -> KeptHold? {
        guard let place = KeptHold.Place(rawValue: try row.text("verdict")),
            let until = try row.optionalText("detail").flatMap({ Int64($0) }),
            // No hold is longer.
            let at = try? row.time("at"), until >= at,
            until - at <= HTTPAnswer.retryAfterLimit.nanoseconds / 1_000_000 + Self.slack
        else { return nil }
        return KeptHold(
            place: place, ordinal: try row.integer("ordinal"),
            project: ProjectID(try row.text("project_id")), at: at, until: until,
            status: try row.optionalInteger("http_status"), code: try row.optionalText("error_code"))
    }
}
