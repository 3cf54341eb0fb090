import AtlasAPI
import Foundation
import GRDB
import JobStore
import MigrationCore
import TargetFiles
import Testing

/// Goal: what is written into a job is read back, and half a commit is never kept. Method: a job in a folder of its own,
/// closed and opened between.
@Suite struct JobFileTests {
    @Test func theFleetIsReadBack() throws {
        let folder = try Folder()
        let run = try folder.openJob()
        #expect(try run.job.origin() == Folder.origin)
        let rows = try run.revision.unreadProjects(after: 0, limit: 4)
        #expect(rows.map(\.ordinal) == [1, 2, 3, 4] && rows[1].project == Made.project(2))
        #expect(rows[1].name == "name 2" && rows[1].cells == [Made.project(2).text, "name 2", "e2"])
        #expect(try run.revision.unreadProjects(after: 4, limit: 4).map(\.ordinal) == [5, 6])
        #expect(try run.job.totals()[.pending] == 6 && run.job.totals()[PlanClass.unread] == 6)
        #expect(try run.job.projectID(ordinal: 3) == Made.project(3) && run.job.projectID(ordinal: 7) == nil)
    }

    @Test func duplicatesSayWhereTheyStoodFirst() throws {
        let folder = try Folder()
        let file = try Job.create(folder.job)
        let csv =
            "project_id\n\(Made.project(1))\n\(Made.project(2))\n\(Made.project(1))\n\(Made.project(2))\n"
        #expect(try Folder.load(csv, into: file, end: .rollback) == [2, 3])
        // Nothing was kept.
        #expect(try Folder.load("project_id\n\(Made.project(1))\n", into: file) == [])
        #expect(try file.totals().projects == 1)
    }

    @Test func thePlanIsReadBack() throws {
        let folder = try Folder()
        var run = try folder.openJob()
        let item = Made.item()
        try run.commit([
            .project(1, .planned(item, at: 50)),
            .project(2, .planned(Made.item(.blocked, .roleMissing), at: 40)),
            .project(3, .planned(Made.item(.noop), at: 60)),
            .project(4, .planned(Made.item(.excluded), at: 60)),
            .project(5, .planned(Made.item(.reversible), at: 60)), .run(.organisation(Made.organisation)),
        ])
        try run.job.close()
        run = try Job.open(folder.job, for: .run).firstRevision.beginRun("apply", at: 60)
        let work = try run.openWork(after: 0, limit: 9)
        #expect(work.map(\.ordinal) == [1, 5] && work[0].project == Made.project(1))
        var before = try #require(item.change?.before)
        // Validity is of the moment and is not kept.
        before.enabled[0].isValid = false
        let change = PlannedChange(
            provider: .googleCloudKms, before: before, changes: item.change?.changes ?? [], role: Made.role)
        #expect(work[0].change == change && work[0].history == AttemptHistory())
        #expect(try run.openWork(after: 1, limit: 9).map(\.ordinal) == [5])
        #expect(try run.openWork(after: 0, limit: 1).map(\.ordinal) == [1])
        #expect(try run.revision.unreadProjects(after: 0, limit: 9).map(\.ordinal) == [6])
        #expect(try run.revision.plannedAt() == 40 && run.job.origin().organisation == Made.organisation)
        var planned: [PlannedProject] = []
        try run.job.forEachPlanned { planned.append($0) }
        #expect(planned.map(\.changes.count) == [2, 0, 0, 0, 1, 0])
        #expect(planned[0].changes == item.change?.changes && planned[0].status.name == "live")
        #expect(planned[5].status.name == "name 6" && planned[5].live == nil)
        var one: [Int] = []
        try run.job.forEachPlanned(project: Made.project(5)) { one.append($0.status.ordinal) }
        #expect(try one == [5] && run.revision.firstChanges(1).map(\.status.ordinal) == [1])
    }

    @Test func theOrganisationIsBoundOnce() throws {
        let kept = try Folder().kept { try $0.openJob() }
        try kept.run.commit([.run(.organisation(Made.organisation))])
        try kept.run.commit([.run(.organisation(try #require(OrganisationID("650000000000000000000001"))))])
        #expect(try kept.run.job.origin().organisation == Made.organisation)
    }

    @Test func theDigestComesWithThePlanAndHangsOnIt() throws {
        func digest(_ items: [PlanItem], address: String = "https://cloud.mongodb.com") throws -> String {
            let folder = try Folder()
            let file = try Job.create(folder.job)
            var origin = Folder.origin
            origin.address = address
            try Folder.load(Folder.csv, into: file, end: .commit(origin))
            try file.firstRevision.beginRun("plan", at: 4).commit(
                items.enumerated().map { .project($0 + 1, .planned($1, at: 5)) })
            let digest = try file.firstRevision.sealPlan()
            #expect(try file.firstRevision.planDigest() == digest)
            return digest
        }
        let items = [Made.item(), Made.item(.blocked, .roleMissing)]
        let first = try digest(items)
        #expect(try digest(items) == first && digest(items, address: "https://x") != first)
        #expect(try digest([Made.item(), Made.item(.blocked, .oneWay)]) != first)
        var invalid = items
        invalid[1].live?.enabled[0].isValid = false
        #expect(try digest(invalid) == first)
        invalid[1].live = Made.google(role: Made.role)
        #expect(try digest(invalid) != first)
    }

    @Test func runsApprovalsSettingsAndHalts() throws {
        let run = try Folder().kept { try $0.openJob() }.run
        #expect(try run.revision.settings() == nil && !run.revision.isApproved() && run.job.openHalt() == nil)
        var settings = RunSettings()
        settings.patchInterval = .nanoseconds(514_285_714_285)
        settings.waves = .pattern(.standard)
        try run.approve(digest: "sha256:1", irreversible: 3, how: "typed", at: 11, settings: settings)
        #expect(try run.revision.settings() == settings)
        let approvals = try run.job.approvals()
        #expect(approvals.map(\.how) == ["typed"] && approvals[0].irreversible == 3 && approvals[0].at == 11)
        try run.commit([
            .run(.halted(Halt(.outage, "no answer"), at: 12)), .run(.halted(Halt(.sameRefusal, "5"), at: 13)),
        ])
        #expect(try run.revision.isApproved() && run.job.openHalt()?.cause == "same_refusal")
        try run.end(RunEnding("halted", exitCode: 4), at: 14)
        try run.revision.beginRun("resume", at: 15).acceptFailures(at: 16)
        #expect(try run.job.openHalt() == nil && run.job.halts().map(\.acceptedAt) == [16, 16])
        let runs = try run.job.runs()
        #expect(runs.map(\.command) == ["apply", "resume"] && runs.map(\.exitCode) == [4, nil])
        #expect(runs[0].endedHow == "halted" && runs[0].startedAt == 10 && runs[0].pid == Int(getpid()))
    }

    @Test func aCommitIsAllOrNothing() throws {
        let run = try Folder().kept { try $0.openJob() }.run
        try run.commit([.project(1, .planned(Made.item(), at: 1))])
        let bad: [[JournalRecord]] = [
            // An ordinal that does not exist, a project planned twice, an intent twice.
            [.project(1, .intent(number: 1, at: 2)), .project(99, .intent(number: 1, at: 2))],
            [.project(1, .intent(number: 1, at: 2)), .project(1, .planned(Made.item(), at: 2))],
            [.project(1, .intent(number: 1, at: 2)), .project(1, .intent(number: 1, at: 3))],
            [.project(2, .planned(Made.item(), at: 2)), .project(3, .planned(PlanItem(.blocked), at: 2))],
            [.project(1, .intent(number: 0, at: 2))],
        ]
        for records in bad {
            #expect(throws: (any Error).self) { try run.commit(records) }
            #expect(
                try run.job.status(1)?.outcome.attempts == 0 && run.job.status(1)?.outcome.result == .pending)
            #expect(try run.job.totals()[PlanClass.unread] == 5)
        }
        try run.commit([.project(1, .intent(number: 1, at: 2))])
        #expect(try run.job.status(1)?.outcome.attempts == 1)
    }

    @Test func anAttemptEndsOnce() throws {
        let run = try Folder().kept { try $0.openJob() }.run
        try run.commit([
            .project(1, .planned(Made.item(), at: 1)), .project(1, .intent(number: 1, at: 2)),
            .project(1, .attemptEnded(number: 1, .conflict, Made.failure(409), at: 3)),
        ])
        #expect(throws: (any Error).self) {
            try run.commit([.project(1, .attemptEnded(number: 1, .accepted, nil, at: 4))])
        }
        let again = try run.revision.beginRun("resume", at: 5)
        let work = try #require(try again.openWork(after: 0, limit: 1).first)
        #expect(work.history.last == .conflict)
    }

    @Test func commitThrowsOnAClosedOrReadOnlyJob() throws {
        let folder = try Folder()
        let run = try folder.openJob()
        let records = [JournalRecord.project(1, .planned(Made.item(), at: 1))]
        try run.job.close()
        #expect(throws: (any Error).self) { try run.commit(records) }
        let reader = try Job.open(folder.job, for: .read)
        #expect(throws: (any Error).self) { try reader.firstRevision.beginRun("apply", at: 2) }
        #expect(try reader.totals()[PlanClass.unread] == 6)
    }
}

/// A job and the folder that it needs.
struct KeptJob {
    let folder: Folder
    let run: Run
}

extension Folder {
    func kept(_ make: (Folder) throws -> Run) throws -> KeptJob {
        KeptJob(folder: self, run: try make(self))
    }
}
