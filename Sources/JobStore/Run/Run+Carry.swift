import GRDB
import MigrationCore

/// What earlier revisions did to the projects of a new one.
extension Run {
    /// The results that the revision takes over, for projects that it was chosen for and changes nothing of.
    /// To be asked before they go by it.
    func carriedOutcomes(_ db: Database) throws -> [(ordinal: Int, outcome: Outcome)] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT s.*, n.class AS new_class, n.reason AS new_reason, n.detail AS new_detail,
                    coalesce(n.changes, '') = '[]' AS as_wanted, n.at AS read_at, n.live AS new_live,
                    s.result = 'changed' OR coalesce(s.reason, '') IN ('not_valid_after_change', 'collateral_change')
                        OR EXISTS (SELECT 1 FROM attempt a WHERE a.ordinal = s.ordinal AND a.saw_wanted) AS seen
                FROM chosen c JOIN plan n USING (revision, ordinal) JOIN status s USING (ordinal)
                WHERE c.revision = ?1 AND s.revision < ?1 AND n.body IS NULL AND EXISTS
                    (SELECT 1 FROM attempt a WHERE a.ordinal = s.ordinal AND (a.saw_wanted OR a.verdict IS NULL
                        OR a.verdict IN (\(VerdictWords.applied))))
                """, arguments: [revision.number])
        var carried: [(Int, Outcome)] = []
        while let row = try rows.next() {
            let earlier = try job.status(row)
            let read = CarriedResult.Read(
                planClass: try row.word("new_class"), reason: try row.optionalWord("new_reason"),
                detail: try row.optionalText("new_detail"), isAsWanted: try row.flag("as_wanted"),
                moved: earlier.outcome.reason == .collateralChange ? try moved(earlier.ordinal, row, db) : [],
                at: try row.time("read_at"))
            let outcome = CarriedResult.outcome(
                earlier: earlier.outcome, effect: try row.flag("seen") ? .seen : .possible, read: read)
            if let outcome { carried.append((earlier.ordinal, outcome)) }
        }
        return carried
    }

    /// What a change of an earlier revision moved beside what it was to, and has not come back.
    private func moved(_ ordinal: Int, _ row: Row, _ db: Database) throws -> [String] {
        let changed = try Row.fetchOne(
            db,
            sql: """
                SELECT p.project_id, m.* FROM plan m JOIN project p USING (ordinal)
                WHERE m.ordinal = ? AND m.revision < ? AND m.body IS NOT NULL ORDER BY m.revision DESC LIMIT 1
                """, arguments: [ordinal, revision.number])
        guard let changed, let live = try Job.state(row, in: "new_live") else { return [] }
        return try job.change(changed).collateralTexts(in: live)
    }
}
