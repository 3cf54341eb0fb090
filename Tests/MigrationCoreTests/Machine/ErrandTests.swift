import TargetFiles
import AtlasAPI
import MigrationCore
import Testing

/// Goal: what a failed read costs, what is told of it and what a stop leaves are the same for every kind of work.
/// Method: one of each kind driven by hand; a check whose reads never come.
@Suite struct ErrandTests {
    /// Each kind of work, by the step that it begins with.
    static let kinds: [Step] = [.list, .planName, .planRoles, .reread, .look]
    static let failure = Failure(status: 409, code: "C", detail: nil)

    static func errand(_ kind: Step) -> Errand { Errand(procedure(kind), now: Instant(nanoseconds: 0)) }

    static func procedure(_ kind: Step) -> any Procedure {
        let (project, settings) = (Sample.project(1), RunSettings())
        switch kind {
        case .list: return PageReading(ordinal: -1, organisation: nil, page: 1, settings: settings)
        case .planName:
            let aim = RoleAim(
                provider: .googleCloudKms, makes: true, needsKey: false, rolePatience: .seconds(600),
                lookPatience: .seconds(60), settings: settings)
            return RoleMaking(item: RoleItem(ordinal: 1, project: project, name: nil), aim: aim)
        case .planRoles:
            return ProjectReading(ordinal: 1, project: project, purpose: .survey, settings: settings)
        case .reread:
            let target = ResolvedTarget(provider: nil, searchNodes: true)
            let decision = PlanDecision(target: target, filter: Filter(), givenName: nil)
            let item = RereadItem(
                ordinal: 1, project: project, expectation: .target(decision), outcome: Outcome(.unchanged))
            return Reread(item: item, settings: settings, isGate: false)
        default:
            let item = WorkItem(
                ordinal: 1, project: project, change: Sample.toSearch, history: AttemptHistory())
            return ProjectChange(item: item, settings: settings)
        }
    }

    /// - Returns: the steps of the troubles that were told, and the time that it took.
    static func run(_ errand: inout Errand, _ ends: [CallEnd]) -> (told: [Step], lasted: Duration) {
        var (now, dice) = (Now(instant: Instant(nanoseconds: 0), wall: 5), Dice(seed: 1))
        var told: [Step] = []
        for end in ends {
            guard let call = errand.call else { break }
            now.instant = max(now.instant, call.notBefore)
            #expect(errand.willSend(now: now).isEmpty && errand.isInFlight)
            for case .run(.troubledRead(_, let step, _, _, _)) in errand.ended(end, now: now, dice: &dice) {
                told.append(step)
            }
        }
        return (told, now.instant - Instant(nanoseconds: 0))
    }

    @Test(arguments: kinds) func everyFailedReadIsToldAndFiveAreTheEnd(kind: Step) {
        for (end, tries) in [
            (CallEnd.failed(.conflict, Self.failure), 5), (.succeeded(.null, status: 200), 5),
            (.failed(.refused, Self.failure), 1), (.denied(Self.failure), 1),
        ] {
            var errand = Self.errand(kind)
            #expect(errand.call?.step == kind)
            let (told, lasted) = Self.run(&errand, Array(repeating: end, count: 9))
            #expect(told == Array(repeating: kind, count: tries), "\(end)")
            #expect(errand.ending == .settled(halts: nil))
            #expect(tries == 1 || lasted > .seconds(5), "the tries are apart")
        }
    }

    @Test(arguments: kinds) func whatIsTheRunsIsToldAndCostsNoTry(kind: Step) {
        var errand = Self.errand(kind)
        let ends = [CallEnd.outage(.transient, Self.failure), .heldBack(.throttled, Self.failure)]
        let (told, _) = Self.run(&errand, Array(repeating: ends, count: 10).flatMap { $0 })
        #expect(told.count == 20 && errand.call?.step == kind && !errand.isInFlight)
    }

    @Test(arguments: kinds, [false, true]) func aStopLetsNothingNewLeave(kind: Step, isAway: Bool) throws {
        let now = Now(instant: Instant(nanoseconds: 0), wall: 5)
        var (errand, dice) = (Self.errand(kind), Dice(seed: 1))
        var records = isAway ? errand.willSend(now: now) : []
        records += errand.drain(now: now)
        if isAway {
            #expect(errand.call?.step == kind, "what is under way may still arrive")
            records += errand.ended(.failed(.conflict, Self.failure), now: now, dice: &dice)
        }
        #expect(errand.ending == .left && records.count == (isAway ? 1 : 0))
    }

    /// The patience of a check that an earlier run began starts with its first read, also with one that fails.
    @Test(arguments: [Verdict.transient, .conflict, .noAnswer]) func aCheckThatNobodyAnswersEnds(
        verdict: Verdict
    ) {
        var bench = MachineBench(history: MachineBench.history([.accepted]))
        var reads = 0
        while bench.ending == nil, reads < 50 {
            bench.run([.fail(verdict)])
            reads += 1
            #expect(bench.ending != nil || bench.wait > .zero, "not at once")
        }
        #expect(bench.result == "unknown/still_old/accepted/1" && reads < 50)
        let lasted = Duration.nanoseconds(bench.now.instant.nanoseconds)
        #expect(lasted >= .seconds(60) && lasted < .seconds(600))
    }

    /// What arrives while the run stops and settles the project is its result, though nothing more may leave.
    @Test func theLastReadOfACheckDecidesAlsoWhileTheRunStops() {
        var bench = CheckTests.accepted()
        let dead = MachineBench.End.state(Sample.google(valid: false, search: true))
        bench.run([dead, dead])
        bench.advance(.seconds(60))
        bench.send()
        bench.drain()
        bench.end(dead)
        #expect(bench.result == "failed/not_valid_after_change/read_back/1")
    }

    /// Refused for good, after one that may have been applied: the last look decides, whether the stop comes before the
    /// refusal or while that look waits.
    @Test(arguments: [false, true]) func aRefusalAfterAnOpenPatchIsUnknownWhenTheRunStops(stopsFirst: Bool) {
        var bench = MachineBench()
        bench.run([.state(Sample.google()), .fail(.noAnswer), .state(Sample.google())])
        #expect(bench.step == .change)
        bench.send()
        if stopsFirst { bench.drain() }
        bench.end(.fail(.refused))
        if !stopsFirst { bench.drain() }
        #expect(bench.step == .look && bench.result == nil)
        var taken = bench
        taken.run([.state(Sample.google(search: true))])
        #expect(taken.result == "changed/-/valid/2")
        bench.run([.fail(.transient)])
        #expect(bench.result == "unknown/outcome_unknown/none/2")
    }
}
