import AtlasAPI
import MigrationCore
import Testing

/// Goal: whole runs keep their promises: concurrency, pace, one request a project, every project accounted for, and an
/// end. Method: the rig, with good and with stormy weather.
@Suite struct RunTests {
    @Test func nothingToDoMakesNoRequest() {
        let rig = Rig(projects: 0)
        #expect(rig.run() == .completed && rig.sent.isEmpty && rig.records.isEmpty && rig.turns <= 3)
    }

    @Test(arguments: [1, 3, 8]) func goodWeather(concurrency: Int) {
        let rig = Rig(projects: 20) { $0.concurrency = concurrency }
        #expect(rig.run() == .completed && rig.count(.changed) == 20)
        #expect(rig.patches.count == 20 && rig.calls.count == 60)
        #expect(rig.paths("/api/oauth/token") == 1 && rig.paths("/api/oauth/revoke") == 1)
        #expect(rig.paths("/api/atlas/v2/orgs") == 1)
        #expect(rig.sent.last?.request.path == "/api/oauth/revoke")
        guard case .run(.organisation(Sample.organisation))? = rig.records.first else {
            Issue.record("the job is not bound")
            return
        }
    }

    @Test func allOfTheConcurrencyIsUsed() {
        let rig = Rig(projects: 40, tokens: false) { $0.concurrency = 4 }
        rig.run()
        // 40 projects with three calls of 0.1 s each, four at a time, and the probe.
        #expect(rig.seconds < 3.5)
    }

    @Test func paceIsKept() {
        let rig = Rig(projects: 10) { $0.patchInterval = .seconds(2) }
        #expect(rig.run() == .completed && rig.count(.changed) == 10)
        #expect(rig.seconds > 18 && rig.seconds < 20)
    }

    @Test func aSlowPaceLooksAgainBeforeThePATCH() {
        let rig = Rig(projects: 4) { $0.patchInterval = .seconds(120) }
        rig.run()
        #expect(rig.count(.changed) == 4)
        for patch in rig.patches {
            let look = rig.calls.last { $0.project == patch.project && !$0.isPatch && $0.at < patch.at }
            #expect(look.map { patch.at - $0.at <= .seconds(31) } == true)
        }
    }

    @Test func aChangeInTheWaitIsSeen() {
        let rig = Rig(projects: 2) { $0.patchInterval = .seconds(120) }
        rig.beforeTurn = { rig in
            if rig.patches.count == 1 { rig.atlas.states[Sample.project(2)] = Sample.google(key: "moved") }
        }
        rig.run()
        #expect(rig.count(.changed) == 1 && rig.count(.drifted) == 1 && rig.patches.count == 1)
    }

    /// Each project meets some fault at most twice.
    @Test(arguments: 1...12 as ClosedRange<UInt64>) func storm(seed: UInt64) {
        let rig = Rig(projects: 30, tokens: seed % 2 == 0, seed: seed) {
            $0.patchInterval = .milliseconds(200)
        }
        var dice = Dice(seed: seed)
        rig.atlas.fault = { call in
            guard call.project != nil, call.ordinal <= 2 else { return nil }
            switch Int.random(in: 0..<14, using: &dice) {
            case 0: return FakeAtlas.error(500, "UNEXPECTED_ERROR")
            case 1: return FakeAtlas.answer(503, "<html>")
            case 2: return FakeAtlas.error(429, "RATE_LIMITED_TOKEN_BUCKET", [("Retry-After", "2")])
            case 3: return FakeAtlas.error(429, "RATE_LIMITED")
            case 4: return .sentNoAnswer(TransportFailure(.reset, "cut"))
            case 5: return .notSent(TransportFailure(.connect, "no"))
            case 6: return call.isPatch ? FakeAtlas.error(409, "ANY") : nil
            case 7: return call.isPatch ? FakeAtlas.error(400, "CANNOT_ASSUME_ROLE") : nil
            case 8: return call.isPatch ? FakeAtlas.error(405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES") : nil
            case 9: return FakeAtlas.error(409, "AUTOMATION_CONFIG_CONCURRENT_MODIFICATION")
            case 10: return FakeAtlas.answer(200, "odd")
            default: return nil
            }
        }
        #expect(rig.run() == .completed)
        #expect(rig.outcomes.count == 30 && rig.count(.changed) + rig.count(.unknown) == 30)
        for (ordinal, outcome) in rig.outcomes where outcome.result == .changed {
            #expect(rig.atlas.states[Sample.project(ordinal)]?.searchNodes == true)
        }
    }

    @Test func aStopInTheMiddleLeavesTheRest() {
        for moment in 1...60 {
            let rig = Rig(projects: 20) { $0.concurrency = 4 }
            rig.beforeTurn = { rig in
                if rig.turns == moment { rig.happened.append(.stopRequested(.signal)) }
            }
            let end = rig.run()
            #expect(end == .stopped(.signal) || end == .completed)
            #expect(Set(rig.outcomes.values.map(\.result)).isSubset(of: [.changed, .unknown]))
            // No PATCH without its end, and none without a look afterwards.
            let ends = rig.records.filter { if case .project(_, .attemptEnded) = $0 { true } else { false } }
            #expect(ends.count == rig.patches.count && rig.outcomes.count == rig.patches.count)
        }
    }

    @Test func aStopDuringAHoldDoesNotWait() {
        let rig = Rig(projects: 5)
        rig.atlas.fault = {
            $0.isPatch ? FakeAtlas.error(429, "RATE_LIMITED", [("Retry-After", "600")]) : nil
        }
        rig.beforeTurn = { rig in
            if !rig.patches.isEmpty { rig.happened.append(.stopRequested(.maxDuration)) }
        }
        #expect(rig.run() == .stopped(.maxDuration) && rig.seconds < 10 && rig.outcomes.isEmpty)
    }

    @Test func aPlanReadsWithoutPATCH() {
        let rig = Rig(projects: 12, isPlan: true)
        rig.atlas.states[Sample.project(3)] = nil
        #expect(rig.run() == .completed && rig.patches.isEmpty && rig.plans.count == 12)
        #expect(rig.plans.filter { $0.planClass == .reversible }.count == 11)
        #expect(rig.plans.first { $0.planClass == .blocked }?.reason == .notFound)
    }

    @Test func memoryIsNotTheFleets() {
        let rig = Rig(projects: 200) { $0.concurrency = 3 }
        var most = 0
        rig.beforeTurn = { most = max(most, $0.engine.projectsInPlay) }
        rig.run()
        #expect(most == 3 && rig.count(.changed) == 200)
    }
}
