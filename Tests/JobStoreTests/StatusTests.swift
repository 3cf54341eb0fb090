import AtlasAPI
import JobStore
import MigrationCore
import Testing

/// Goal: `status` tells the truth of every project, also when a run died before it could. Method: attempts in every
/// state, and what is said of them; the attempts are read back as the machine's history.
@Suite struct StatusTests {
    struct Row: Sendable {
        /// nil: the run died before its end was written.
        var verdicts: [Verdict?]
        var sawWanted = false
        var result: ProjectResult
        var attempts: Int
    }

    static let rows =
        Verdict.allCases.map { verdict in
            let mayHave = [.transient, .youngRole, .noAnswer, .accepted].contains(verdict)
            return Row(
                verdicts: [verdict], result: mayHave ? .unknown : .pending,
                attempts: verdict.treatment.isAttempt ? 1 : 0)
        } + [
            Row(verdicts: [], result: .pending, attempts: 0),
            Row(verdicts: [nil], result: .unknown, attempts: 1),
            Row(verdicts: [nil, .conflict], result: .pending, attempts: 2),
            Row(verdicts: [.conflict, nil], result: .unknown, attempts: 2),
            Row(verdicts: [.transient, .throttled, .notSent], result: .unknown, attempts: 1),
            Row(verdicts: [.conflict], sawWanted: true, result: .unknown, attempts: 1),
        ]

    static func attempts(_ verdicts: [Verdict?], from first: Int = 1) -> [JournalRecord] {
        verdicts.enumerated().flatMap { index, verdict -> [JournalRecord] in
            let number = first + index
            let intent = JournalRecord.project(1, .intent(number: number, at: 100))
            guard let verdict else { return [intent] }
            let failure = verdict == .accepted ? nil : Made.failure(400)
            return [intent, .project(1, .attemptEnded(number: number, verdict, failure, at: 110))]
        }
    }

    @Test(arguments: rows) func afterACrash(row: Row) throws {
        let kept = try Folder().kept { try $0.openJob() }
        try kept.run.commit([.project(1, .planned(Made.item(), at: 1))] + Self.attempts(row.verdicts))
        if row.sawWanted { try kept.run.commit([.project(1, .sawWanted(number: 1))]) }
        let status = try #require(try kept.run.job.status(1))
        #expect(status.outcome.result == row.result && status.outcome.attempts == row.attempts)
        #expect(status.outcome.verified == .none && status.outcome.finishedAt == nil)
        #expect(status.outcome.startedAt == (row.attempts > 0 ? 100 : nil))

        let again = try kept.run.revision.beginRun("resume", at: 200)
        let history = try #require(try again.openWork(after: 0, limit: 1).first?.history)
        #expect(history.attempts == row.attempts && history.lastNumber == row.verdicts.count)
        // The view and the machine must agree on what is open.
        #expect(history.isOpen == (row.result == .unknown) && history.sawWanted == row.sawWanted)
    }

    @Test(arguments: ProjectResult.allCases.filter { ![.excluded, .pending].contains($0) })
    func anOutcomeIsReadBack(result: ProjectResult) throws {
        let kept = try Folder().kept { try $0.openJob() }
        let outcome = Made.outcome(result, .stillOld, attempts: 3)
        try kept.run.commit([.project(1, .planned(Made.item(), at: 1)), .project(1, .outcome(outcome))])
        let status = try #require(try kept.run.job.status(1))
        #expect(status.outcome == outcome && status.planClass == .irreversible && status.name == "live")
        let isOpen = try !kept.run.openWork(after: 0, limit: 1).isEmpty
        #expect(isOpen == (result == .unknown))
    }

    @Test(
        arguments: [
            (.noop, nil, .unchanged, .valid), (.excluded, nil, .excluded, .none),
            (.blocked, .roleMissing, .blocked, .none), (.reversible, nil, .pending, .none),
            (.irreversible, nil, .pending, .none),
        ] as [(PlanClass, Reason?, ProjectResult, Verification)])
    func byPlan(planClass: PlanClass, reason: Reason?, result: ProjectResult, verified: Verification) throws {
        let kept = try Folder().kept { try $0.openJob() }
        try kept.run.commit([.project(2, .planned(Made.item(planClass, reason), at: 1))])
        let outcome = try #require(try kept.run.job.status(2)?.outcome)
        #expect(outcome.result == result && outcome.reason == reason && outcome.verified == verified)
        #expect(outcome.detail == reason.map { "why \($0.rawValue)" })
    }

    @Test func aLaterRunOvertakesAnUnknownOutcome() throws {
        let kept = try Folder().kept { try $0.openJob() }
        let run = kept.run
        try run.commit(
            [.project(1, .planned(Made.item(), at: 1))] + Self.attempts([.transient])
                + [.project(1, .outcome(Made.outcome(.unknown, .outcomeUnknown)))])
        let again = try run.revision.beginRun("resume", at: 20)
        #expect(try run.job.status(1)?.outcome.reason == .outcomeUnknown)
        // The PATCH of this run was refused for now, and then the run was stopped.
        try again.commit(Self.attempts([.conflict], from: 2))
        let outcome = try #require(try run.job.status(1)?.outcome)
        #expect(outcome.result == .pending && outcome.reason == nil && outcome.attempts == 2)
        try again.commit([.project(1, .outcome(Made.outcome(.changed, attempts: 3)))])
        #expect(try run.job.status(1)?.outcome.result == .changed && run.job.totals()[.changed] == 1)
    }

    @Test func totalsAreCountedFromTheRows() throws {
        let kept = try Folder().kept { try $0.openJob() }
        let run = kept.run
        try run.commit([
            .project(1, .planned(Made.item(), at: 1)), .project(2, .planned(Made.item(), at: 1)),
            .project(3, .planned(Made.item(.reversible), at: 1)),
            .project(4, .planned(Made.item(.blocked, .roleMissing), at: 1)),
            .project(5, .planned(Made.item(.noop), at: 1)), .project(1, .outcome(Made.outcome(.changed))),
            .project(2, .intent(number: 1, at: 3)),
        ])
        let totals = try run.job.totals()
        #expect(
            totals.projects == 6 && totals[.changed] == 1 && totals[.unknown] == 1 && totals[.pending] == 2)
        #expect(totals[.unchanged] == 1 && totals[ProjectResult.blocked] == 1 && totals[.failed] == 0)
        #expect(totals[PlanClass.irreversible] == 2 && totals.irreversibleToDo == 1 && totals.toDo == 2)
        var unknown: [Int] = []
        try run.job.forEachStatus(matching: [.unknown, .changed]) { unknown.append($0.ordinal) }
        #expect(unknown == [1, 2])
    }

    @Test func troubledReadsAreKept() throws {
        let kept = try Folder().kept { try $0.openJob() }
        try kept.run.commit([
            .run(.troubledRead(ordinal: 1, .look, .transient, Made.failure(503), at: 1)),
            .run(.troubledRead(ordinal: 1, .planState, .noAnswer, nil, at: 2)),
        ])
        #expect(try kept.run.job.status(1)?.outcome.result == .pending)
    }
}
