import Foundation
import GRDB

/// An open job file: one connection, one thread.
package final class JobFile {
    package enum Access: Sendable {
        /// A run: write-ahead log, every commit on the disk before anything is sent.
        case run
        /// A look from another process, or at rest.
        case read
    }

    package let path: String
    let queue: DatabaseQueue
    /// The run whose records are being written.
    var run: Int64 = 0

    private init(path: String, queue: DatabaseQueue) {
        self.path = path
        self.queue = queue
    }

    /// Opens an existing job, migrating an older one when it is opened for a run.
    package static func open(_ path: String, for access: Access) throws -> JobFile {
        try open(path, for: access, entersLog: access == .run)
    }

    private static func open(_ path: String, for access: Access, entersLog: Bool) throws -> JobFile {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw JobStoreError.missing(path: path)
        }
        if isFolder.boolValue { throw JobStoreError.notAJob(path: path) }
        do {
            let file = JobFile(
                path: path, queue: try DatabaseQueue(path: path, configuration: configuration(access)))
            try file.checkFormat()
            if entersLog { try file.enterWriteAheadLog() }
            return file
        } catch {
            throw JobStoreError.from(error, path: path)
        }
    }

    /// Makes a new job in a file of its own, which is not yet the job: `publish` makes it so.
    package static func create(_ path: String) throws -> JobFile {
        // SQLite would make the file readable for all; the mode of its logs follows that of the file.
        let descriptor = Foundation.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw JobStoreError.cannotCreate(path: path, detail: String(cString: strerror(errno)))
        }
        Foundation.close(descriptor)
        do {
            let file = JobFile(
                path: path, queue: try DatabaseQueue(path: path, configuration: configuration(.run)))
            try file.queue.inDatabase { db in
                try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
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
        let folder = Foundation.open(
            (path as NSString).deletingLastPathComponent.ifEmpty("."), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        Foundation.close(folder)
    }

    /// Folds the write-ahead log in, so that the job is one file at rest, and closes. Another process that has the
    /// job open keeps the log alive until it closes in its turn.
    package func close() throws {
        do {
            if !queue.configuration.readonly {
                queue.inDatabase { db in
                    // Busy means that somebody else has the job open; the last one to close folds the log in.
                    _ = try? String.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
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
        guard FileManager.default.fileExists(atPath: path + "-wal"), RunLock.holder(of: path) == nil,
            FileManager.default.isWritableFile(atPath: path),
            let job = try? JobFile.open(path, for: .run, entersLog: false)
        else { return }
        // Busy: someone else came; theirs to do.
        try? job.close()
    }

    private static func configuration(_ access: Access) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = access == .read
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
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
        guard application == Schema.applicationID else { throw JobStoreError.notAJob(path: path) }
        guard version <= Schema.formatVersion else {
            throw JobStoreError.newer(path: path, version: version, known: Schema.formatVersion)
        }
        let isOld = try queue.read { db in try !Schema.migrator.hasCompletedMigrations(db) }
        if isOld, !queue.configuration.readonly { try Schema.migrator.migrate(queue) }
    }

    private func enterWriteAheadLog() throws {
        let mode = try queue.inDatabase { db in try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") }
        guard mode == "wal" else { throw JobStoreError.noWriteAheadLog(path: path) }
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

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do { return try queue.write(body) } catch { throw JobStoreError.from(error, path: path) }
    }
}

extension String {
    fileprivate func ifEmpty(_ other: String) -> String { isEmpty ? other : self }
}
