import AtlasAPI
import MigrationCore
import TargetFiles
import Testing

/// Goal: the run's own trouble is told from the projects': outage, refusals, maintenance, rate limits, version. Method:
/// the rig with one kind of fault.
@Suite struct TroubleTests {
    static let reset = Reply.sentNoAnswer(TransportFailure(.reset, "cut"))

    static func cause(_ end: RunEnd?) -> Halt.Cause? {
        if case .halted(let halt)? = end { halt.cause } else { nil }
    }

    /// Of everything but the token and the first identity.
    private static func isDown(_ call: FakeAtlas.Call) -> Bool {
        call.project != nil || (call.isIdentity && call.ordinal > 1)
    }

    @Test(arguments: [1, 3, 5, 12]) func anOutageHoldsProbesAndHalts(projects: Int) {
        let rig = Rig(projects: projects)
        rig.atlas.fault = { Self.isDown($0) ? Self.reset : nil }
        var opened = Instant(nanoseconds: 0)
        rig.afterTurn = { turn, now in
            if projects < 5,
                turn.notices.contains(where: { if case .outageBegan = $0 { true } else { false } })
            {
                opened = now.instant
            }
        }
        #expect(Self.cause(rig.run()) == .outage)
        #expect(rig.seconds >= 900 && rig.seconds < 1000 && rig.outcomes.isEmpty && rig.patches.isEmpty)
        #expect(rig.notices.contains { if case .outageBegan = $0 { true } else { false } })
        // All in flight at first, and few are tried again until the probe has told; then one probe at a time, 5 to
        // 60 s apart.
        let first = min(8, projects)
        #expect(rig.calls.prefix(first).allSatisfy { $0.at == rig.calls[0].at })
        let probes = rig.calls.dropFirst(first).map(\.at).filter { $0 >= opened }
        #expect(probes.count > 10 && probes.count < 30)
        for (one, next) in zip(probes, probes.dropFirst()) { #expect(next - one >= .seconds(5)) }
        for (one, next) in zip(probes.dropFirst(5), probes.dropFirst(6)) {
            #expect(next - one >= .seconds(60))
        }
    }

    /// Three look while the other five fail, and their PATCHes are due when it begins: a probe is a GET all the same.
    @Test func anOutageHoldsThePATCHesThatAreDue() {
        let rig = Rig(projects: 8)
        let good = Set((1...3).map { Sample.project($0) })
        var looked: Set<ProjectID> = []
        rig.atlas.fault = { call in
            guard let project = call.project else { return nil }
            return good.contains(project) && looked.insert(project).inserted ? nil : Self.reset
        }
        #expect(Self.cause(rig.run()) == .outage)
        #expect(looked == good && rig.patches.isEmpty && rig.calls.count > 12)
    }

    @Test func anOutageThatPassesCostsNothing() {
        let rig = Rig(projects: 12)
        rig.atlas.fault = { call in
            call.project != nil && call.now < Instant(nanoseconds: 300_000_000_000)
                ? FakeAtlas.answer(502, "<html>") : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 12 && rig.patches.count == 12)
        #expect(rig.notices.contains(.outageEnded) && rig.seconds < 420)
    }

    @Test func afterAnOutageTheStartIsSlowAgain() throws {
        let scope = RunScope(budget: FailureBudget(.count(100), of: 100), toDo: 100)
        let rig = Rig(projects: 100, scope: scope) { $0.concurrency = 8 }
        rig.latency = .seconds(1)
        rig.atlas.fault = { call in
            let seconds = call.now.nanoseconds / 1_000_000_000
            return call.project != nil && (30..<200).contains(seconds) ? FakeAtlas.answer(503, "") : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 100)
        let times = rig.calls.map { Double($0.at.nanoseconds) / 1e9 }
        /// Requests under way at the busiest moment.
        func mostAtOnce(_ range: Range<Double>) -> Int {
            times.filter(range.contains).map { one in times.count { $0 <= one && one < $0 + 1 } }.max() ?? 0
        }
        #expect(mostAtOnce(0..<5) == 1 && mostAtOnce(20..<29) == 8)
        let probe = try #require(times.first { $0 >= 200 })
        // A project takes three requests, so nobody has ended before that.
        #expect(mostAtOnce(probe..<(probe + 2)) == 1 && mostAtOnce((probe + 20)..<(probe + 40)) == 8)
    }

    @Test func fewFailingProjectsAreNoOutage() {
        let rig = Rig(projects: 30)
        let bad = Set((1...4).map { Sample.project($0) })
        rig.atlas.fault = { call in
            call.project.map(bad.contains) == true && call.isPatch ? FakeAtlas.error(500, "X") : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 26 && rig.count(.unknown) == 4)
        #expect(rig.patches.filter { $0.project == Sample.project(1) }.count == 5)
    }

    /// One project, or a few in a row, with reads that fail for good: the probe clears the server.
    @Test(arguments: [(1, 1), (1, 8), (4, 1), (30, 1), (30, 8)])
    func aLastingFailureIsTheProjectsOwn(projects: Int, concurrency: Int) {
        let bad = Set((1...min(4, projects)).map { Sample.project($0) })
        for fault in [FakeAtlas.error(500, "X"), FakeAtlas.answer(502, "<html>"), Self.reset] {
            let rig = Rig(projects: projects, isPlan: true) { $0.concurrency = concurrency }
            rig.atlas.fault = { $0.project.map(bad.contains) == true ? fault : nil }
            #expect(rig.run() == .completed && rig.plans.count == projects)
            #expect(rig.plans.filter { $0.reason == .readFailed }.count == bad.count)
            for project in bad { #expect(rig.calls.filter { $0.project == project }.count == readTries) }
            #expect(!rig.notices.contains { if case .outageBegan = $0 { true } else { false } })
            #expect(rig.paths("/api/atlas/v2/orgs") <= 1 + bad.count * readTries / 3 + 1)
        }
    }

    /// Nothing could be sent three times: no probe is needed to know.
    @Test(arguments: [TransportFailure.Kind.resolve, .connect, .tls, .timeout])
    func threeConnectionsThatComeToNothing(kind: TransportFailure.Kind) {
        let rig = Rig(projects: 1)
        let over = Instant(nanoseconds: 300_000_000_000)
        rig.atlas.fault = { call in
            Self.isDown(call) && call.now < over ? .notSent(TransportFailure(kind, "no way")) : nil
        }
        var probes: Int?
        rig.afterTurn = { turn, _ in
            let began = turn.notices.contains { if case .outageBegan = $0 { true } else { false } }
            if began, probes == nil { probes = rig.paths("/api/atlas/v2/orgs") }
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 1 && probes == 1)
    }

    /// One project in play, and Atlas gone for ten minutes.
    @Test(arguments: [1, 3]) func anOutageOfFewIsHeldAndSurvived(projects: Int) {
        let rig = Rig(projects: projects)
        let over = Instant(nanoseconds: 600_000_000_000)
        rig.atlas.fault = { Self.isDown($0) && $0.now < over ? FakeAtlas.answer(503, "") : nil }
        #expect(rig.run() == .completed && rig.count(.changed) == projects)
        #expect(rig.notices.count { if case .outageBegan = $0 { true } else { false } } == 1)
        #expect(rig.notices.count { $0 == .outageEnded } == 1 && rig.patches.count == projects)
    }

    /// The outage is over for all but one, whose reads fail for good: it ends as its own.
    @Test func afterTheOutageTheTroubleIsItsOwn() {
        let rig = Rig(projects: 1, isPlan: true)
        let over = Instant(nanoseconds: 200_000_000_000)
        rig.atlas.fault = { call in
            call.project != nil || (Self.isDown(call) && call.now < over) ? FakeAtlas.error(500, "X") : nil
        }
        #expect(rig.run() == .completed && rig.plans.map(\.reason) == [.readFailed])
        #expect(rig.notices.contains(.outageEnded) && rig.seconds < 900)
    }

    /// A stop while the probe is out leaves the project as it was.
    @Test func aStopWhileTheProbeIsOut() {
        let rig = Rig(projects: 1, isPlan: true)
        rig.atlas.fault = { $0.project != nil ? FakeAtlas.error(500, "X") : nil }
        rig.beforeTurn = { rig in
            if rig.paths("/api/atlas/v2/orgs") == 2, rig.engine.end == nil {
                rig.happened.append(.stopRequested(.signal))
            }
        }
        #expect(rig.run() == .stopped(.signal) && rig.plans.isEmpty)
    }

    @Test func theSameRefusalFiveTimesHalts() {
        let rig = Rig(projects: 20) { $0.concurrency = 1 }
        rig.atlas.fault = { $0.isPatch ? FakeAtlas.error(400, "VALIDATION_ERROR") : nil }
        #expect(Self.cause(rig.run()) == .sameRefusal)
        #expect(rig.count(.failed) == 5 && rig.patches.count == 5 && rig.outcomes.count == 5)
    }

    @Test(arguments: ["other", "good", "passing"]) func anyOtherEndResetsTheStreak(kind: String) {
        let rig = Rig(projects: 12) { $0.concurrency = 1 }
        let fifth = Set([5, 10].map { Sample.project($0) })
        rig.atlas.fault = { call in
            guard call.isPatch, let project = call.project else { return nil }
            guard fifth.contains(project) else { return FakeAtlas.error(400, "VALIDATION_ERROR") }
            switch kind {
            case "other": return FakeAtlas.error(400, "INVALID_ATTRIBUTE")
            case "passing": return call.ordinal == 1 ? FakeAtlas.error(409, "ANY") : nil
            default: return nil
            }
        }
        #expect(rig.run() == .completed && rig.outcomes.count == 12)
    }

    @Test func maintenanceHoldsAllAndPasses() {
        let rig = Rig(projects: 12)
        let over = Instant(nanoseconds: 200_000_000_000)
        rig.atlas.fault = { call in
            call.isPatch && call.now < over
                ? FakeAtlas.error(405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES") : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 12 && rig.seconds > 200)
        #expect(rig.outcomes.values.allSatisfy { $0.attempts == 1 })
        #expect(rig.notices.contains(.maintenanceBegan))
    }

    @Test(
        arguments: [
            (405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES", .maintenance), (429, "RATE_LIMITED", .rateLimit),
            (429, "RATE_LIMITED_TOKEN_BUCKET", .rateLimit),
        ] as [(Int, String, Halt.Cause)]) func aHoldOfPATCHesHaltsAfterThePatience(
            status: Int, code: String, cause: Halt.Cause
        )
    {
        let rig = Rig(projects: 3)
        rig.atlas.fault = { $0.isPatch ? FakeAtlas.error(status, code) : nil }
        #expect(Self.cause(rig.run()) == cause && rig.seconds >= 900 && rig.seconds < 1000)
        #expect(rig.outcomes.isEmpty && rig.patches.count < 200)
    }

    @Test func aTokenBucketHoldsOneProjectOnly() {
        let rig = Rig(projects: 6)
        rig.atlas.fault = { call in
            call.project == Sample.project(1) && call.isPatch && call.ordinal == 1
                ? FakeAtlas.error(429, "RATE_LIMITED_TOKEN_BUCKET", [("Retry-After", "100")]) : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 6)
        let others = rig.patches.filter { $0.project != Sample.project(1) }
        #expect(others.allSatisfy { $0.at < Instant(nanoseconds: 5_000_000_000) } && rig.seconds > 100)
        let late = rig.calls.filter { $0.project == Sample.project(1) }.dropFirst(2)
        #expect(late.allSatisfy { $0.at >= Instant(nanoseconds: 100_000_000_000) })
        #expect(rig.outcomes[1]?.attempts == 1)
    }

    @Test func anyOther429HoldsAll() {
        let rig = Rig(projects: 20) { $0.concurrency = 2 }
        rig.atlas.fault = { call in
            call.project == Sample.project(5) && call.isPatch && call.ordinal == 1
                ? FakeAtlas.answer(429, "slow down", [("Retry-After", "100")]) : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 20)
        let first = rig.patches.first { $0.project == Sample.project(5) }
        let begun = (first?.at ?? Instant(nanoseconds: 0)) + rig.latency
        #expect(!rig.calls.contains { $0.at > begun && $0.at < begun + .seconds(100) })
    }

    /// A 409 that asks for hours is its project's own: the others go on, and it ends by its tries.
    @Test func aConflictThatAsksForHoursEndsNoRun() {
        let rig = Rig(projects: 6)
        rig.atlas.fault = { call in
            call.isPatch && call.project == Sample.project(2)
                ? FakeAtlas.error(409, "ANY", [("Retry-After", "7200")]) : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 5)
        #expect(rig.outcomes[2]?.reason == .attemptsExhausted && rig.seconds < 2000)
        #expect(!rig.notices.contains { if case .rateLimited = $0 { true } else { false } })
    }

    @Test(arguments: [406, 410]) func aVersionThatIsGoneHalts(status: Int) {
        let rig = Rig(projects: 20)
        rig.atlas.fault = { $0.isPatch ? FakeAtlas.error(status, "VERSION_GONE") : nil }
        #expect(Self.cause(rig.run()) == .apiVersion && rig.patches.count <= 8)
    }

    @Test func collateralHaltsAtOnce() {
        let rig = Rig(projects: 20) { $0.patchInterval = .seconds(10) }
        rig.atlas.fault = { call in
            guard call.isPatch, call.project == Sample.project(4) else { return nil }
            rig.atlas.states[Sample.project(4)] = Sample.google(key: "moved", search: true)
            return FakeAtlas.answer(
                200, Sample.wire(Sample.google(key: "moved", search: true)).canonicalText())
        }
        #expect(Self.cause(rig.run()) == .collateralChange)
        #expect(rig.outcomes[4]?.reason == .collateralChange && rig.outcomes.count < 20)
        let patched = Set(rig.patches.compactMap(\.project)).count
        #expect(rig.outcomes.count == patched)
    }

    @Test func aSecretThatIsMissingStopsTheRunAndIsNoOutage() {
        let rig = Rig(projects: 3)
        rig.atlas.fault = { call in
            call.isPatch ? .notSent(TransportFailure(.secretUnavailable, "gone")) : nil
        }
        guard case .environment(let detail)? = rig.run() else {
            Issue.record("the run went on")
            return
        }
        // Nothing is said of the projects: they are left for a run that has the secret.
        #expect(detail.contains("gone") && rig.outcomes.isEmpty)
        #expect(!rig.notices.contains { if case .outageBegan = $0 { true } else { false } })
    }
}
