import GRDB

/// What can be wrong with a job file.
package enum JobStoreError: Error, Sendable {
    case missing(path: String)
    /// Not SQLite, or not a keyshift job.
    case notAJob(path: String)
    /// A job of `roles` where a migration's is needed, or the other way round.
    case otherKind(path: String, isRoles: Bool)
    case damaged(path: String, detail: String)
    /// Written by a later version.
    case newer(path: String, version: Int, known: Int)
    /// Write-ahead logging is not to be had there (a network file system).
    case noWriteAheadLog(path: String)
    /// Disk full, quota, I/O error, read-only file.
    case io(path: String, detail: String)
    case cannotCreate(path: String, detail: String)

    private static let damage = ["no such table", "no such column", "unsupported file format", "malformed"]

    /// Sorts SQLite's result codes into what a person can do about them.
    static func from(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let detail = error.message ?? "\(error.resultCode)"
        switch error.resultCode.primaryResultCode {
        case .SQLITE_NOTADB: return JobStoreError.notAJob(path: path)
        case .SQLITE_CORRUPT: return JobStoreError.damaged(path: path, detail: detail)
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
