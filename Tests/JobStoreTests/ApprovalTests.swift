import Foundation
import JobStore
import MigrationCore
import TargetFiles
import Testing

/// Goal: an approval covers every row that decides what is sent, and the approvals before it; what no seal covers is held
/// to what keyshift can have written. Method: jobs edited with SQL, and sealed anew as an attacker with our sources would.
@Suite struct ApprovalTests {
    /// The digest goes by ids and the sheet by places: with all that the digest binds, two projects change places.
    @Test func rowsThatChangePlaces() throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        #expect(try Tampering.alter(folder.job, Tampering.swap(2, 3)))
        #expect(SealTests.check(folder.job) == "sealBroken")
    }

    /// A job that an older program approved goes on, by the rule of its time; what it is approved for next is sealed by
    /// the new one, with the older approval in it.
    @Test func aSealOfBefore() throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        try Tampering.seal(folder.job, .first, revision: 1)
        #expect(SealTests.check(folder.job) == "fine")
        for statement in [
            "UPDATE approval SET at = 31", "UPDATE setting SET value = '9%' WHERE name = 'max-failures'",
        ] {
            let old = try Data(contentsOf: URL(fileURLWithPath: folder.job))
            #expect(try Tampering.alter(folder.job, [statement]))
            #expect(SealTests.check(folder.job) == "sealBroken", "\(statement)")
            try old.write(to: URL(fileURLWithPath: folder.job))
        }
        try Tampering.retried(folder)
        let job = try Job.open(folder.job, for: .read)
        let seals = try job.approvals().map(\.seal)
        try job.close()
        #expect(seals.map { $0?.prefix(5) } == ["sha25", "seal2"])
        #expect(SealTests.check(folder.job) == "fine")
        #expect(try Tampering.alter(folder.job, ["UPDATE approval SET how = 'typed' WHERE revision = 1"]))
        try Tampering.seal(folder.job, .first, revision: 1)
        #expect(SealTests.check(folder.job) == "sealBroken")
    }

    /// Older approvals stand behind the newest: whoever seals one of them anew breaks what came after.
    @Test(arguments: [
        "UPDATE approval SET how = 'typed' WHERE revision = 1",
        "UPDATE setting SET value = 'none' WHERE name = 'patch-interval' AND revision = 1",
        "UPDATE project SET cells = replace(cells, 'e3', 'e4') WHERE ordinal = 3",
    ]) func anEarlierApprovalSealedAnew(statement: String) throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        try Tampering.retried(folder)
        #expect(SealTests.check(folder.job) == "fine")
        let job = try Job.open(folder.job, for: .read)
        let value = try job.approvable()
        #expect(try value == job.approvals().last?.seal && job.openRevisions().map(\.number) == [2, 1])
        try job.close()
        #expect(try Tampering.alter(folder.job, [statement]))
        try Tampering.seal(folder.job, .second, revision: 1)
        #expect(SealTests.check(folder.job) == "sealBroken")
        // Nobody can seal by the weaker rule again.
        try Tampering.seal(folder.job, .first, revision: 2)
        #expect(SealTests.check(folder.job) == "sealBroken")
        try Tampering.seal(folder.job, .second, revision: 2)
        let forged = try Job.open(folder.job, for: .read)
        #expect(try forged.approvable() != value)
        try forged.close()
    }

    /// Older seals don't cover each other, so with work in several revisions none stands for all.
    @Test func nothingStandsForSeveralOldSeals() throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        try Tampering.retried(folder)
        for revision in [1, 2] { try Tampering.seal(folder.job, .first, revision: revision) }
        #expect(SealTests.check(folder.job) == "fine")
        let job = try Job.open(folder.job, for: .read)
        #expect(try job.approvable() == nil)
        try job.close()
    }

    /// Bytes that changed after they were checked, whoever committed what.
    @Test(arguments: [
        "UPDATE plan SET body = ' ' || body WHERE ordinal = 2", "UPDATE plan SET wave = 1 WHERE ordinal = 3",
        "UPDATE plan SET class = 'reversible' WHERE ordinal = 3",
        "UPDATE plan SET role = NULL WHERE ordinal = 2",
        "UPDATE project SET project_id = '0000000000000000000000aa' WHERE ordinal = 2",
        "UPDATE plan SET live = replace(live, 'k', 'l') WHERE ordinal = 4",
    ]) func aRowThatChangesUnderARun(statement: String) throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        let job = try Job.open(folder.job, for: .run)
        defer { try? job.close() }
        try job.checkApprovals()
        let run = try job.firstRevision.beginRun("resume", at: 60)
        #expect(try run.openWork(after: 0, limit: 9).map(\.ordinal) == [2, 3, 4])
        #expect(try Tampering.alter(folder.job, [statement]))
        #expect(FileFormTests.word { try run.openWork(after: 0, limit: 9) } == "changedMeanwhile")
    }

    /// A halt is accepted by a person who goes on after it, and all that there are with it.
    @Test(arguments: [
        "UPDATE halt SET accepted_by = 1", "UPDATE halt SET accepted_by = run",
        "UPDATE halt SET accepted_by = 9",
        "INSERT INTO acceptance SELECT max(id), 54 FROM run",
    ]) func aHaltThatNobodyAccepted(statement: String) throws {
        let folder = try Folder()
        try Tampering.halted(folder, Made.outcome(.failed, .refused), .failureBudget)
        #expect(SealTests.check(folder.job) == "fine")
        #expect(
            try Tampering.alter(
                folder.job,
                ["INSERT INTO run SELECT max(id) + 1, 'resume', 'u', 'h', 1, 54, 55, 'died', 1 FROM run"]))
        #expect(SealTests.check(folder.job) == "fine")
        #expect(try Tampering.alter(folder.job, [statement]))
        #expect(SealTests.check(folder.job) == "damaged")
    }

    /// A key that our change broke holds the job whatever became of the halt's row.
    @Test(
        arguments: [Reason.notValidAfterChange, .collateralChange],
        ["DELETE FROM halt", "UPDATE halt SET run = 1"])
    func aBrokenKeyHalts(reason: Reason, statement: String) throws {
        let folder = try Folder()
        try Tampering.halted(folder, Made.outcome(.failed, reason), .notValidAfterChange)
        #expect(try Tampering.alter(folder.job, ["UPDATE approval SET run = 2", statement]))
        let job = try Job.open(folder.job, for: .run)
        defer { try? job.close() }
        #expect(try job.openHalt()?.cause == reason.rawValue)
        let run = try job.firstRevision.beginRun("resume", at: 60)
        try run.acceptFailures(at: 61)
        #expect(try job.openHalt() == nil)
        try run.commit([.project(3, .outcome(Made.outcome(.failed, reason)))])
        #expect(try job.openHalt()?.cause == reason.rawValue)
    }

    /// What is added up or counted on from, and texts that are read as less than they are.
    @Test(arguments: [
        "UPDATE project SET wave = 9223372036854775807 WHERE ordinal = 6",
        "UPDATE project SET wave = 1000002 WHERE ordinal = 6",
        "UPDATE project SET wave = 0 WHERE ordinal = 6",
        "UPDATE project SET project_id = project_id || char(0) || 'x' WHERE ordinal = 2",
        "UPDATE plan SET body = body || char(0) WHERE ordinal = 2",
        "UPDATE project SET name = name || char(0, 65) WHERE ordinal = 2",
        "UPDATE setting SET value = value || char(0) WHERE name = 'waves'",
        "UPDATE run SET started_at = 9223372036854775807", "UPDATE run SET started_at = -1",
    ]) func valuesThatNobodyWrites(statement: String) throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        #expect(try Tampering.alter(folder.job, [statement]))
        #expect(
            FileFormTests.word {
                let job = try Job.open(folder.job, for: .run)
                defer { try? job.close() }
                try job.checkApprovals()
                _ = try job.runs()
            } == "damaged")
    }

    /// The wave after the highest of the sheet's is worked out at the approval, before any of it is sealed.
    @Test func aHighestWaveThatHasNoNext() throws {
        let folder = try Folder()
        try Tampering.planned(folder).job.close()
        #expect(
            try Tampering.alter(
                folder.job, ["UPDATE project SET wave = 9223372036854775807 WHERE ordinal = 6"]))
        let job = try Job.open(folder.job, for: .run)
        defer { try? job.close() }
        let run = try job.firstRevision.beginRun("apply", at: 25)
        var settings = Tampering.settings
        settings.waves = .column
        #expect(
            FileFormTests.word {
                try run.approve(digest: "sha256:0", irreversible: 3, how: "--yes", at: 30, settings: settings)
            } == "damaged")
    }
}
