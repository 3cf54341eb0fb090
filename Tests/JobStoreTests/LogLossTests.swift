import Foundation
import MigrationCore
import Testing

@testable import JobStore

/// Goal: a log that was cut off, damaged or exchanged after a kill is noticed, and one that a kill or a full disk can
/// leave is not complained of. Method: a job whose run goes on, copied with its log as a kill would leave them; the
/// copy's log is then changed.
@Suite struct LogLossTests {
    /// The copy of a job with commits of a run in its log, and the log's bytes.
    private struct Killed {
        let folder = try! Folder()
        let copy: String
        var log: URL { URL(fileURLWithPath: copy + "-wal") }

        init() throws {
            let run = try Tampering.planned(folder)
            let digest = try run.revision.checkedDigest() ?? ""
            try run.approve(
                digest: digest, irreversible: 3, how: "--yes", at: 30, settings: Tampering.settings)
            for ordinal in 1...3 { try run.commit([.project(ordinal, .intent(number: 1, at: 32))]) }
            copy = folder.path + "/copy.job"
            try take()
            try run.job.close()
        }

        func take() throws {
            for end in ["", "-wal"] {
                try? FileManager.default.removeItem(atPath: copy + end)
                try FileManager.default.copyItem(atPath: folder.job + end, toPath: copy + end)
            }
        }

        func bytes() throws -> [UInt8] { Array(try Data(contentsOf: log)) }

        func set(_ bytes: [UInt8]) throws {
            try Data(bytes).write(to: log)
            chmod(log.path, 0o600)
        }

        /// As a look and as a run see it; they must agree.
        func loss() throws -> LogLoss? {
            var refusal: LogLoss?
            do {
                let job = try Job.open(copy, for: .run)
                try job.close()
            } catch JobStoreError.missingLog(_, let loss) {
                refusal = loss
                let look = try Job.open(copy, for: .read)
                #expect(look.logLoss == loss)
                try look.close()
            }
            return refusal
        }
    }

    private static let frame = 24 + 4096

    /// Whether each frame ends a commit.
    private func commits(_ log: [UInt8]) -> [Bool] {
        stride(from: 32, to: log.count, by: Self.frame).map { log[$0 + 4..<$0 + 8] != [0, 0, 0, 0] }
    }

    @Test func wholeAndCutOffBetweenCommits() throws {
        let killed = try Killed()
        let log = try killed.bytes()
        let first = try #require(commits(log).firstIndex(of: true))
        #expect((log.count - 32) % Self.frame == 0 && commits(log).filter { $0 }.count >= 3)
        try killed.set(Array(log.prefix(32 + (first + 1) * Self.frame)))
        #expect(try killed.loss() == nil)
        let whole = try Killed()
        #expect(try whole.loss() == nil)
    }

    @Test(arguments: [0, 1, 31, 32, 33, 55, 56, 1000, 32 + 4119]) func cutOff(size: Int) throws {
        let killed = try Killed()
        try killed.set(Array(try killed.bytes().prefix(size)))
        #expect(try killed.loss() == .empty)
    }

    @Test(arguments: [0, 4, 9, 16, 20, 25, 31, 32 + 8, 32 + 12, 32 + 16, 32 + 24, 32 + 4000])
    func damagedAtItsStart(offset: Int) throws {
        let killed = try Killed()
        var log = try killed.bytes()
        log[offset] ^= 0x40
        try killed.set(log)
        let loss = try killed.loss()
        let mayBe: [LogLoss] = offset < 4 ? [.absent] : offset < 32 ? [.empty] : [.empty, .broken]
        #expect(loss.map(mayBe.contains) == true, "\(String(describing: loss))")
    }

    @Test func zerosAndAnotherFile() throws {
        let killed = try Killed()
        try killed.set([UInt8](repeating: 0, count: 9000))
        #expect(try killed.loss() == .absent)
        try killed.set(Array("This is no log at all, but it is long enough to be one.".utf8))
        #expect(try killed.loss() == .absent)
    }

    @Test func damagedInTheMiddle() throws {
        let killed = try Killed()
        var log = try killed.bytes()
        let ends = commits(log).indices.filter { commits(log)[$0] }
        let inner = try #require(ends.dropFirst().first)
        log[32 + inner * Self.frame + 30] ^= 1
        try killed.set(log)
        #expect(try killed.loss() == .broken)
    }

    /// A loss of power can halve the last commit, whose end nobody was told of.
    @Test func damagedInItsLastCommit() throws {
        let killed = try Killed()
        var log = try killed.bytes()
        log[log.count - 10] ^= 1
        try killed.set(log)
        #expect(try killed.loss() == nil)
    }

    /// A log is begun anew when all of it is in the job's file; a kill in the middle of that loses nothing.
    @Test func begunAnew() throws {
        let killed = try Killed()
        let job = try Job.open(killed.folder.job, for: .run)
        let run = try job.firstRevision.beginRun("resume", at: 50)
        try run.commit([.project(1, .intent(number: 2, at: 51))])
        try killed.take()
        var log = try killed.bytes()
        // Its header is new and its first frame is not there yet: the old one still is.
        let old = log[32 + 8..<32 + 16]
        let salt = log[16..<20].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } &- 1
        withUnsafeBytes(of: salt.bigEndian) { log.replaceSubrange(32 + 8..<32 + 12, with: $0) }
        #expect(log[32 + 8..<32 + 16] != old)
        try killed.set(log)
        #expect(try killed.loss() == nil)
        try job.close()
    }

    /// The first frame is made one of the log before, which alone would look as if the log had been begun anew.
    @Test func beginsWithAnOlderFrame() throws {
        let killed = try Killed()
        var log = try killed.bytes()
        let salt = log[16..<20].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } &- 1
        withUnsafeBytes(of: salt.bigEndian) { log.replaceSubrange(32 + 8..<32 + 12, with: $0) }
        try killed.set(log)
        #expect(try killed.loss() == .broken)
    }

    /// Whole logs, which SQLite would replay: of an earlier run, of this run before its log was begun anew, of another
    /// job that was made in the same way.
    @Test func logsOfOtherMoments() throws {
        let killed = try Killed()
        let earlier = try killed.bytes()
        let job = try Job.open(killed.folder.job, for: .run)
        let run = try job.firstRevision.beginRun("resume", at: 50)
        for number in 2...4 { try run.commit([.project(1, .intent(number: number, at: 51))]) }
        try killed.take()
        let own = try killed.bytes()
        try job.close()
        let sibling = try Killed().bytes()
        for other in [earlier, sibling] {
            try killed.set(other)
            #expect(try killed.loss() == .foreign)
        }
        try killed.set(own)
        #expect(try killed.loss() == nil)
    }

    /// A run's log grows past what SQLite folds in, and begins anew, many times; it stays the run's own.
    @Test func begunAnewByGrowth() throws {
        let killed = try Killed()
        let job = try Job.open(killed.folder.job, for: .run)
        let run = try job.firstRevision.beginRun("resume", at: 50)
        var salts: Set<[UInt8]> = []
        for number in 2...2500 {
            try run.commit([.project(1, .intent(number: number, at: 51))])
            guard number % 100 == 0 else { continue }
            try killed.take()
            salts.insert(Array(try killed.bytes()[16..<20]))
            #expect(try killed.loss() == nil)
        }
        #expect(salts.count > 1)
        try job.close()
    }

    /// A look after a kill puts the log away and notes that the run died; then a run that could write nothing (a full
    /// disk), or was killed as it began its log, lost nothing.
    @Test(arguments: [0, 32]) func begunAfterADeadRun(size: Int) throws {
        let killed = try Killed()
        let log = try killed.bytes()
        let look = try Job.open(killed.copy, for: .read)
        try look.close()
        #expect(!FileManager.default.fileExists(atPath: killed.log.path))
        var job = Array(try Data(contentsOf: URL(fileURLWithPath: killed.copy)))
        #expect(job[18] == 1)
        job[18] = 2
        job[19] = 2
        try Data(job).write(to: URL(fileURLWithPath: killed.copy))
        try killed.set(Array(log.prefix(size)))
        let again = try Job.open(killed.copy, for: .run)
        #expect(try again.runs().map(\.endedHow) == ["died"] && again.runs()[0].endedAt == nil)
        try again.close()
    }

    /// Whoever insists goes on with what SQLite finds, and the history says so.
    @Test func insisting() throws {
        let killed = try Killed()
        try killed.set([])
        let job = try Job.open(killed.copy, for: .run, acceptsMissingLog: true)
        #expect(job.logLoss == .empty)
        _ = try job.firstRevision.beginRun("resume", at: 60)
        #expect(try job.runs().last?.command == "resume --accept-missing-log")
        try job.close()
        #expect(try killed.loss() == nil)
    }

    /// Two retries at once, the first at its question when its lock is taken away: what it read is gone, it is refused,
    /// and the job goes on.
    @Test func twoDrafts() throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        let first = try Job.open(folder.job, for: .run)
        let choice = RetryChoice(result: .blocked)
        let draft = try #require(try first.draftRevision(choice, at: 50))
        #expect(draft.count == 1)
        let second = try Job.open(folder.job, for: .run)
        let later = try #require(try second.draftRevision(choice, at: 51))
        #expect(later.count == 1)
        #expect(throws: JobStoreError.self) { try draft.revision.beginRun("retry", at: 52) }
        try? first.close()
        try later.revision.beginRun("retry", at: 53).end(RunEnding("completed", exitCode: 0), at: 54)
        try second.close()
        let third = try Job.open(folder.job, for: .run)
        try third.checkApprovals()
        #expect(try third.draftRevision(choice, at: 55)?.count == 1)
        try third.close()
    }
}
