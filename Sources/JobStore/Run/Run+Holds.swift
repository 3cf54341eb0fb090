import GRDB
import MigrationCore

extension Run {
    func writeHold(_ hold: KeptHold, _ db: Database) throws {
        try execute(
            """
            INSERT INTO trouble (ordinal, run, step, verdict, http_status, error_code, detail, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                hold.ordinal, id, Job.holdStep, hold.place.rawValue, hold.status, hold.code,
                String(hold.until), hold.at,
            ], db)
    }
}
