import AtlasAPI
import GRDB
import MigrationCore

/// What binds a run to what was approved: the digest of the plan and the seal of its approval. Both are kept, and both
/// are worked out anew from the rows before anything relies on them.
extension Revision {
    /// Computes and keeps the digest of the plan; its last project must have been read.
    package func sealPlan() throws -> String {
        let (text, misfit) = try job.read { db in try digestAndMisfit(db) }
        if let misfit { throw misfit }
        try job.write { db in
            try db.execute(
                sql: "UPDATE revision SET digest = ? WHERE number = ?", arguments: [text, number])
        }
        return text
    }

    /// The digest of the plan as it was kept, for people; nil while some of its projects are unread.
    package func planDigest() throws -> String? {
        try job.read { db in try keptDigest(db) }
    }

    /// The digest of the plan, from its rows; nil while some of its projects are unread.
    /// - Throws: `sealBroken` when it is not the one that was kept, `damaged` when the parts of a plan don't fit.
    package func checkedDigest() throws -> String? {
        try job.read { db in
            guard let kept = try keptDigest(db) else { return nil }
            return try checkedDigest(kept: kept, db)
        }
    }

    /// The seal of its approval, which stands in the job; from the rows.
    func seal(_ version: ApprovalSeal.Version, _ db: Database) throws -> String {
        guard
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT a.*, r.user, r.host, j.columns FROM approval a JOIN run r ON r.id = a.run, job j
                    WHERE a.revision = ?
                    """, arguments: [number])
        else { throw OddValue(column: "approval") }
        let settings = try Row.fetchAll(
            db, sql: "SELECT name, value FROM setting WHERE revision = ? AND name <> ?",
            arguments: [number, Job.sealName])
        let previous = try Row.fetchOne(
            db,
            sql: """
                SELECT value FROM setting WHERE name = ?
                    AND revision = (SELECT max(revision) FROM approval WHERE revision < ?)
                """, arguments: [Job.sealName, number])
        var seal = ApprovalSeal(
            version,
            ApprovalSeal.Approval(
                revision: number, digest: try row.text("digest"),
                irreversible: try row.integer("irreversible"), how: try row.text("how"),
                at: try row.time("at"), user: try row.text("user"), host: try row.text("host")),
            previous: try previous?.text("value"), columns: try row.text("columns"),
            settings: try settings.map { (try $0.text("name"), try $0.text("value")) })
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT p.ordinal, p.project_id, p.name, l.live_name, p.cells, p.wanted, p.wave AS sheet_wave, l.wave
                FROM plan l JOIN project p USING (ordinal) WHERE l.revision = ? ORDER BY p.ordinal
                """, arguments: [number])
        while let row = try rows.next() {
            job.sealedRows.settle(wave: try row.optionalWave("wave"), of: try row.integer("ordinal"))
            seal.add(
                ApprovalSeal.Row(
                    ordinal: try row.integer("ordinal"), project: try row.text("project_id"),
                    name: try row.optionalText("name"), liveName: try row.optionalText("live_name"),
                    cells: try row.text("cells"), wanted: try row.optionalText("wanted"),
                    sheetWave: try row.optionalWave("sheet_wave"), wave: try row.optionalWave("wave")))
        }
        return seal.finish()
    }

    func keptDigest(_ db: Database) throws -> String? {
        try Row.fetchOne(db, sql: "SELECT digest FROM revision WHERE number = ?", arguments: [number])
            .flatMap { try $0.optionalText("digest") }
    }

    func checkedDigest(kept: String, _ db: Database) throws -> String {
        let (digest, misfit) = try digestAndMisfit(db)
        guard kept == digest else {
            throw job.broken("the plan's rows give the digest \(digest), and it was sealed as \(kept)")
        }
        if let misfit { throw misfit }
        return digest
    }

    /// Reads every row of the revision, and puts each change together as a run would: whoever edits a row and the
    /// digest, too, must still make it fit itself.
    /// - Returns: also what is wrong with the first change whose parts don't fit each other.
    private func digestAndMisfit(_ db: Database) throws -> (String, (any Error)?) {
        let origin = try job.origin()
        var digest = PlanDigest(
            formatVersion: Schema.formatVersion, address: origin.address, organisation: origin.organisation,
            target: origin.targetText)
        var misfit: (any Error)?
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM project") ?? 0
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT p.ordinal, p.project_id, p.name, p.cells, p.wanted, p.wave, l.class, l.reason, l.live,
                    l.provider, l.changes, l.body, l.role
                FROM project p JOIN plan l USING (ordinal) WHERE l.revision = ? ORDER BY p.project_id
                """, arguments: [number])
        while let row = try rows.next() {
            let planClass: PlanClass = try row.word("class")
            if planClass.isChange, misfit == nil {
                do { try checkFits(row) } catch { misfit = error }
            }
            try job.sealedRows.add(row, revision: number, of: count)
            digest.add(
                project: try job.projectID(row), planClass: planClass, reason: try row.optionalWord("reason"),
                live: try row.optionalText("live"), body: try row.optionalText("body"),
                role: try row.optionalText("role"), wave: try row.optionalWave("wave"))
        }
        return (digest.finish(), misfit)
    }

    private func checkFits(_ row: Row) throws {
        let change = try job.change(row)
        let project = LoadedProject(
            ordinal: try row.integer("ordinal"), project: try job.projectID(row),
            name: try row.optionalText("name"), cells: try job.cells(row), wanted: try Job.wanted(row))
        guard try job.isPlanned?(project, change) != false else {
            throw JobStoreError.damaged(
                path: job.path,
                detail: "the plan of project \(project.project) is not what its target makes of it")
        }
    }

    /// Settings that a job keeps pass the checks that flags pass.
    func checkSettings() throws {
        guard let settings = try settings() else {
            throw JobStoreError.damaged(path: job.path, detail: "an approval has no settings")
        }
        let hasIrreversible = try job.read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM plan WHERE revision = ? AND class = 'irreversible')",
                arguments: [number]) ?? false
        }
        let conflict = settings.conflict(
            hasIrreversible: hasIrreversible, hasSheetWaves: try job.hasSheetWaves())
        guard conflict == nil else {
            throw JobStoreError.damaged(path: job.path, detail: "its settings may not stand together")
        }
    }
}
