import AtlasAPI
import GRDB
import MigrationCore

/// What binds a run to what was approved: the digest of the plan and the seal of its approval. Both are kept, and both
/// are worked out anew from the rows before anything relies on them.
extension JobFile {
    /// Where an approval's seal is kept, among the settings that it seals.
    static let sealName = "seal"

    /// Computes and keeps the digest of the revision at hand; its last project must have been read.
    package func sealPlan() throws -> String {
        let (text, misfit) = try read { db in try digestAndMisfit(of: revision, db) }
        if let misfit { throw misfit }
        try write { db in
            try db.execute(
                sql: "UPDATE revision SET digest = ? WHERE number = ?", arguments: [text, revision])
        }
        return text
    }

    /// The digest of the revision at hand as it was kept, for people; nil while some of its projects are unread.
    package func planDigest() throws -> String? {
        try read { db in try keptDigest(of: revision, db) }
    }

    /// The digest of the revision at hand, from its rows; nil while some of its projects are unread.
    /// - Throws: `sealBroken` when it is not the one that was kept, `damaged` when the parts of a plan don't fit.
    package func checkedDigest() throws -> String? {
        try read { db in
            guard let kept = try keptDigest(of: revision, db) else { return nil }
            return try checkedDigest(of: revision, kept: kept, db)
        }
    }

    /// Holds each approval against the rows that it is for. Nothing to do for a job that nobody has approved.
    /// - Throws: `sealBroken`, or `damaged` for settings and memberships that keyshift can't have written.
    package func checkApprovals() throws {
        for approval in try approvals() {
            try read { db in
                let kept = try keptDigest(of: approval.revision, db) ?? "none"
                let digest = try checkedDigest(of: approval.revision, kept: kept, db)
                guard approval.digest == digest else {
                    throw broken(
                        "revision \(approval.revision) was approved as \(approval.digest), and is \(digest)")
                }
                let seal = try self.seal(of: approval.revision, db)
                guard approval.seal == seal else {
                    throw broken(
                        "the approval of revision \(approval.revision), its settings or its rows are not as they "
                            + "were sealed")
                }
            }
            try checkSettings(of: approval.revision)
        }
        try checkMemberships()
    }

    /// Of an approval that stands in the job; from the rows.
    func seal(of revision: Int, _ db: Database) throws -> String {
        guard
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT a.*, r.user, r.host, j.columns FROM approval a JOIN run r ON r.id = a.run, job j
                    WHERE a.revision = ?
                    """, arguments: [revision])
        else { throw OddValue(column: "approval") }
        let settings = try Row.fetchAll(
            db, sql: "SELECT name, value FROM setting WHERE revision = ? AND name <> ?",
            arguments: [revision, Self.sealName])
        var seal = ApprovalSeal(
            ApprovalSeal.Approval(
                revision: revision, digest: try row.text("digest"),
                irreversible: try row.integer("irreversible"), how: try row.text("how"),
                at: try row.time("at"), user: try row.text("user"), host: try row.text("host")),
            columns: try row.text("columns"),
            settings: try settings.map { (try $0.text("name"), try $0.text("value")) })
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT p.ordinal, p.name, l.live_name, p.cells, p.wanted, l.wave
                FROM plan l JOIN project p USING (ordinal) WHERE l.revision = ? ORDER BY p.ordinal
                """, arguments: [revision])
        while let row = try rows.next() {
            seal.add(
                ordinal: try row.integer("ordinal"), name: try row.optionalText("name"),
                liveName: try row.optionalText("live_name"), cells: try row.text("cells"),
                wanted: try row.optionalText("wanted"),
                wave: try row.optionalInteger("wave"))
        }
        return seal.finish()
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
                    text(try row.optionalInteger("wave").map { String($0) }),
                    text(try row.optionalText("wanted")),
                ])
            }
            return digest.finish()
        }
    }

    private func broken(_ detail: String) -> JobStoreError { .sealBroken(path: path, detail: detail) }

    private func keptDigest(of revision: Int, _ db: Database) throws -> String? {
        try Row.fetchOne(db, sql: "SELECT digest FROM revision WHERE number = ?", arguments: [revision])
            .flatMap { try $0.optionalText("digest") }
    }

    private func checkedDigest(of revision: Int, kept: String, _ db: Database) throws -> String {
        let (digest, misfit) = try digestAndMisfit(of: revision, db)
        guard kept == digest else {
            throw broken("the plan's rows give the digest \(digest), and it was sealed as \(kept)")
        }
        if let misfit { throw misfit }
        return digest
    }

    /// Reads every row of the revision, and puts each change together as a run would: whoever edits a row and the
    /// digest, too, must still make it fit itself.
    /// - Returns: also what is wrong with the first change whose parts don't fit each other.
    private func digestAndMisfit(of revision: Int, _ db: Database) throws -> (String, (any Error)?) {
        let origin = try origin()
        var digest = PlanDigest(
            formatVersion: Schema.formatVersion, address: origin.address, organisation: origin.organisation,
            target: origin.targetText)
        var misfit: (any Error)?
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT p.project_id, p.wave, l.class, l.reason, l.live, l.provider, l.changes, l.body, l.role
                FROM project p JOIN plan l USING (ordinal) WHERE l.revision = ? ORDER BY p.project_id
                """, arguments: [revision])
        while let row = try rows.next() {
            let planClass: PlanClass = try row.word("class")
            if planClass.isChange, misfit == nil {
                do { _ = try change(row) } catch { misfit = error }
            }
            digest.add(
                project: try projectID(row), planClass: planClass, reason: try row.optionalWord("reason"),
                live: try row.optionalText("live"), body: try row.optionalText("body"),
                role: try row.optionalText("role"), wave: try row.optionalInteger("wave"))
        }
        return (digest.finish(), misfit)
    }

    /// Settings that a job keeps pass the checks that flags pass.
    private func checkSettings(of revision: Int) throws {
        let present = self.revision
        defer { self.revision = present }
        self.revision = revision
        guard let settings = try settings() else {
            throw JobStoreError.damaged(path: path, detail: "an approval has no settings")
        }
        let hasIrreversible = try read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM plan WHERE revision = ? AND class = 'irreversible')",
                arguments: [revision]) ?? false
        }
        let conflict = settings.conflict(
            hasIrreversible: hasIrreversible, hasSheetWaves: try hasSheetWaves())
        guard conflict == nil else {
            throw JobStoreError.damaged(path: path, detail: "its settings may not stand together")
        }
    }

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
