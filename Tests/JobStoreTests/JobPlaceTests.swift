import Foundation
import GRDB
import JobStore
import MigrationCore
import Testing

/// Goal: a run trusts only a job that nobody else could have written, with its log and its lock. Method: files and
/// folders with other owners, modes, kinds and names. Other owners need root.
@Suite struct JobPlaceTests {
    static let isRoot = geteuid() == 0

    private func job() throws -> Folder {
        let folder = try Folder()
        try folder.openJob().job.close()
        return folder
    }

    private func run(_ path: String) -> String {
        FileFormTests.word { try Job.open(path, for: .run).close() }
    }

    @Test(arguments: ["", "-wal", "-shm", "-journal", ".lock"], [0o620, 0o602, 0o666, 0o777])
    func othersMayWrite(suffix: String, mode: Int) throws {
        let folder = try job()
        if suffix != "" { try Data().write(to: URL(fileURLWithPath: folder.job + suffix)) }
        chmod(folder.job + suffix, mode_t(mode))
        #expect(run(folder.job) == "notOurs writableByOthers")
        chmod(folder.job + suffix, 0o644)
        #expect(run(folder.job) == "fine", "others may read what holds no secret")
    }

    @Test(.enabled(if: isRoot), arguments: ["", "-wal", "-shm", "-journal", ".lock"])
    func anotherOwner(suffix: String) throws {
        let folder = try job()
        if suffix != "" { try Data().write(to: URL(fileURLWithPath: folder.job + suffix)) }
        chmod(folder.job + suffix, 0o600)
        chown(folder.job + suffix, 12_345, 12_345)
        #expect(run(folder.job) == "notOurs otherOwner(\"12345\")")
    }

    @Test(arguments: ["", "-wal", "-shm", "-journal", ".lock"]) func noRegularFile(suffix: String) throws {
        let folder = try job()
        let name = folder.job + suffix
        if suffix == "" { try FileManager.default.moveItem(atPath: name, toPath: name + "2") }
        try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: folder.job + "2")
        #expect(run(folder.job) == "notOurs noRegularFile")
        unlink(name)
        guard suffix != "" else { return }
        mkfifo(name, 0o600)
        #expect(run(folder.job) == "notOurs noRegularFile")
    }

    @Test func moreThanOneName() throws {
        let folder = try job()
        link(folder.job, folder.path + "/other.job")
        #expect(run(folder.job) == "severalNames" && run(folder.path + "/other.job") == "severalNames")
        unlink(folder.path + "/other.job")
        #expect(run(folder.job) == "fine")
    }

    @Test func folders() throws {
        let folder = try job()
        for (mode, word) in [(0o777, "notOurs folderWritableByOthers"), (0o1777, "fine"), (0o755, "fine")] {
            chmod(folder.path, mode_t(mode))
            #expect(run(folder.job) == word, "\(String(mode, radix: 8))")
        }
        // A folder further up does as well.
        let inner = folder.path + "/inner"
        mkdir(inner, 0o700)
        try FileManager.default.moveItem(atPath: folder.job, toPath: inner + "/fleet.job")
        chmod(folder.path, 0o777)
        #expect(run(inner + "/fleet.job") == "notOurs folderWritableByOthers")
    }

    @Test(.enabled(if: isRoot)) func foldersOfOthers() throws {
        let folder = try job()
        chown(folder.path, 12_345, 12_345)
        #expect(run(folder.job) == "notOurs folderOfAnother(\"12345\")")
        // Sticky does not bind its owner.
        chmod(folder.path, 0o1777)
        #expect(run(folder.job) == "notOurs folderOfAnother(\"12345\")")
    }

    /// Whoever owns a link on the way can turn it to another folder, however deep it stands.
    @Test(.enabled(if: isRoot)) func linksOfOthersOnTheWay() throws {
        let folder = try job()
        mkdir(folder.path + "/a", 0o700)
        mkdir(folder.path + "/a/b", 0o700)
        try FileManager.default.moveItem(atPath: folder.job, toPath: folder.path + "/a/b/fleet.job")
        for (name, target, rest) in [("direct", "a/b", ""), ("deep", "a", "/b"), ("upper", ".", "/a/b")] {
            let link = "\(folder.path)/\(name)"
            symlink(target, link)
            let path = link + rest + "/fleet.job"
            #expect(run(path) == "fine", "\(name)")
            lchown(link, 12_345, 12_345)
            #expect(run(path) == "notOurs folderOfAnother(\"12345\")", "\(name)")
            lchown(link, geteuid(), getegid())
        }
    }

    @Test func aLinkIsResolvedByName() throws {
        let folder = try job()
        let link = folder.path + "/link.job"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "fleet.job")
        #expect(JobPlace.resolved(link).hasSuffix("/fleet.job") && run(JobPlace.resolved(link)) == "fine")
        #expect(JobPlace.resolved("fleet.job") == "fleet.job")
        #expect(JobPlace.resolved(folder.path + "/none") == folder.path + "/none")
    }

    // MARK: - The log

    /// A copy of a job whose run was killed, with its log or without.
    private func killed(withLog: Bool) throws -> (Folder, String) {
        let folder = try Folder()
        let job = try Tampering.planned(folder).job
        let copy = folder.path + "/copy.job"
        for end in withLog ? ["", "-wal"] : [""] {
            try FileManager.default.copyItem(atPath: folder.job + end, toPath: copy + end)
        }
        try job.close()
        return (folder, copy)
    }

    private func isMissing(_ path: String) throws -> Bool {
        let job = try Job.open(path, for: .read)
        try job.close()
        return job.logLoss != nil
    }

    @Test func aLostLogIsNoticed() throws {
        let (folder, copy) = try killed(withLog: false)
        defer { withExtendedLifetime(folder) {} }
        #expect(run(copy) == "missingLog")
        // SQLite makes an empty log for a look; it must not pass for the one that was lost.
        for _ in 0..<2 { #expect(try isMissing(copy)) }
        #expect(run(copy) == "missingLog")
        try Data(repeating: 0, count: 5000).write(to: URL(fileURLWithPath: copy + "-wal"))
        chmod(copy + "-wal", 0o600)
        #expect(run(copy) == "missingLog")
        unlink(copy + "-wal")
        let insisting = try Job.open(copy, for: .run, acceptsMissingLog: true)
        _ = try insisting.firstRevision.beginRun("apply", at: 1)
        #expect(try insisting.runs().last?.command == "apply --accept-missing-log")
        try insisting.close()
        #expect(run(copy) == "fine")
    }

    @Test func aLogThatIsThere() throws {
        let (folder, copy) = try killed(withLog: true)
        defer { withExtendedLifetime(folder) {} }
        #expect(try !isMissing(copy))
        #expect(run(copy) == "fine")
    }

    @Test func aJobAtRestAndAtWork() throws {
        let folder = try Folder()
        let job = try folder.openJob().job
        #expect(try !isMissing(folder.job))
        try job.close()
        #expect(try !isMissing(folder.job) && run(folder.job) == "fine")
    }

    /// Under a hard link the log of a run is not found, and what is read there is old.
    @Test func aLookThroughAnotherName() throws {
        let folder = try Folder()
        let job = try folder.openJob().job
        let other = folder.path + "/other.job"
        link(folder.job, other)
        #expect(throws: JobStoreError.self) { try Job.open(other, for: .read) }
        #expect(try !isMissing(folder.job))
        try job.close()
    }
}
