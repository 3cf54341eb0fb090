import CSQLite
import GRDB

/// Which log is that of the job's last run, as the job's own file says.
///
/// SQLite would replay any whole log that lies there. So a run writes the salt of its log into its row, and has that
/// copied into the job's own file before it sends anything; while the run has no end, only a log of that salt, or begun
/// anew from it, is its own. Format 1 has no column for it: the word for how a run ended is free until it has.
enum LogMark {
    private static let prefix = "log "
    /// How often a log may be begun anew; each time it has grown by some MiB.
    private static let restarts: UInt32 = 1 << 16

    static func word(_ salt: UInt32?) -> String { prefix + (salt.map { String($0) } ?? "") }

    /// What the row of a run says of its end; a mark is none.
    static func ending(_ word: String?) -> String? {
        word.flatMap { $0.hasPrefix(prefix) ? nil : $0 }
    }

    /// Rows of runs that have ended neither in order nor, as far as anybody has noticed, otherwise.
    static let isSilent = "ended_at IS NULL AND (ended_how IS NULL OR ended_how LIKE '\(prefix)%')"

    /// Whether a log with this salt is that of the last run. `word`: of its row.
    static func fits(_ salt: UInt32, _ word: String?) -> Bool {
        guard let word, word.hasPrefix(prefix), let marked = UInt32(word.dropFirst(prefix.count)) else {
            return true
        }
        return salt &- marked < restarts
    }

    /// The last silent run as the job's own file has it, without any log.
    ///
    /// Opens the file and closes it again, which drops SQLite's locks: never while this process has it open.
    /// - Returns: nil when there is none, or the file can't be read so.
    static func lastSilent(_ path: String) -> (word: String?, id: Int64)? {
        let escaped = path.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
            let digits = String(byte, radix: 16)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
        let name = "file:\(path.hasPrefix("/") ? "" : "./")\(escaped)?immutable=1"
        var database: OpaquePointer?
        defer { sqlite3_close(database) }
        guard sqlite3_open_v2(name, &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nil) == SQLITE_OK
        else {
            return nil
        }
        guard csqlite_distrust_file(UnsafeMutableRawPointer(database)) == SQLITE_OK else { return nil }
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        let query = "SELECT ended_how, id FROM run WHERE \(isSilent) ORDER BY id DESC LIMIT 1"
        guard sqlite3_prepare_v2(database, query, -1, &statement, nil) == SQLITE_OK else { return nil }
        guard sqlite3_step(statement) == SQLITE_ROW else { return nil }
        return (
            sqlite3_column_text(statement, 0).map { String(cString: $0) }, sqlite3_column_int64(statement, 1)
        )
    }
}
