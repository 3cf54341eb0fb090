import GRDB

/// What can be wrong with a job file.
package enum JobStoreError: Error, Sendable {
    case missing(path: String)
    /// Not SQLite, or not a keyshift job.
    case notAJob(path: String)
    /// A job of `roles` where a migration's is needed, or the other way round.
    case otherKind(path: String, isRoles: Bool)
    case damaged(path: String, detail: String)
    /// Somebody else could have written what a run would send.
    case notOurs(PlaceFlaw)
    /// Hard links: a log and a lock go by one name only.
    case severalNames(path: String, count: Int)
    /// The last commits were in the write-ahead log, and are gone.
    case missingLog(path: String, LogLoss)
    /// What is in the job is not what was sealed or approved.
    case sealBroken(path: String, detail: String)
    /// Another program has written to the job while a run had it open.
    case changedMeanwhile(path: String)
    /// Written by a later version.
    case newer(path: String, version: Int, known: Int)
    /// Write-ahead logging is not available there (a network file system).
    case noWriteAheadLog(path: String)
    /// Disk full, quota, I/O error, read-only file.
    case io(path: String, detail: String)
    case cannotCreate(path: String, detail: String)

    private static let damage = ["no such table", "no such column", "unsupported file format", "malformed"]

    /// Sorts SQLite's result codes into what a person can do about them.
    static func from(_ error: any Error, path: String) -> any Error {
        if let odd = error as? OddValue {
            return JobStoreError.damaged(path: path, detail: "\(odd.column) holds another kind of value")
        }
        if error is RowDecodingError {
            return JobStoreError.damaged(path: path, detail: "a cell holds another kind of value")
        }
        guard let error = error as? DatabaseError else { return error }
        let detail = error.message ?? "\(error.resultCode)"
        switch error.resultCode.primaryResultCode {
        case .SQLITE_NOTADB: return JobStoreError.notAJob(path: path)
        // Our own statements keep the rules, so the rows were not ours.
        case .SQLITE_CORRUPT, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_FORMAT:
            return JobStoreError.damaged(path: path, detail: detail)
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_BUSY, .SQLITE_LOCKED,
            .SQLITE_PERM, .SQLITE_NOLFS:
            return JobStoreError.io(path: path, detail: detail)
        // Our own statements are right, so the file's tables are not ours any more.
        case .SQLITE_ERROR where damage.contains { detail.hasPrefix($0) }:
            return JobStoreError.damaged(path: path, detail: detail)
        default: return error
        }
    }
}
