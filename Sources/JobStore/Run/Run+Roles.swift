import AtlasAPI
import GRDB
package import MigrationCore

/// What `roles` keeps: its requests, so that none is made twice, and what it found.
extension Run {
    /// The next projects in the sheet's order, with what earlier runs asked for.
    /// `column`: where the sheet names the role that a person chose. `unfinished`: only those that this run found
    /// without a usable role.
    package func roleItems(
        after ordinal: Int, limit: Int, column: Int?, unfinished: Bool
    ) throws -> [RoleItem] {
        try job.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT p.ordinal, p.project_id, p.name, p.cells,
                        coalesce((SELECT max(r.number) FROM role_request r WHERE r.ordinal = p.ordinal), 0) AS requests,
                        EXISTS (SELECT 1 FROM role_request r WHERE r.ordinal = p.ordinal
                            AND r.verdict IN (\(VerdictWords.certainlyApplied))) AS is_made,
                        coalesce(l.verdict, \(VerdictWords.ofTheDead)) AS last,
                        l.error_code AS last_code
                    FROM project p LEFT JOIN role_request l ON l.ordinal = p.ordinal AND l.number =
                        (SELECT max(r.number) FROM role_request r WHERE r.ordinal = p.ordinal)
                    WHERE p.ordinal > ?1 AND (NOT ?3 OR EXISTS (SELECT 1 FROM role_finding f
                        WHERE f.ordinal = p.ordinal AND f.run = ?4 AND f.status IN ('missing', 'not_ready')))
                    ORDER BY p.ordinal LIMIT ?2
                    """, arguments: [ordinal, limit, unfinished, id]
            ).map { row in
                let requests = try row.integer("requests")
                // Numbers go on from here.
                guard (0...1_000_000_000).contains(requests) else {
                    throw OddValue(column: "role_request.number")
                }
                let cells = try job.cells(row)
                let failure = Failure(code: try row.optionalText("last_code"), detail: nil)
                let last = RoleItem.Asked(try row.word("last"), isCoded: failure.isCoded)
                return RoleItem(
                    ordinal: try row.integer("ordinal"), project: try job.projectID(row),
                    name: try row.optionalText("name"), chosen: column.map { cells[$0] } ?? "",
                    requests: requests,
                    asked: try row.flag("is_made") ? .made : requests == 0 ? .no : last)
            }
        }
    }

    /// The records of `roles`.
    func write(_ record: RoleRecord, of ordinal: Int, _ db: Database) throws {
        switch record {
        case .intent(let number, let at):
            try execute(
                "INSERT INTO role_request (ordinal, number, run, intent_at) VALUES (?, ?, ?, ?)",
                [ordinal, number, id, at], db)
        case .ended(let number, let verdict, let failure, let at):
            try execute(
                """
                UPDATE role_request SET verdict = ?, http_status = ?, error_code = ?, detail = ?, ended_at = ?
                WHERE ordinal = ? AND number = ?
                """,
                [verdict.rawValue, failure?.status, failure?.code, failure?.detail, at, ordinal, number], db)
        case .found(let finding, let at):
            try execute(
                """
                INSERT OR REPLACE INTO role_finding (ordinal, run, status, role, identity, key, detail, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    ordinal, id, finding.status.rawValue, finding.role?.text, finding.identity,
                    finding.key,
                    finding.detail, at,
                ], db)
        // For whoever watches.
        case .awaited: break
        }
    }

    /// How many projects this run has found with each status, and how many of those without a role none was asked for
    /// yet.
    package func roleCounts() throws -> (byStatus: [RoleFinding.Status: Int], toMake: Int) {
        try job.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT f.status, count(*) AS n, count(*) FILTER (WHERE NOT EXISTS
                        (SELECT 1 FROM role_request r WHERE r.ordinal = f.ordinal)) AS new
                    FROM role_finding f WHERE f.run = ? GROUP BY f.status
                    """, arguments: [id])
            var counts: [RoleFinding.Status: Int] = [:]
            var toMake = 0
            for row in rows {
                let status: RoleFinding.Status = try row.word("status")
                counts[status] = try row.integer("n")
                if status == .missing { toMake = try row.integer("new") }
            }
            return (counts, toMake)
        }
    }

    /// Every project in the sheet's order; nil for one that this run has not come to.
    package func forEachRole(_ body: (LoadedProject, RoleFinding?) throws -> Void) throws {
        try rolesOrdered(by: "p.ordinal", body)
    }

    /// The projects with a role and a key, those of one key together.
    package func forEachGrant(_ body: (LoadedProject, RoleFinding) throws -> Void) throws {
        try rolesOrdered(by: "f.key, p.ordinal") { project, finding in
            if let finding, finding.key != nil, finding.identity != nil { try body(project, finding) }
        }
    }

    private func rolesOrdered(
        by order: String, _ body: (LoadedProject, RoleFinding?) throws -> Void
    ) throws {
        try job.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT p.ordinal, p.project_id, p.name, p.cells, f.status, f.role, f.identity, f.key, f.detail
                    FROM project p LEFT JOIN role_finding f ON f.ordinal = p.ordinal AND f.run = ?
                    ORDER BY \(order)
                    """, arguments: [id])
            while let row = try rows.next() {
                let project = LoadedProject(
                    ordinal: try row.integer("ordinal"), project: try job.projectID(row),
                    name: try row.optionalText("name"), cells: try job.cells(row), wanted: nil)
                let finding = try row.optionalWord("status", RoleFinding.Status.self).map {
                    RoleFinding(
                        $0, role: try row.optionalText("role").flatMap { RoleID($0) },
                        identity: try row.optionalText("identity"), key: try row.optionalText("key"),
                        detail: try row.optionalText("detail"))
                }
                try body(project, finding)
            }
        }
    }
}
