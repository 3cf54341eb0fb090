import AtlasAPI
import GRDB
import MigrationCore

/// Whether a job is as it was approved.
extension Job {
    /// Holds each approval against the rows that it is for. Nothing to do for a job that nobody has approved.
    /// - Throws: `sealBroken`, or `damaged` for settings and memberships that keyshift can't have written.
    package func checkApprovals() throws {
        var version = ApprovalSeal.Version.first
        for approval in try approvals() {
            // Nobody seals by an old rule any more once there is a newer seal.
            let kept = approval.seal.flatMap { ApprovalSeal.Version(of: $0) } ?? version
            if version == .first { version = kept }
            let revision = revision(approval.revision)
            try read { db in
                let kept = try revision.keptDigest(db) ?? "none"
                let digest = try revision.checkedDigest(kept: kept, db)
                guard approval.digest == digest else {
                    throw broken(
                        "revision \(approval.revision) was approved as \(approval.digest), and is \(digest)")
                }
                let seal = try revision.seal(version, db)
                guard approval.seal == seal else {
                    throw broken(
                        "the approval of revision \(approval.revision), its settings or its rows are not as they "
                            + "were sealed")
                }
            }
            try revision.checkSettings()
        }
        try checkMemberships()
    }

    /// What `--approve` takes of the job as it stands: the digest of a plan that nobody has approved, then the newest
    /// seal, which covers all that is approved. nil while projects are unread, and where older seals, which don't cover
    /// each other, would have to stand for several revisions.
    package func approvable() throws -> String? {
        guard let last = try approvals().last else { return try firstRevision.planDigest() }
        guard let seal = last.seal else { return nil }
        let coversAll =
            try ApprovalSeal.Version(of: seal) == .second
            || openRevisions().allSatisfy { $0.number == last.revision }
        return coversAll ? seal : nil
    }

    /// SHA-256 over the sheet's columns and rows as the job keeps them. A job that is gone on with must have those of
    /// the sheet that is given again: `roles` and a plan's reads go by them, and nobody has approved them yet.
    package func sheetDigest() throws -> String {
        try read { db in
            var digest = ByteDigest()
            func add(_ items: [JSONValue]) {
                Array((JSONValue.array(items).canonicalText() + "\n").utf8).withUnsafeBytes { digest.add($0) }
            }
            func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
            add(try origin().columns.map { .string($0) })
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT ordinal, project_id, name, cells, wave, wanted FROM project ORDER BY ordinal")
            while let row = try rows.next() {
                add([
                    .string(String(try row.integer("ordinal"))), .string(try projectID(row).text),
                    text(try row.optionalText("name")), .string(try row.text("cells")),
                    text(try row.optionalWave("wave").map { String($0) }),
                    text(try row.optionalText("wanted")),
                ])
            }
            return digest.finish()
        }
    }

    func broken(_ detail: String) -> JobStoreError { .sealBroken(path: path, detail: detail) }

    /// Each project goes by the last approved revision that it was chosen for, a revision plans the projects that were
    /// chosen for it, and each wave has the projects that it was given. Runs and revisions are numbered without a gap,
    /// as keyshift numbers them: what counts as earlier and later hangs on it. Nothing has come of a plan that nobody
    /// has approved, and nobody has accepted failures of it.
    private func checkMemberships() throws {
        let isOdd = try read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM project p WHERE p.revision <> coalesce((SELECT max(a.revision)
                            FROM approval a CROSS JOIN chosen c ON c.revision = a.revision
                                AND c.ordinal = p.ordinal), 1))
                        OR (SELECT count(*) <> coalesce(max(id), 0) FROM run)
                        OR (SELECT count(*) <> coalesce(max(number), 0) FROM revision)
                        OR EXISTS (SELECT 1 FROM run WHERE id < 1)
                        OR EXISTS (SELECT 1 FROM revision WHERE number < 1)
                        OR EXISTS (SELECT 1 FROM chosen WHERE revision = 1)
                        OR EXISTS (SELECT 1 FROM chosen c JOIN approval a USING (revision) WHERE NOT EXISTS
                            (SELECT 1 FROM plan l WHERE l.revision = c.revision AND l.ordinal = c.ordinal))
                        OR EXISTS (SELECT 1 FROM plan l WHERE l.revision > 1 AND NOT EXISTS
                            (SELECT 1 FROM chosen c WHERE c.revision = l.revision AND c.ordinal = l.ordinal))
                        OR EXISTS (SELECT 1 FROM approval a WHERE a.revision > 1 AND NOT EXISTS
                            (SELECT 1 FROM chosen c WHERE c.revision = a.revision))
                        OR EXISTS (SELECT 1 FROM acceptance c WHERE c.run < (SELECT min(a.run) FROM approval a))
                        -- An acceptance takes every halt that there is, and none that is still to come.
                        OR EXISTS (SELECT 1 FROM halt h WHERE CASE WHEN h.accepted_by IS NULL
                            THEN h.run < (SELECT max(run) FROM acceptance) ELSE h.accepted_by <= h.run
                                OR h.accepted_by NOT IN (SELECT run FROM acceptance) END)
                        OR EXISTS (SELECT 1 FROM setting s WHERE s.revision NOT IN (SELECT revision FROM approval))
                        OR NOT EXISTS (SELECT 1 FROM approval) AND (EXISTS (SELECT 1 FROM wave)
                            OR EXISTS (SELECT 1 FROM acceptance)
                            OR EXISTS (SELECT 1 FROM accepted) OR EXISTS (SELECT 1 FROM attempt)
                            OR EXISTS (SELECT 1 FROM outcome) OR EXISTS (SELECT 1 FROM plan WHERE wave IS NOT NULL))
                        OR EXISTS (SELECT 1 FROM wave w WHERE w.projects <>
                            (SELECT count(*) FROM plan l WHERE l.revision = w.revision AND l.wave = w.number))
                        OR EXISTS (SELECT 1 FROM plan l WHERE l.wave IS NOT NULL AND NOT EXISTS
                            (SELECT 1 FROM wave w WHERE w.revision = l.revision AND w.number = l.wave))
                        OR EXISTS (SELECT 1 FROM wave w WHERE w.projects < 1)
                        -- No wave passes its gate with a project that is still to be done, and with one that is not
                        -- right only when a person has accepted failures.
                        OR EXISTS (SELECT 1 FROM wave w JOIN plan l ON l.revision = w.revision AND l.wave = w.number
                            JOIN status s ON s.ordinal = l.ordinal AND s.revision = l.revision
                            WHERE w.passed_at IS NOT NULL AND (s.result = 'pending'
                                OR s.result NOT IN ('changed', 'unchanged')
                                    AND NOT EXISTS (SELECT 1 FROM acceptance)))
                    """) ?? false
        }
        guard !isOdd else {
            throw JobStoreError.damaged(
                path: path, detail: "its projects are not in the revisions and waves that were approved")
        }
    }
}
