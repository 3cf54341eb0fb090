package import TargetFiles
import AtlasAPI
import GRDB
package import MigrationCore

/// Waves, gates and the failure budget.
extension Revision {
    /// Fixes each project's wave, at the first apply.
    func assignWaves(_ choice: WaveChoice, _ db: Database) throws {
        // Nobody but an approval settles waves.
        try db.execute(
            sql: "UPDATE plan SET wave = NULL WHERE revision = ? AND wave IS NOT NULL", arguments: [number])
        try db.execute(sql: "DELETE FROM wave WHERE revision = ?", arguments: [number])
        switch choice {
        case .none: return
        case .column: try assignFromSheet(db)
        case .pattern(let pattern): try assign(pattern, db)
        }
        try db.execute(
            sql: """
                INSERT INTO wave (revision, number, projects)
                SELECT revision, wave, count(*) FROM plan WHERE revision = ? AND wave IS NOT NULL GROUP BY wave
                """, arguments: [number])
    }

    private func assign(_ pattern: WavePattern, _ db: Database) throws {
        let count =
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM plan WHERE revision = ? AND class IN ('reversible', 'irreversible')
                    """, arguments: [number]) ?? 0
        var last = 0
        for (index, size) in pattern.sizes(of: count).enumerated() {
            // In the sheet's order, so a wave ends at the ordinal of its last project.
            let end =
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT ordinal FROM plan WHERE revision = ? AND class IN ('reversible', 'irreversible')
                            AND ordinal > ? ORDER BY ordinal LIMIT 1 OFFSET ?
                        """, arguments: [number, last, size - 1]) ?? last
            try db.execute(
                sql: """
                    UPDATE plan SET wave = ? WHERE revision = ? AND class IN ('reversible', 'irreversible')
                        AND ordinal > ? AND ordinal <= ?
                    """, arguments: [index + 1, number, last, end])
            last = end
        }
    }

    /// The sheet's numbers; a project without one comes after the highest of them.
    private func assignFromSheet(_ db: Database) throws {
        let highest =
            try Row.fetchOne(db, sql: "SELECT max(wave) AS wave FROM project")?.optionalWave("wave") ?? 0
        try db.execute(
            sql: """
                UPDATE plan SET wave = coalesce((SELECT p.wave FROM project p WHERE p.ordinal = plan.ordinal), ?)
                WHERE revision = ? AND class IN ('reversible', 'irreversible')
                """, arguments: [highest + 1, number])
    }

    package func waves() throws -> [WaveEntry] {
        try job.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT w.*, (SELECT count(*) FROM plan l JOIN status s USING (ordinal)
                        WHERE l.revision = w.revision AND l.wave = w.number
                            AND s.result IN ('changed', 'unchanged')) AS good
                    FROM wave w WHERE w.revision = ? ORDER BY w.number
                    """, arguments: [number]
            ).map { row in
                WaveEntry(
                    number: try row.integer("number"), projects: try row.integer("projects"),
                    good: try row.integer("good"), beganAt: try row.optionalTime("began_at"),
                    passedAt: try row.optionalTime("passed_at"))
            }
        }
    }

    /// How many projects are in each wave that has not passed; of a revision that nobody has approved yet, in each that
    /// an approval would make.
    package func wavesToCome(_ choice: WaveChoice, changes: Int) throws -> [Int] {
        let waves = try waves()
        guard waves.isEmpty else { return waves.filter { $0.passedAt == nil }.map(\.projects) }
        guard choice == .column else { return choice.sizes(of: changes) }
        return try job.read { db in
            try Int.fetchAll(
                db,
                sql: """
                    SELECT count(*) FROM plan l JOIN project p USING (ordinal)
                    WHERE l.revision = ? AND l.class IN ('reversible', 'irreversible')
                    GROUP BY p.wave ORDER BY p.wave IS NULL, p.wave
                    """, arguments: [number])
        }
    }

    /// Where a run goes on.
    package func scope(_ settings: RunSettings, stopAfterWave: Int?) throws -> RunScope {
        try job.read { db in
            let wave = try Row.fetchOne(
                db, sql: "SELECT min(number) AS number FROM wave WHERE revision = ? AND passed_at IS NULL",
                arguments: [number])?.optionalWave("number")
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*) AS projects,
                        count(*) FILTER (WHERE result IN ('pending', 'unknown')) AS to_do,
                        count(*) FILTER (WHERE result = 'unknown' AND NOT is_accepted_unknown
                            AND (?2 IS NULL OR wave = ?2)) AS unknown,
                        count(*) FILTER (WHERE (result = 'unknown' AND NOT is_accepted_unknown)
                            OR (result IN ('failed', 'drifted') AND run >= \(Self.lastAcceptance))) AS failures,
                        count(*) FILTER (WHERE result <> 'pending' AND (result = 'unknown'
                            OR run >= \(Self.lastAcceptance))) AS tried
                    FROM status WHERE revision = ?1 AND class IN ('reversible', 'irreversible')
                    """, arguments: [number, wave])
            // L is of the plan as it was approved, whatever a retry has taken out of it since.
            let planned = try Int.fetchOne(
                db,
                sql:
                    "SELECT count(*) FROM plan WHERE revision = ? AND class IN ('reversible', 'irreversible')",
                arguments: [number])
            let budget = FailureBudget(
                settings.maxFailures, of: planned ?? 0, failures: try row?.integer("failures") ?? 0,
                tried: try row?.integer("tried") ?? 0)
            return RunScope(
                budget: budget, unknown: try row?.integer("unknown") ?? 0,
                toDo: try row?.integer("to_do") ?? 0, wave: wave, stopAfterWave: stopAfterWave)
        }
    }

    private static let lastAcceptance = "(SELECT coalesce(max(run), 0) FROM acceptance)"

    /// How a wave stands. A project that a retry has taken up since is judged by what came of that.
    package func tally(wave: Int) throws -> WaveTally {
        try job.read { db in
            let sql = """
                FROM plan l JOIN status s USING (ordinal) WHERE l.revision = ?1 AND l.wave = ?2
                    AND s.result NOT IN ('changed', 'unchanged')
                    AND (s.result = 'pending' OR (s.result = 'unknown' AND NOT s.is_accepted_unknown)
                        OR s.result <> 'unknown' AND \(Self.lastAcceptance) <= coalesce(s.run,
                        (SELECT a.run FROM approval a WHERE a.revision = s.revision)))
                """
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT s.result, count(*) AS n, min(s.project_id) AS example \(sql) GROUP BY s.result",
                arguments: [number, wave])
            var tally = WaveTally(
                wave: wave,
                projects: try Int.fetchOne(
                    db, sql: "SELECT projects FROM wave WHERE revision = ? AND number = ?",
                    arguments: [number, wave]) ?? 0)
            for row in rows {
                tally.unresolved[try row.word("result")] = try row.integer("n")
                tally.example = try row.optionalText("example").flatMap { ProjectID($0) }
            }
            tally.next = try Row.fetchOne(
                db, sql: "SELECT min(number) AS number FROM wave WHERE revision = ? AND number > ?",
                arguments: [number, wave])?.optionalWave("number")
            return tally
        }
    }
}
