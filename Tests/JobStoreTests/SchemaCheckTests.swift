import Foundation
import GRDB
import JobStore
import MigrationCore
import Testing

/// Goal: a job's tables, views and triggers are keyshift's own, else it is refused before a row of it is read. Method:
/// one thing added, changed or taken away in a job, opened for a run and for a look.
@Suite struct SchemaCheckTests {
    @Test(arguments: [
        """
        CREATE TRIGGER sent AFTER INSERT ON attempt BEGIN
            UPDATE plan SET body = json_set(body, '$.enabledForSearchNodes', json('true')); END
        """,
        "CREATE TRIGGER swallowed BEFORE INSERT ON attempt BEGIN SELECT RAISE(IGNORE); END",
        "DROP TRIGGER attempt_ends_once",
        "DROP VIEW status; CREATE VIEW status AS SELECT * FROM project",
        "DROP VIEW counted_attempt; CREATE VIEW counted_attempt AS SELECT 1 AS ordinal",
        "CREATE TABLE more (id)", "CREATE VIEW more AS SELECT 1", "CREATE INDEX more ON project (line)",
        "DROP INDEX plan_of_wave", "DROP TABLE reread", "ALTER TABLE run ADD COLUMN more TEXT",
        "ALTER TABLE outcome RENAME COLUMN detail TO details", "CREATE VIRTUAL TABLE more USING fts5(x)",
        "ANALYZE", "DELETE FROM grdb_migrations; DROP TABLE grdb_migrations",
    ]) func anythingElseIsRefused(statement: String) throws {
        let folder = try Folder()
        try folder.openJob().job.close()
        let queue = try DatabaseQueue(path: folder.job)
        try queue.writeWithoutTransaction { try $0.execute(sql: statement) }
        try queue.close()
        #expect(FileFormTests.open(folder.job) == ["damaged", "damaged"])
    }

    /// Jobs of earlier builds lie on people's disks: whatever is generated, the text of format 1 stays as it was.
    @Test func formatOneIsFrozen() throws {
        let folder = try Folder()
        try folder.openJob().job.close()
        let queue = try DatabaseQueue(path: folder.job)
        let texts = try queue.read { db in
            try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        }
        try queue.close()
        let digest = Hex.digest(of: Array(texts.joined(separator: "\n").utf8))
        #expect(digest == "sha256:d0b92b8c00e2f430409fc5c83362485a732dabde9640200c0cf7cac4fe0a27c0")
    }

    /// The text of a table is what its rules are.
    @Test(arguments: ["STRICT", "CHECK (id = 1)", "WITHOUT ROWID", "REFERENCES run (id)"])
    func aRuleThatIsGone(rule: String) throws {
        let folder = try Folder()
        try folder.openJob().job.close()
        let queue = try DatabaseQueue(path: folder.job)
        try queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA writable_schema = ON;
                    UPDATE sqlite_schema SET sql = replace(sql, '\(rule)', '') WHERE sql LIKE '%\(rule)%'
                        AND name IN ('job', 'halt', 'run', 'setting');
                    """)
        }
        try queue.close()
        for word in FileFormTests.open(folder.job) {
            #expect(["damaged", "notAJob"].contains(word), "\(word)")
        }
    }
}
