import Foundation
import GRDB
import Testing

/// Goal: a job file that is not what keyshift wrote is refused with 65 and a sentence that names it, before a request,
/// and not altered by a byte. Method: files cut, overwritten and made anew, and every command that takes a job.
@Suite(.aFewAtATime) struct DamagedJobTests {
    private func planned() async throws -> Rig {
        let rig = try await Rig(["--projects", "60"])
        try await rig.plan()
        return rig
    }

    /// Runs a statement on the job; `killed`: in its log, and `bad.job` is the copy that a kill leaves.
    private func alter(_ rig: Rig, _ statement: String, killed: Bool = false) throws {
        let queue = try DatabaseQueue(path: rig.folder.file("fleet.job"))
        try queue.writeWithoutTransaction { db in
            if killed { try db.execute(sql: "PRAGMA journal_mode = WAL") }
            try db.execute(sql: statement)
        }
        if killed {
            for end in ["", "-wal"] {
                try rig.folder.write("bad.job\(end)", Array(try rig.folder.bytes("fleet.job\(end)")))
            }
        }
        try queue.close()
    }

    /// Every command refuses `bytes` as the job; `looksToo`: also those that only look.
    private func isRefused(
        _ rig: Rig, _ bytes: Data, _ what: String, looksToo: Bool = true,
        saying sentences: [String] = ["not a keyshift job", "the job file is damaged"],
        location: SourceLocation = #_sourceLocation
    ) async throws {
        try rig.folder.write("bad.job", Array(bytes))
        let sent = rig.simulator.logSize
        let names = rig.folder.names
        let looks = [["status", "bad.job"], ["show", "bad.job"], ["report", "bad.job", "--format", "csv"]]
        for words in [
            ["apply", "bad.job", "--yes", "--confirm-irreversible", "60"], ["resume", "bad.job"],
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "bad.job"],
        ] + (looksToo ? looks : []) {
            let ended = try await rig.keyshift(words)
            #expect(ended.code == 65, "\(what): \(ended.testDescription)", sourceLocation: location)
            #expect(
                sentences.contains { ended.err.hasPrefix("error: bad.job: \($0)") } && ended.out == "",
                "\(what): \(ended.testDescription)", sourceLocation: location)
            #expect(
                try rig.folder.bytes("bad.job") == bytes, "\(what): \(words)", sourceLocation: location)
        }
        #expect(rig.simulator.logSize == sent && rig.folder.names == names, sourceLocation: location)
    }

    @Test func truncated() async throws {
        let rig = try await planned()
        let whole = try rig.folder.bytes("fleet.job")
        for length in [0, 1, 15, 16, 99, 100, 512, 4095, 4096, 8192, 8193, whole.count / 2, whole.count - 1] {
            try await isRefused(rig, whole.prefix(length), "\(length) bytes")
        }
        // The one that it was copied from is as good as ever.
        try await rig.apply(expecting: 0)
    }

    @Test func overwritten() async throws {
        let rig = try await planned()
        let whole = try rig.folder.bytes("fleet.job")
        var dice = SystemlessDice(state: 65)
        func rubbish(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(dice.next(256)) } }
        try await isRefused(rig, Data(rubbish(whole.count)), "all of it")
        try await isRefused(rig, Data("project_id\n6790e57a9b41416f5c216fee\n".utf8), "a CSV")
        var bytes = whole
        bytes.replaceSubrange(0..<16, with: rubbish(16))
        try await isRefused(rig, bytes, "the header")
        bytes = whole
        bytes.replaceSubrange(0..<16, with: whole.prefix(16).map { ~$0 })
        try await isRefused(rig, bytes, "the header flipped")
        bytes = whole
        bytes.replaceSubrange(100..<4096, with: rubbish(3996))
        try await isRefused(rig, bytes, "the first page")
        // A look may never touch the page; a run must not find out half way.
        for page in stride(from: 1, to: whole.count / 4096, by: 2) {
            bytes = whole
            bytes.replaceSubrange(page * 4096..<(page + 1) * 4096, with: rubbish(4096))
            try await isRefused(rig, bytes, "page \(page + 1)", looksToo: false)
        }
    }

    @Test func ofANewerVersion() async throws {
        let rig = try await planned()
        try alter(rig, "PRAGMA user_version = 7")
        try await isRefused(
            rig, try rig.folder.bytes("fleet.job"), "newer",
            saying: ["the job has format 7, this keyshift knows 1. Use the newer keyshift."])
    }

    @Test func ofAnotherProgram() async throws {
        let rig = try await planned()
        for statement in ["PRAGMA application_id = 1", "PRAGMA application_id = 0"] {
            try alter(rig, statement)
            try await isRefused(
                rig, try rig.folder.bytes("fleet.job"), statement, saying: ["not a keyshift job"])
        }
    }

    /// A newer keyshift was killed: its log stays as it is, too.
    @Test func newerWithALog() async throws {
        let rig = try await planned()
        try alter(rig, "PRAGMA user_version = 7", killed: true)
        let (job, log) = (try rig.folder.bytes("bad.job"), try rig.folder.bytes("bad.job-wal"))
        #expect(!log.isEmpty)
        for words in [["status", "bad.job"], ["apply", "bad.job", "--yes"], ["resume", "bad.job"]] {
            let ended = try await rig.keyshift(words)
            #expect(ended.code == 65 && ended.err.contains("format 7"), "\(ended.testDescription)")
            #expect(
                try rig.folder.bytes("bad.job") == job && rig.folder.bytes("bad.job-wal") == log, "\(words)")
        }
    }

    @Test func noFileAtAll() async throws {
        let rig = try await planned()
        try FileManager.default.createDirectory(
            atPath: rig.folder.file("folder.job"), withIntermediateDirectories: false)
        mkfifo(rig.folder.file("pipe.job"), 0o600)
        let names = rig.folder.names
        for job in ["folder.job", "pipe.job", ".", "..", "folder.job/"] {
            for words in [
                ["status", job], ["show", job], ["report", job], ["resume", job], ["apply", job, "--yes"],
                ["plan", "fleet.csv", "--target", "target.yaml", "--job", job],
            ] {
                let ended = try await rig.keyshift(words, within: .seconds(10))
                // What can be no file's name is a slip of the command line.
                let isName = job.hasSuffix(".job")
                #expect(ended.code == (isName ? 65 : 64), "\(ended.testDescription)")
                #expect(
                    ended.err.contains(isName ? "\(job): not a keyshift job" : "'\(job)'"),
                    "\(ended.testDescription)")
            }
        }
        #expect(rig.folder.names == names)
    }
}
