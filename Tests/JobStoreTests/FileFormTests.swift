import Foundation
import GRDB
import JobStore
import MigrationCore
import Testing

/// Goal: a job is one private file at rest, and whatever is none is refused with the right error. Method: files of all
/// kinds in a folder.
@Suite struct FileFormTests {
    static func mode(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]) as? Int
    }

    static func word(_ body: () throws -> some Any) -> String {
        do {
            _ = try body()
            return "fine"
        } catch let error as JobStoreError {
            switch error {
            case .missing: return "missing"
            case .otherKind: return "otherKind"
            case .notAJob: return "notAJob"
            case .damaged: return "damaged"
            case .notOurs(let flaw): return "notOurs \(flaw.kind)"
            case .severalNames: return "severalNames"
            case .missingLog(_, .absent): return "missingLog"
            case .missingLog(_, let loss): return "missingLog \(loss)"
            case .sealBroken: return "sealBroken"
            case .changedMeanwhile: return "changedMeanwhile"
            case .newer(_, let version, let known): return "newer \(version) \(known)"
            case .noWriteAheadLog: return "noWriteAheadLog"
            case .io: return "io"
            case .cannotCreate: return "cannotCreate"
            }
        } catch {
            return "other: \(error)"
        }
    }

    static func open(_ path: String) -> [String] {
        [Job.Access.run, .read].map { access in
            word {
                let file = try Job.open(path, for: access)
                _ = try file.totals()
                try file.close()
            }
        }
    }

    @Test func isPrivateAndOneFileAtRest() throws {
        let folder = try Folder()
        let run = try folder.openJob()
        try run.commit([.project(1, .planned(Made.item(), at: 1))])
        #expect(folder.names == ["fleet.job", "fleet.job-shm", "fleet.job-wal"])
        for name in folder.names { #expect(Self.mode("\(folder.path)/\(name)") == 0o600) }
        // Another reader keeps the log alive, and sees what was committed.
        let reader = try Job.open(folder.job, for: .read)
        #expect(try reader.totals()[PlanClass.irreversible] == 1)
        try reader.close()
        try run.job.close()
        #expect(folder.names == ["fleet.job"] && Self.open(folder.job) == ["fine", "fine"])
        #expect(folder.names == ["fleet.job"])
    }

    @Test func aLogThatAKillLeftIsRead() throws {
        let folder = try Folder()
        let run = try folder.openJob()
        try run.commit([.project(1, .planned(Made.item(), at: 1))])
        // The copy has what a killed process leaves behind.
        let copy = folder.path + "/copy.job"
        for end in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: folder.job + end, toPath: copy + end)
        }
        for access in [Job.Access.read, .run] {
            let file = try Job.open(copy, for: access)
            #expect(try file.totals()[PlanClass.irreversible] == 1)
            try file.close()
        }
        #expect(folder.names.filter { $0.hasPrefix("copy") } == ["copy.job"])
    }

    /// A kill while the job enters or leaves its log leaves a rollback journal.
    @Test(arguments: [Job.Access.read, .run]) func aJournalThatAKillLeftIsRolledBack(
        access: Job.Access
    ) throws {
        let folder = try Folder()
        try folder.openJob().job.close()
        let copy = folder.path + "/copy.job"
        let queue = try DatabaseQueue(path: folder.job)
        try queue.writeWithoutTransaction { db in
            // With a small cache the change is in the file before its end, and the journal has what was there.
            try db.execute(sql: "PRAGMA cache_size = 2; BEGIN IMMEDIATE")
            for _ in 0..<3 { try db.execute(sql: "UPDATE project SET name = hex(randomblob(9000))") }
            for end in ["", "-journal"] {
                try FileManager.default.copyItem(atPath: folder.job + end, toPath: copy + end)
            }
            try db.execute(sql: "ROLLBACK")
        }
        // Zero until the journal counts.
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy + "-journal")).first != 0)
        try queue.close()
        let file = try Job.open(copy, for: access)
        try file.forEachStatus { #expect(($0.name ?? "").count < 1000) }
        #expect(try file.totals().projects > 0)
        try file.close()
        #expect(folder.names.filter { $0.hasPrefix("copy") } == ["copy.job"])
    }

    @Test func createDoesNotReplace() throws {
        let folder = try Folder()
        let file = try Job.create(folder.job)
        #expect(Self.mode(folder.job) == 0o600)
        #expect(Self.word { try Job.create(folder.job) } == "cannotCreate")
        #expect(Self.word { try Job.create(folder.path + "/no/such") } == "cannotCreate")
        #expect(Self.word { try Job.publish(folder.job, as: folder.path + "/no/such") } == "cannotCreate")
        try file.close()
    }

    @Test func newerIsRefused() throws {
        let folder = try Folder()
        try folder.openJob().job.close()
        let queue = try DatabaseQueue(path: folder.job)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 9") }
        try queue.close()
        #expect(Self.open(folder.job) == ["newer 9 1", "newer 9 1"])
    }

    @Test func whatIsNoJob() throws {
        let folder = try Folder()
        #expect(Self.open(folder.path + "/none") == ["missing", "missing"])
        for (index, bytes) in [[], Array("project_id\n".utf8), [UInt8](repeating: 7, count: 9000)]
            .enumerated()
        {
            let path = "\(folder.path)/\(index)"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(Self.open(path) == ["notAJob", "notAJob"])
            #expect((try? Data(contentsOf: URL(fileURLWithPath: path))) == Data(bytes))
        }
        let other = "\(folder.path)/other"
        let queue = try DatabaseQueue(path: other)
        try queue.write { try $0.execute(sql: "CREATE TABLE job (id)") }
        try queue.close()
        #expect(Self.open(other) == ["notAJob", "notAJob"])
    }

    @Test(arguments: [1, 100, 512, 4096, 8192, 20_000, -1]) func truncated(size: Int) throws {
        let folder = try Folder()
        try folder.openJob().job.close()
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.job))
        #expect(data.count > 20_000)
        try (size < 0 ? data.dropLast() : data.prefix(size)).write(to: URL(fileURLWithPath: folder.job))
        for word in Self.open(folder.job) { #expect(["notAJob", "damaged"].contains(word)) }
    }

    /// Each byte of SQLite's header (file format, section 1.3) and of the first page's own, one at a time. Some mean
    /// nothing to a reader; those that do are refused, and what is refused is not written to.
    @Test(arguments: 0..<108) func aFlippedByteOfTheHeader(index: Int) throws {
        let folder = try Folder()
        try folder.openJob().job.close()
        var data = try Data(contentsOf: URL(fileURLWithPath: folder.job))
        data[index] = ~data[index]
        for access in [Job.Access.read, .run] {
            try data.write(to: URL(fileURLWithPath: folder.job))
            let word = Self.word {
                let file = try Job.open(folder.job, for: access)
                _ = try file.totals()
                try file.close()
            }
            #expect(
                ["fine", "notAJob", "damaged", "io"].contains(word) || word.hasPrefix("newer "), "\(word)")
            guard access == .read || word != "fine" else { continue }
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder.job)) == data, "\(word)")
        }
    }

    @Test func overwrittenInTheMiddle() throws {
        let folder = try Folder()
        try folder.openJob().job.close()
        var data = try Data(contentsOf: URL(fileURLWithPath: folder.job))
        for index in 4096..<data.count { data[index] = 0xA5 }
        try data.write(to: URL(fileURLWithPath: folder.job))
        #expect(Self.open(folder.job) == ["damaged", "damaged"])
    }
}
