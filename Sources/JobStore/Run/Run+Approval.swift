import GRDB
package import MigrationCore

extension Run {
    /// From here on this revision is what its projects go by. Its settings and waves are fixed with it, in one step
    /// that a crash can't halve.
    package func approve(
        digest: String, irreversible: Int, how: String, at: Int64, settings: RunSettings
    ) throws {
        try job.write { db in
            try db.execute(sql: "DELETE FROM setting WHERE revision = ?", arguments: [revision.number])
            for (name, value) in settings.pairs { try keep(name, value, db) }
            try revision.assignWaves(settings.waves, db)
            try db.execute(
                sql: """
                    INSERT INTO approval (run, revision, digest, irreversible, how, at) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [id, revision.number, digest, irreversible, how, at])
            let carried = try revision.carriedProjects(db)
            try db.execute(
                sql: """
                    UPDATE project SET revision = ?1
                    WHERE revision < ?1 AND ordinal IN (SELECT ordinal FROM chosen WHERE revision = ?1)
                    """, arguments: [revision.number])
            for one in carried { try write(.project(one.ordinal, .outcome(one.outcome)), db) }
            try keep(Job.sealName, revision.seal(.second, db), db)
        }
    }

    private func keep(_ name: String, _ value: String, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO setting (revision, name, value) VALUES (?, ?, ?)",
            arguments: [revision.number, name, value])
    }
}
