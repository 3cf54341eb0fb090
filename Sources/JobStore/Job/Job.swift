import Foundation
import GRDB
package import MigrationCore

/// An open job file: one connection, one thread.
package final class Job {
    package enum Access: Sendable {
        /// A run: write-ahead log, every commit on the disk before anything is sent.
        case run
        /// A look from another process, or at rest.
        case read
    }

    /// What a job is for; a command opens its own kind only.
    package enum Kind: Sendable {
        case migration
        case roles

        var applicationID: Int32 { self == .migration ? Schema.applicationID : Schema.rolesApplicationID }
    }

    package let path: String
    private let kind: Kind
    let queue: DatabaseQueue
    /// The runs that this process began.
    var ownRuns: [Int64] = []
    /// Whether the target makes this change of a project, or what an undo puts back does; from whoever can read it.
    package var isPlanned: ((LoadedProject, PlannedChange) throws -> Bool)?
    /// The plan's rows as they were checked last.
    var sealedRows = SealedRows()
    /// The lock of the run that has the job open, kept for as long.
    private let runLock: RunLock?
    /// `PRAGMA data_version` when a run opened the job: it moves when another connection commits.
    private var dataVersion: Int?
    /// The file that was opened, whatever has its name now.
    private let number: (device: dev_t, inode: ino_t)
    /// Cells in each row of the sheet; nil until they are asked for.
    var columnCount: Int?
    /// What had become of the log when the job was opened; nil: all commits are there, as far as can be told.
    package private(set) var logLoss: LogLoss?

    private init(path: String, kind: Kind, runLock: RunLock? = nil, queue: DatabaseQueue) {
        self.path = path
        self.kind = kind
        self.runLock = runLock
        self.queue = queue
        var info = stat()
        number = stat(path, &info) == 0 ? (info.st_dev, info.st_ino) : (0, 0)
    }

    /// Whether no other run can begin: the lock and the job are where their names say.
    package var isAlone: Bool {
        var info = stat()
        guard stat(path, &info) == 0, (info.st_dev, info.st_ino) == number else { return false }
        return runLock?.isInPlace ?? true
    }

    /// Opens an existing job, migrating an older one when it is opened for a run.
    ///
    /// `lock`: that of the run, kept for as long as the job. `acceptsMissingLog`: a person says that a run may go on
    /// although the log is gone.
    /// - Throws: for a run also `notOurs`, `severalNames` and `missingLog`.
    package static func open(
        _ path: String, for access: Access, kind: Kind = .migration, lock: RunLock? = nil,
        acceptsMissingLog: Bool = false
    ) throws -> Job {
        try JobPlace.checkIsFile(path)
        if access == .run { try JobPlace.check(path) }
        guard !LogFile.isStale(path) else {
            throw JobStoreError.damaged(
                path: path,
                detail: "a log that is not its own lies beside it, \(path)-wal; move that away")
        }
        let loss = LogFile.loss(path)
        if loss == .absent { try checkHasOneName(path) }
        do {
            try rollBackJournalLeftBehind(path)
            if access == .run {
                try checkBeforeWriting(path, kind)
                if let loss, !acceptsMissingLog { throw JobStoreError.missingLog(path: path, loss) }
            }
            let file = try connect(path, for: access, kind: kind, lock: lock)
            file.logLoss = loss
            if access == .run {
                try file.enterWriteAheadLog()
                file.dataVersion = try file.queue.inDatabase(Self.dataVersion)
            }
            return file
        } catch {
            throw JobStoreError.from(error, path: path)
        }
    }

    private static func connect(
        _ path: String, for access: Access, kind: Kind, lock: RunLock? = nil
    ) throws -> Job {
        let file = Job(
            path: path, kind: kind, runLock: lock,
            queue: try DatabaseQueue(path: path, configuration: configuration(access)))
        try file.checkFormat()
        return file
    }

    private static func dataVersion(_ db: Database) throws -> Int? {
        try Int.fetchOne(db, sql: "PRAGMA data_version")
    }

    /// Under another name (a hard link) the log lies elsewhere, and what is read here is old.
    private static func checkHasOneName(_ path: String) throws(JobStoreError) {
        var info = stat()
        guard stat(path, &info) == 0, info.st_nlink > 1 else { return }
        throw .severalNames(path: path, count: Int(info.st_nlink))
    }

    /// Makes a new job in a file of its own, which is not yet the job: `publish` makes it so.
    package static func create(_ path: String, kind: Kind = .migration) throws -> Job {
        // SQLite would make the file readable for all; the mode of its logs follows that of the file.
        let descriptor = Foundation.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw JobStoreError.cannotCreate(path: path, detail: String(cString: strerror(errno)))
        }
        Foundation.close(descriptor)
        do {
            let file = Job(
                path: path, kind: kind,
                queue: try DatabaseQueue(path: path, configuration: configuration(.run)))
            try file.queue.inDatabase { db in
                try db.execute(sql: "PRAGMA application_id = \(kind.applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(Schema.formatVersion)")
            }
            try Schema.migrator.migrate(file.queue)
            return file
        } catch {
            // Half a new file is of no use to anyone.
            unlink(path)
            throw JobStoreError.from(error, path: path)
        }
    }

    /// Gives a finished new file its name, in one step that a crash can't halve.
    package static func publish(_ temporary: String, as path: String) throws {
        guard rename(temporary, path) == 0 else {
            throw JobStoreError.cannotCreate(path: path, detail: String(cString: strerror(errno)))
        }
        let folder = Foundation.open(JobPlace.folder(of: path), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        Foundation.close(folder)
    }

    /// Folds the write-ahead log in, so that the job is one file at rest, and closes. Another process that has the
    /// job open keeps the log alive until it closes in its turn.
    package func close() throws {
        do {
            if !queue.configuration.readonly {
                // On a full disk it is the next command's to do.
                try? buryTheDead()
                queue.inDatabase { db in
                    // Busy means that somebody else has the job open; the last one to close folds the log in.
                    _ = try? String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
                }
            }
            try queue.close()
            if queue.configuration.readonly { foldLogLeftBehind() }
        } catch {
            throw JobStoreError.from(error, path: path)
        }
    }

    /// A run that ended while this reader had the job open could not fold its log in; then the reader does it. A
    /// log that belongs to a run, or that this user may not touch, stays.
    private func foldLogLeftBehind() {
        // Without its log the job stays as it is, so that the next command sees that too; and a log that somebody
        // else could have put there is not made a part of the job by a look.
        guard logLoss == nil else { return LogFile.removeEmpty(path) }
        guard FileManager.default.fileExists(atPath: path + "-wal"), !RunLock.isHeldByAnother(path),
            (try? JobPlace.check(path)) != nil, let job = try? Self.connect(path, for: .run, kind: kind)
        else { return }
        // Busy: someone else came; theirs to do.
        try? job.close()
    }

    private static func configuration(_ access: Access) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = access == .read
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            try SchemaCheck.distrust(db)
            guard access == .run else { return }
            // FULL: a committed intent survives a power loss; on macOS only F_FULLFSYNC makes it so.
            try db.execute(
                sql: "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")
        }
        return configuration
    }

    private func checkFormat() throws {
        let (application, version) = try queue.read { db in
            (
                try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
                try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            )
        }
        let known = [Kind.migration, .roles].first { $0.applicationID == application }
        guard let known else { throw JobStoreError.notAJob(path: path) }
        guard known == kind else { throw JobStoreError.otherKind(path: path, isRoles: known == .roles) }
        guard version <= Schema.formatVersion else {
            throw JobStoreError.newer(path: path, version: version, known: Schema.formatVersion)
        }
        try checkLength()
        // There is one format yet; a job of an older one is compared with what that had, and then migrated.
        if let difference = try queue.read(SchemaCheck.difference) {
            throw JobStoreError.damaged(path: path, detail: difference)
        }
    }

    /// A run that was killed while it entered or left its log leaves a rollback journal, which a connection that may
    /// only read can't use, and must not pass over. A journal that somebody is at work with is not left behind.
    private static func rollBackJournalLeftBehind(_ path: String) throws {
        var info = stat()
        guard lstat(path + "-journal", &info) == 0 else { return }
        // Whoever can put a journal there can have anything rolled back into the job.
        try JobPlace.check(path)
        func look(_ access: Access) throws {
            let queue = try DatabaseQueue(path: path, configuration: configuration(access))
            _ = try queue.read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") }
            try queue.close()
        }
        do {
            try look(.read)
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
            try look(.run)
        }
    }

    /// SQLite takes the missing end of a last page as zeros. With a log or a journal beside the file a page may be
    /// half there, and is whole in them.
    private func checkLength() throws {
        let isAtRest = ["-wal", "-journal"].allSatisfy { !FileManager.default.fileExists(atPath: path + $0) }
        let pageSize = try queue.read { db in try Int64.fetchOne(db, sql: "PRAGMA page_size") } ?? 1
        var info = stat()
        guard isAtRest, stat(path, &info) == 0, Int64(info.st_size) % pageSize != 0 else { return }
        throw JobStoreError.damaged(path: path, detail: "its end is missing")
    }

    /// Looks at every page before a run trusts the job: those that no look touches may be what a run needs. Reads
    /// only, so that what is damaged or newer is not written to, not even by folding its log in.
    private static func checkBeforeWriting(_ path: String, _ kind: Kind) throws {
        let file = try connect(path, for: .read, kind: kind)
        try file.checkWhole()
        try file.queue.close()
    }

    /// Every page, index and reference of the file. An index that has other rows than its table would have one query
    /// approve what another does not send, and a row without the one that it refers to falls out of a join.
    /// - Throws: `damaged`.
    package func checkWhole() throws {
        let (found, orphan, cut) = try read { db in
            (
                try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "ok",
                try Row.fetchOne(db, sql: "PRAGMA foreign_key_check").map { try $0.text("table") },
                try Self.columnWithNUL(db)
            )
        }
        if found != "ok" {
            let lines = found.split(separator: "\n").filter { !$0.hasPrefix("***") }
            throw JobStoreError.damaged(path: path, detail: lines.joined(separator: "; "))
        }
        if let orphan {
            throw JobStoreError.damaged(path: path, detail: "a row of \(orphan) refers to none")
        }
        if let cut { throw JobStoreError.damaged(path: path, detail: "a text of \(cut) holds a NUL") }
    }

    /// A text is read up to its first NUL, and compared as a whole: two ids could be one project. No text of ours has
    /// one.
    private static func columnWithNUL(_ db: Database) throws -> String? {
        let columns = try Row.fetchAll(
            db,
            sql: """
                SELECT t.name AS of, group_concat('instr(' || c.name || ', char(0))', ' OR ') AS isCut
                FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.type = 'TEXT'
                GROUP BY t.name
                """)
        for column in columns {
            let (table, isCut) = (try column.text("of"), try column.text("isCut"))
            if try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM \(table) WHERE \(isCut))") == true {
                return table
            }
        }
        return nil
    }

    private func enterWriteAheadLog() throws {
        let mode = try queue.inDatabase { db in try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") }
        guard mode == "wal" else { throw JobStoreError.noWriteAheadLog(path: path) }
    }

    /// Copies what is committed into the job's own file, as far as readers let it.
    func copyLog() throws {
        do {
            try queue.inDatabase { db in try db.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") }
        } catch {
            throw JobStoreError.from(error, path: path)
        }
    }

    /// Everything that `body` reads is of one moment, also while a run goes on.
    package func consistently<Value>(_ body: () throws -> Value) throws -> Value {
        try read { _ in try body() }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            // Reentrant, so that reads inside `consistently` join its transaction.
            return try queue.unsafeReentrantWrite { db in
                if db.isInsideTransaction { return try body(db) }
                var value: Value?
                try db.inTransaction(.deferred) {
                    value = try body(db)
                    return .commit
                }
                guard let value else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
                return value
            }
        } catch {
            throw JobStoreError.from(error, path: path)
        }
    }

    /// Every commit of a run sees that nobody else has committed since the job was opened and checked: what was
    /// changed meanwhile, at a question or in a soak, nobody has approved.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.write { db in
                if let dataVersion, try Self.dataVersion(db) != dataVersion {
                    throw JobStoreError.changedMeanwhile(path: path)
                }
                return try body(db)
            }
        } catch {
            throw JobStoreError.from(error, path: path)
        }
    }
}
