package import AtlasAPI
import GRDB
package import MigrationCore

/// What a retry has read of a project that this job sent a change to, held against that change.
package struct CarriedProject: Sendable {
    package var ordinal: Int
    package var project: ProjectID
    package var name: String?
    /// What the project is from here on.
    package var outcome: Outcome
    /// What halts a run, and the project was read: its key does not work after our change, or another field moved.
    package var isBroken: Bool
    /// The first read that showed it so; milliseconds since 1970.
    package var seenAt: Int64
}

/// What earlier revisions did to the projects of a new one.
extension Revision {
    /// Its projects whose result an earlier change decides. To be asked before they go by it.
    package func carriedProjects() throws -> [CarriedProject] { try job.read(carriedProjects) }

    func carriedProjects(_ db: Database) throws -> [CarriedProject] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT s.*, n.class AS new_class, n.reason AS new_reason, n.detail AS new_detail,
                    n.at AS read_at, n.live AS new_live,
                    NOT EXISTS (SELECT 1 FROM reread r WHERE r.ordinal = n.ordinal AND r.at = n.at
                        AND r.finding = '\(RereadFinding.notValidWord)') AS keys_work,
                    l.class AS sent_class, l.live, l.provider, l.changes, l.body, l.role,
                    s.result = 'changed' OR coalesce(s.reason, '') IN ('not_valid_after_change', 'collateral_change')
                        OR EXISTS (SELECT 1 FROM attempt a WHERE a.ordinal = s.ordinal AND a.saw_wanted) AS seen
                FROM chosen c JOIN plan n USING (revision, ordinal) JOIN status s USING (ordinal)
                    JOIN plan l ON l.ordinal = s.ordinal AND l.revision = \(Job.lastArrived)
                WHERE c.revision = ?1 AND s.revision < ?1
                """, arguments: [number])
        var carried: [CarriedProject] = []
        while let row = try rows.next() {
            let earlier = try job.status(row)
            let read = CarriedResult.Read(
                planClass: try row.word("new_class"), reason: try row.optionalWord("new_reason"),
                detail: try row.optionalText("new_detail"), live: try Self.read(row),
                at: try row.time("read_at"))
            let sent = try job.change(row, class: "sent_class")
            let outcome = CarriedResult.outcome(
                earlier: earlier.outcome, sent: sent,
                effect: try row.flag("seen") ? .seen : .possible, read: read)
            guard let outcome else { continue }
            let shows = read.live.map { $0.hasDeadKey || !sent.collateral(in: $0).isEmpty } ?? false
            let wasSo = earlier.outcome.reason == outcome.reason
            carried.append(
                CarriedProject(
                    ordinal: earlier.ordinal, project: earlier.project, name: earlier.name, outcome: outcome,
                    isBroken: shows && outcome.reason?.haltsRun == true,
                    seenAt: wasSo ? earlier.outcome.finishedAt ?? read.at : read.at))
        }
        return carried
    }

    /// A state is kept without what Atlas said of its keys, which stands beside it as a read of its own.
    private static func read(_ row: Row) throws -> EncryptionState? {
        guard var state = try Job.state(row, in: "new_live") else { return nil }
        let keysWork = try row.flag("keys_work")
        for place in state.enabled.indices { state.enabled[place].isValid = keysWork }
        return state
    }
}
