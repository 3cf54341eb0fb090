import AtlasAPI
import MigrationCore
import TargetFiles
import Testing

/// Goal: no wait passes what is left of the patience, each long one has a name, and what a server asked for is kept by
/// the next process. Method: the rig with servers that ask for hours.
@Suite struct WaitTests {
    static func asks(_ status: Int, _ seconds: Int) -> Reply {
        FakeAtlas.answer(
            status, status == 429 ? #"{"errorCode":"RATE_LIMITED_TOKEN_BUCKET"}"# : "<html>",
            [("Retry-After", String(seconds))])
    }

    enum Place: String, CaseIterable, Sendable { case token, identity, read, patch }

    static func isAt(_ place: Place, _ call: FakeAtlas.Call) -> Bool {
        switch place {
        case .token: call.isToken
        case .identity: call.isIdentity
        case .read: call.project != nil && !call.isPatch
        case .patch: call.isPatch
        }
    }

    @Test(arguments: Place.allCases, [429, 503]) func hoursEndTheRunAtItsPatience(place: Place, status: Int) {
        for patience in [7, 120, 900] {
            let rig = Rig(projects: 3) { $0.outagePatience = .seconds(patience) }
            rig.atlas.fault = { Self.isAt(place, $0) ? Self.asks(status, 7200) : nil }
            let cause = TroubleTests.cause(rig.run())
            #expect(cause == (status == 429 ? .rateLimit : .outage))
            #expect(rig.seconds >= Double(patience) && rig.seconds < Double(patience) + 7, "\(rig.seconds)")
            let told = rig.notices.contains { notice in
                guard case .rateLimited(let wait, let left?, _) = notice else { return false }
                return wait == .seconds(7200) && left <= .seconds(patience)
            }
            #expect(told, "\(rig.notices)")
            #expect(rig.sent.filter { Self.isAt(place, .of($0.request)) }.count <= 3)
        }
    }

    @Test(arguments: Place.allCases, [429, 503]) func aWaitWithinThePatienceIsKept(place: Place, status: Int)
    {
        let rig = Rig(projects: 3)
        rig.atlas.fault = { Self.isAt(place, $0) && $0.ordinal == 1 ? Self.asks(status, 100) : nil }
        #expect(rig.run() == .completed && rig.count(.changed) == 3)
        #expect(rig.seconds >= 100 && rig.seconds < 300, "\(rig.seconds)")
    }

    /// The exit code that is announced is the one that the run will have: 6 when what it waits for is an open outcome.
    @Test(arguments: Place.allCases, [429, 503]) func whatTheRunLeavesOpenIsKnownAtOnce(
        place: Place, status: Int
    ) {
        let scope = RunScope(budget: FailureBudget(.count(100), of: 100), toDo: 3)
        let rig = Rig(projects: 3, scope: scope) { $0.outagePatience = .seconds(60) }
        rig.atlas.fault = { Self.isAt(place, $0) ? Self.asks(status, 7200) : nil }
        var announced: [Bool] = []
        rig.afterTurn = { turn, _ in
            for case .rateLimited(_, _?, _) in turn.notices { announced.append(turn.leavesOpen) }
        }
        #expect(TroubleTests.cause(rig.run()) != nil && !announced.isEmpty)
        #expect(announced.allSatisfy { $0 == (rig.count(.unknown) > 0) }, "\(announced) \(rig.outcomes)")
        #expect((rig.count(.unknown) > 0) == (place == .patch && status == 503))
    }

    static func kept(_ records: [JournalRecord]) -> [KeptHold] {
        records.compactMap { if case .run(.held(let hold)) = $0 { hold } else { nil } }
    }

    /// The process dies when it has heard, and the next one begins with what was written down.
    @Test(arguments: Place.allCases, [429, 503]) func theNextProcessKeepsIt(place: Place, status: Int) {
        let first = Rig(projects: 3) { $0.outagePatience = .seconds(7) }
        first.atlas.fault = { Self.isAt(place, $0) ? Self.asks(status, 600) : nil }
        _ = first.run()
        let holds = Self.kept(first.records)
        #expect(!holds.isEmpty && holds.allSatisfy { $0.until - $0.at >= 600_000 })

        let next = Rig(projects: 3)
        next.atlas.fault = {
            Self.isAt(place, $0) && $0.now < Instant(nanoseconds: 580_000_000_000)
                ? Self.asks(status, 9) : nil
        }
        next.happened = [.held(holds)]
        #expect(next.run() == .completed && next.count(.changed) == 3)
        let early = next.sent.filter {
            Self.isAt(place, .of($0.request)) && $0.at < Instant(nanoseconds: 590_000_000_000)
        }
        // Of the three buckets only those that were met are held.
        let held = Set(holds.compactMap(\.project))
        #expect(!early.contains { $0.project.map { held.contains($0) } ?? true })
    }

    @Test func aClockThatWasSetDoesNotMakeItLonger() {
        let hold = KeptHold(
            place: .everything, ordinal: 1, project: nil, at: 1000, until: 61_000, status: 429, code: nil)
        #expect(hold.left(now: 1000) == .seconds(60) && hold.left(now: 41_000) == .seconds(20))
        #expect(hold.left(now: 61_000) == nil && hold.left(now: 99_000) == nil)
        #expect(hold.left(now: -200_000) == .seconds(60) && hold.left(now: -86_400_000) == nil)
    }

    /// Each turn in which nothing is done and nothing is under way says what is waited for.
    @Test func everyWaitHasItsName() {
        let rig = Rig(projects: 4) { $0.patchInterval = .seconds(20) }
        rig.atlas.fault = { call in
            guard let project = call.project, call.ordinal == 1 else {
                return call.isToken && call.ordinal == 1 ? Self.asks(503, 40) : nil
            }
            return project == Sample.project(1) && call.isPatch
                ? Self.asks(429, 90)
                : project == Sample.project(2) && !call.isPatch ? FakeAtlas.answer(500, "") : nil
        }
        var causes: [Waiting.Cause] = []
        rig.afterTurn = { turn, now in
            guard let wakeAt = turn.wakeAt, wakeAt - now.instant > .seconds(5), let waiting = turn.waiting
            else { return }
            causes.append(waiting.cause)
            if case .answers = waiting.cause { return }
            #expect(waiting.until.map { $0 >= wakeAt } == true)
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 4)
        #expect(causes.contains(.pace))
        #expect(causes.contains { if case .asked = $0 { true } else { false } })
    }
}

extension FakeAtlas.Call {
    fileprivate static func of(_ request: HTTPRequest) -> FakeAtlas.Call {
        FakeAtlas.Call(
            request: request, project: FakeAtlas.project(in: request.path), ordinal: 1,
            now: Instant(nanoseconds: 0))
    }
}
