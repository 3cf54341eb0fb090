import Foundation
import GRDB
import JobStore
import MigrationCore

/// A job as somebody with `sqlite3` leaves it.
enum Tampering {
    static let settings: RunSettings = {
        var settings = RunSettings()
        settings.waves = .pattern(.standard)
        return settings
    }()

    /// Six projects: three irreversible, one reversible, one blocked, one as wanted; planned and sealed.
    static func planned(_ folder: Folder) throws -> JobFile {
        let job = try folder.openJob()
        let items = [
            Made.item(), Made.item(), Made.item(), Made.item(.reversible), Made.item(.blocked, .roleMissing),
            Made.item(.noop),
        ]
        try job.commit(
            items.enumerated().map { .planned(ordinal: $0 + 1, $1, at: 20) }
                + [.organisation(Made.organisation)])
        _ = try job.sealPlan()
        return job
    }

    /// The same, approved, with a run that has sent to one project.
    static func approved(_ folder: Folder) throws {
        let job = try planned(folder)
        let digest = try job.checkedDigest() ?? ""
        try job.approve(digest: digest, irreversible: 3, how: "--yes", at: 30, settings: settings)
        try job.commit([
            .waveBegan(1, at: 31), .intent(ordinal: 1, number: 1, at: 32),
            .attemptEnded(ordinal: 1, number: 1, .accepted, Made.failure(200), at: 33),
            .outcome(ordinal: 1, Made.outcome(.changed)), .wavePassed(1, at: 34),
        ])
        try job.endRun("completed", exitCode: 0, at: 40)
        try job.close()
    }

    /// Runs statements past the rules that SQLite can be told to pass over, each by itself; one that fails changes
    /// nothing.
    /// - Returns: whether any did change something.
    @discardableResult
    static func alter(_ path: String, _ statements: [String]) throws -> Bool {
        let queue = try DatabaseQueue(path: path)
        var count = 0
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
            for statement in statements {
                try? db.execute(sql: statement)
                count += db.changesCount
            }
        }
        try queue.close()
        return count > 0
    }
}
