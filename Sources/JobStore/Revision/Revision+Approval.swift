import GRDB
package import MigrationCore

/// What an approval has fixed.
extension Revision {
    /// Whether it has been approved.
    package func isApproved() throws -> Bool {
        try job.read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM approval WHERE revision = ?)", arguments: [number])
                ?? false
        }
    }

    /// nil before the first `apply`.
    package func settings() throws -> RunSettings? {
        try job.read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT name, value FROM setting WHERE revision = ? AND name <> ?",
                arguments: [number, Job.sealName])
            guard !rows.isEmpty else { return nil }
            var pairs: [String: String] = [:]
            for row in rows { pairs[try row.text("name")] = try row.text("value") }
            guard let settings = RunSettings(pairs: pairs) else {
                throw JobStoreError.damaged(path: job.path, detail: "the settings can't be read")
            }
            return settings
        }
    }
}
