import AtlasAPI
import Foundation
import JobStore
import MigrationCore
import Testing

/// Goal: what was approved is what is there. Method: one sealed and approved job, and one part of it changed with plain
/// SQL; the digest and the seal, worked out anew, must tell.
@Suite struct SealTests {
    static func check(_ path: String) -> String {
        FileFormTests.word {
            let job = try Job.open(path, for: .run)
            defer { try? job.close() }
            _ = try job.firstRevision.checkedDigest()
            try job.checkApprovals()
        }
    }

    @Test func whatNobodyTouchedIsFine() throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        #expect(Self.check(folder.job) == "fine")
        let job = try Job.open(folder.job, for: .read)
        let approval = try #require(try job.approvals().first)
        #expect(approval.seal?.wholeMatch(of: /seal2:[0-9a-f]{64}/) != nil)
        #expect(try job.firstRevision.settings() == Tampering.settings, "the seal is no setting")
        try job.close()
    }

    /// Parts of one plan that do not fit each other: whoever recomputes the digest gains nothing by it.
    @Test(arguments: [
        "UPDATE plan SET body = json_set(body, '$.enabledForSearchNodes', json('false')) WHERE ordinal = 1",
        "UPDATE plan SET body = json_set(body, '$.googleCloudKms.keyVersionResourceID', 'k2') WHERE ordinal = 2",
        "UPDATE plan SET class = 'reversible' WHERE class = 'irreversible'",
        "UPDATE plan SET class = 'irreversible' WHERE class = 'reversible'",
        "UPDATE plan SET live = json_set(live, '$.googleCloudKms.keyVersionResourceID', 'k2') WHERE ordinal = 1",
        "UPDATE plan SET live = '[]' WHERE ordinal = 1", "UPDATE plan SET live = NULL WHERE ordinal = 1",
        "UPDATE plan SET changes = '[]' WHERE ordinal = 4",
        "UPDATE plan SET changes = json_remove(changes, '$[1]') WHERE ordinal = 1",
        "UPDATE plan SET changes = json_set(changes, '$[0].before', 'x') WHERE ordinal = 1",
        "UPDATE plan SET changes = json_set(changes, '$[0].path', 'awsKms.roleId') WHERE ordinal = 1",
        "UPDATE plan SET changes = json_set(changes, '$[0].path', '') WHERE ordinal = 1",
        "UPDATE plan SET changes = json_set(changes, '$[0].after', json('true')) WHERE ordinal = 4",
        "UPDATE plan SET role = NULL WHERE ordinal = 1",
        "UPDATE plan SET role = '650000000000000000000001' WHERE ordinal = 1",
        "UPDATE plan SET role = '6500000000000000000000aa' WHERE ordinal = 4",
        "UPDATE plan SET role = 'x' WHERE ordinal = 1",
        "UPDATE plan SET provider = 'awsKms' WHERE ordinal = 1",
        "UPDATE plan SET provider = 'x' WHERE ordinal = 1",
        "UPDATE setting SET value = '0' WHERE name = 'concurrency'",
        "UPDATE wave SET projects = 4 WHERE number = 1", "UPDATE project SET revision = 2",
        "DELETE FROM setting WHERE name = 'max-failures'",
        "INSERT INTO setting VALUES (1, 'haste', 'much')",
        "UPDATE project SET project_id = upper('0000000000000000000000aa') WHERE ordinal = 2",
    ]) func partsThatDontFit(statement: String) throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        #expect(try Tampering.alter(folder.job, [statement]))
        // Most of it is sealed, too.
        #expect(["sealBroken", "damaged"].contains(Self.check(folder.job)))
        guard statement.contains("UPDATE plan") else { return }
        try Tampering.forgeDigest(folder.job)
        #expect(Self.check(folder.job) == "damaged")
    }

    /// The approved bytes are the bytes sent: a spelling that no writer of ours has is sealed, and stays as it is.
    @Test(arguments: [
        "' ' || body", "body || char(10)", "replace(body, char(34, 58), char(34) || ' : ')",
        "replace(body, 'Kms', '\\u004bms')",
    ])
    func aBodyKeepsItsSpelling(spelling: String) throws {
        let folder = try Folder()
        try Tampering.planned(folder).job.close()
        #expect(try Tampering.alter(folder.job, ["UPDATE plan SET body = \(spelling) WHERE ordinal = 2"]))
        #expect(Self.check(folder.job) == "sealBroken")
        try Tampering.forgeDigest(folder.job)
        let job = try Job.open(folder.job, for: .run)
        defer { try? job.close() }
        _ = try job.firstRevision.checkedDigest()
        let bodies = try job.firstRevision.beginRun("apply", at: 30).openWork(after: 0, limit: 9).filter {
            $0.ordinal < 3
        }.map(\.change.body)
        try #require(bodies.count == 2)
        let plain = bodies[0]
        let spelt =
            switch spelling {
            case "' ' || body": " " + plain
            case "body || char(10)": plain + "\n"
            case "replace(body, char(34, 58), char(34) || ' : ')": plain.replacing("\":", with: "\" : ")
            default: plain.replacing("Kms", with: "\\u004bms")
            }
        #expect(Array(bodies[1].utf8) == Array(spelt.utf8))
    }

    @Test(arguments: [
        "UPDATE plan SET body = ' ' || body WHERE ordinal = 1",
        "UPDATE project SET project_id = '0000000000000000000000aa' WHERE ordinal = 2",
        "UPDATE project SET wave = 1 WHERE ordinal = 6", "UPDATE job SET target_text = '{ }'",
        "UPDATE job SET address = 'https://cloud.mongodb.com.example'",
        "UPDATE job SET organisation = '650000000000000000000001'", "UPDATE job SET organisation = NULL",
        "UPDATE plan SET reason = 'one_way' WHERE ordinal = 5",
        "UPDATE plan SET class = 'excluded' WHERE ordinal = 6", "DELETE FROM plan WHERE ordinal = 6",
        "UPDATE revision SET digest = 'sha256:0'", "UPDATE revision SET digest = NULL",
        "UPDATE approval SET digest = 'sha256:0'", "UPDATE approval SET irreversible = 0",
        "UPDATE approval SET how = 'typed'", "UPDATE approval SET at = 31",
        "UPDATE run SET user = 'somebody'", "UPDATE run SET host = 'elsewhere'",
        "UPDATE setting SET value = 'none' WHERE name = 'waves'",
        "UPDATE setting SET value = '0s' WHERE name = 'wave-soak'",
        "UPDATE setting SET value = '100%' WHERE name = 'max-failures'",
        "UPDATE setting SET value = 'true' WHERE name = 'no-verify'",
        "UPDATE setting SET value = 'none' WHERE name = 'patch-interval'",
        "UPDATE setting SET value = 'sha256:0' WHERE name = 'seal'",
        "DELETE FROM setting WHERE name = 'seal'", "UPDATE plan SET wave = 1 WHERE ordinal = 3",
        "UPDATE project SET cells = replace(cells, 'e2', 'e3') WHERE ordinal = 2",
        "UPDATE project SET name = 'other' WHERE ordinal = 2",
        "UPDATE plan SET live_name = 'other' WHERE ordinal = 2",
        "UPDATE job SET columns = '[\"a\",\"b\",\"c\"]'",
    ]) func whatWasSealed(statement: String) throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        #expect(try Tampering.alter(folder.job, [statement]))
        #expect(Self.check(folder.job) == "sealBroken")
    }

    /// What happened is not sealed: it grows with every run.
    @Test func theHistoryMayGrow() throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        let job = try Job.open(folder.job, for: .run)
        let run = try job.firstRevision.beginRun("resume", at: 50)
        try run.commit([.run(.waveBegan(2, at: 51)), .project(2, .intent(number: 1, at: 52))])
        try run.end(RunEnding("failed", exitCode: 1), at: 53)
        try job.close()
        #expect(Self.check(folder.job) == "fine")
    }

    /// Settings and waves in a job that nobody has approved are not those of its first run.
    @Test func nothingIsTakenOverFromBeforeTheApproval() throws {
        let folder = try Folder()
        try Tampering.planned(folder).job.close()
        try Tampering.alter(
            folder.job,
            [
                "INSERT INTO setting VALUES (1, 'waves', 'none'), (1, 'haste', 'much')",
                "UPDATE plan SET wave = 1", "INSERT INTO wave VALUES (1, 1, 6, 1, 1)",
            ])
        let job = try Job.open(folder.job, for: .run)
        let run = try job.firstRevision.beginRun("apply", at: 25)
        try run.approve(
            digest: try run.revision.checkedDigest() ?? "", irreversible: 3, how: "--yes", at: 30,
            settings: Tampering.settings)
        #expect(try run.revision.settings() == Tampering.settings)
        #expect(
            try run.revision.waves().map(\.projects) == [1, 3] && run.revision.waves()[0].passedAt == nil)
        try job.checkApprovals()
        try job.close()
    }

    /// The threat model's limit: a digest has no key. Only one that is kept elsewhere tells.
    @Test func whoeverCanWriteCanSealAnew() throws {
        let folder = try Folder()
        let run = try Tampering.planned(folder)
        let before = try run.revision.checkedDigest()
        try run.job.close()
        try Tampering.alter(
            folder.job, ["UPDATE plan SET class = 'blocked', reason = 'one_way' WHERE ordinal = 6"])
        let forger = try Job.open(folder.job, for: .run)
        _ = try forger.firstRevision.sealPlan()
        try forger.close()
        let after = try Job.open(folder.job, for: .read)
        #expect(try after.firstRevision.checkedDigest() != before)
        try after.close()
    }

    /// Rows that a join would drop, and so neither digest nor seal would see.
    @Test(arguments: [
        "INSERT INTO approval (run, revision, digest, irreversible, how, at) VALUES (999, 1, 'x', 0, 'typed', 1)",
        "INSERT INTO plan (ordinal, revision, class, at) VALUES (1000, 1, 'noop', 1)",
        "INSERT INTO job SELECT 2, created_at, address, organisation, csv_name, csv_digest, columns, target_name, "
            + "target_text, target_digest FROM job",
    ]) func rowsThatReferToNone(statement: String) throws {
        let folder = try Folder()
        try Tampering.planned(folder).job.close()
        #expect(try Tampering.alter(folder.job, [statement]))
        #expect(["damaged", "notAJob"].contains(Self.check(folder.job)))
    }

    /// A table whose row is another one than its index says: the digest reads one, a run the other.
    @Test func aRowThatIsNotItsIndexs() throws {
        let folder = try Folder()
        try Tampering.planned(folder).job.close()
        let root = try Tampering.rootPage(of: "project", folder.job)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.job))
        let page = (root - 1) * 4096..<root * 4096
        let place = try #require(bytes[page].range(of: Data(Made.project(2).text.utf8)))
        bytes.replaceSubrange(place, with: Data("aaaaaaaaaaaaaaaaaaaaaaaa".utf8))
        try bytes.write(to: URL(fileURLWithPath: folder.job))
        #expect(Self.check(folder.job) == "damaged")
    }

    @Test func aWaveThatPassedWithWorkInIt() throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        #expect(try Tampering.alter(folder.job, ["UPDATE wave SET passed_at = 1"]))
        #expect(Self.check(folder.job) == "damaged")
    }

    /// Nothing would be left to do, in a wave that nothing is in.
    @Test func anEmptyWave() throws {
        let folder = try Folder()
        try Tampering.approved(folder)
        #expect(
            try Tampering.alter(
                folder.job,
                [
                    "INSERT INTO wave SELECT revision, number + 10, 0, began_at, NULL FROM wave WHERE number = 1",
                    "UPDATE wave SET passed_at = NULL WHERE number > 1",
                ]))
        #expect(["sealBroken", "damaged"].contains(Self.check(folder.job)))
    }

    /// Whoever takes the halt out and passes the wave has not looked at what failed.
    @Test(arguments: [ProjectResult.failed, .unknown, .drifted]) func aGateThatFailed(result: ProjectResult)
        throws
    {
        let folder = try Folder()
        try Tampering.approved(folder)
        let job = try Job.open(folder.job, for: .run)
        let run = try job.firstRevision.beginRun("resume", at: 50)
        try run.commit([
            .run(.waveBegan(2, at: 51)), .project(2, .outcome(Made.outcome(result))),
            .project(3, .outcome(Made.outcome(.changed))), .project(4, .outcome(Made.outcome(.changed))),
            .run(.halted(Halt(.waveGate, "1 of 3 failed"), at: 52)),
        ])
        try run.end(RunEnding("halted", exitCode: 4), at: 53)
        try job.close()
        #expect(Self.check(folder.job) == "fine")
        #expect(try Tampering.alter(folder.job, ["DELETE FROM halt", "UPDATE wave SET passed_at = 54"]))
        #expect(Self.check(folder.job) == "damaged")
        #expect(
            try Tampering.alter(
                folder.job, ["INSERT INTO acceptance SELECT max(id), 54 FROM run"]))
        #expect(Self.check(folder.job) == "fine")
    }

    /// At a question or in a soak, after all checks: the next commit tells.
    @Test func anEditWhileARunHasItOpen() throws {
        let folder = try Folder()
        let run = try Tampering.planned(folder)
        try run.commit([.run(.waveBegan(1, at: 1))])
        try Tampering.alter(folder.job, ["UPDATE project SET line = 99 WHERE ordinal = 1"])
        #expect(FileFormTests.word { try run.commit([.run(.waveBegan(1, at: 2))]) } == "changedMeanwhile")
        try run.job.close()
    }

    /// SQLite would fold another file's log in over the true rows.
    @Test func aLogThatIsNotItsOwn() throws {
        let folder = try Folder()
        let job = try Tampering.planned(folder).job
        let log = try Data(contentsOf: URL(fileURLWithPath: folder.job + "-wal"))
        try job.close()
        try log.write(to: URL(fileURLWithPath: folder.job + "-wal"))
        chmod(folder.job + "-wal", 0o600)
        #expect(FileFormTests.open(folder.job) == ["damaged", "damaged"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.job + "-wal")) == log)
    }
}
