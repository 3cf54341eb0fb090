import TargetFiles
import AtlasAPI
import Foundation
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// Makes a job file, or finds that the one of that name was made from the same input; for `plan` and `undo`.
struct NewJob {
    var jobPath: String
    /// Files that are read; a run may not write over them.
    var inputs: [String]
    var kind = Job.Kind.migration

    /// Before the lock, which would be the first file to fail there, and would lie beside what is no job.
    func checkPlace() throws {
        if FileManager.default.fileExists(atPath: jobPath) { try JobPlace.checkIsFile(jobPath) }
        guard access(JobPlace.folder(of: jobPath), W_OK) == 0 else {
            throw JobStoreError.cannotCreate(path: jobPath, detail: String(cString: strerror(errno)))
        }
        try JobPlace.checkFolders(of: jobPath)
        // A name that SQLite or the lock of another job uses.
        if !FileManager.default.fileExists(atPath: jobPath) { try FilePlace.refuseDatabase(jobPath) }
        let inputs = FilePlace.files(inputs)
        for output in FilePlace.ofJob(jobPath)
        where inputs.contains(where: { FilePlace.isSame($0, output) }) {
            throw CommandError(
                .usage, "--job \(jobPath) would have \(output) written over an input. Choose another name.")
        }
    }

    /// From a sheet.
    func load(
        _ sheet: FleetImport, targetPath: String, connection: Connection, at now: Int64
    ) throws {
        try load { file in
            do {
                var origin: JobOrigin?
                _ = try sheet.load(into: file) { loaded in
                    let made = JobOrigin(
                        of: loaded, csv: sheet.path, target: sheet.target, connection: connection, at: now)
                    origin = made
                    return made
                }
                return origin
            } catch {
                throw InputErrors.explain(error, csv: sheet.path, target: targetPath)
            }
        }
    }

    /// `fill` loads a file that nobody else has seen yet, all of it or (it throws) nothing.
    func load(_ fill: (Job) throws -> JobOrigin?) throws {
        OwnFile.removeLeftovers(of: jobPath)
        let temporary = OwnFile.temporaryName(besides: jobPath)
        let file = try Job.create(temporary, kind: kind)
        let origin: JobOrigin?
        let rows: String?
        do {
            origin = try fill(file)
            rows = try origin.map { _ in try file.sheetDigest() }
            try file.close()
        } catch {
            try? file.close()
            Self.remove(temporary)
            throw error
        }
        guard FileManager.default.fileExists(atPath: jobPath) else {
            try Job.publish(temporary, as: jobPath)
            return
        }
        Self.remove(temporary)
        if let origin, let rows { try checkSame(origin, rows: rows) }
    }

    private static func remove(_ temporary: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { OwnFile.remove(temporary + suffix) }
    }

    private func checkSame(_ new: JobOrigin, rows: String) throws {
        let job = try Job.open(jobPath, for: .read, kind: kind)
        let (old, isStarted, oldRows) = try job.consistently {
            (try job.origin(), try job.firstRevision.isApproved(), try job.sheetDigest())
        }
        try job.close()
        let differing = [
            ("the CSV", old.csvDigest == new.csvDigest),
            (
                "the target", old.targetDigest == new.targetDigest && old.targetText == new.targetText
            ),
            ("the address", old.address == new.address),
            (
                "the organisation",
                new.organisation == nil || old.organisation == nil || old.organisation == new.organisation
            ),
        ].filter { !$0.1 }.map(\.0)
        guard differing.isEmpty else {
            throw CommandError(
                .mismatch,
                "\(jobPath) was planned from other input (\(differing.joined(separator: ", ")) differs); nothing was "
                    + "changed. Give another --job, or the input that it was planned from.")
        }
        guard oldRows == rows else {
            throw JobStoreError.sealBroken(
                path: jobPath, detail: "its rows are not those of the sheet that it was made from")
        }
        guard !isStarted else {
            throw CommandError(
                .mismatch,
                "\(jobPath) has been started; a started job is not planned again. "
                    + "Go on with `keyshift resume \(ShellWord.quoted(jobPath))`.")
        }
    }
}

extension JobOrigin {
    /// What a job that is made now is made from.
    init(
        of loaded: FleetImport.Loaded, csv: String, target: TargetFile, connection: Connection, at now: Int64
    ) {
        let text = target.canonicalJSON.canonicalText()
        self.init(
            createdAt: now, address: connection.address,
            organisation: connection.organisation, csvName: FilePlace.absolute(csv), csvDigest: loaded.digest,
            columns: loaded.columns, targetName: target.name, targetText: text,
            targetDigest: Hex.digest(of: Array(text.utf8)))
    }
}
