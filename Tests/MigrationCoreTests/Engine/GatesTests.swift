import AtlasAPI
@testable import MigrationCore
import Testing

/// Goal: what leaves is what nothing holds. Method: the gates alone, told of answers by hand.
@Suite struct GatesTests {
    struct Bench {
        var gates: Gates
        var dice = Dice(seed: 3)

        init(rate: Duration? = nil) {
            var settings = RunSettings()
            settings.patchInterval = rate
            gates = Gates(settings)
        }

        mutating func throttled(_ sender: Gates.Sender, code: String?, seconds: Int64, at second: Int64)
            -> Decision
        {
            var failure = Failure(status: 429, code: code, detail: nil)
            failure.retryAfter = .seconds(seconds)
            return gates.throttled(sender, failure, now: ScheduleTests.now(second), dice: &dice)
        }

        func admits(_ number: Int, mayProbe: Bool = true, at second: Int64) -> Bool {
            gates.admits(
                .encryption(Sample.project(number)), mayProbe: mayProbe,
                now: ScheduleTests.now(second).instant)
        }
    }

    static func sender(_ number: Int, isChange: Bool = false) -> Gates.Sender {
        Gates.Sender(
            ordinal: number, project: Sample.project(number), endpoint: .encryption(Sample.project(number)),
            isChange: isChange)
    }

    /// Atlas's token bucket is the project's own; any other limiter may be everybody's.
    @Test(arguments: [("RATE_LIMITED_TOKEN_BUCKET", true), ("RATE_LIMITED", false), (nil, false)])
    func aLimitHoldsWhatItIsFor(code: String?, isOneProjects: Bool) {
        var bench = Bench()
        let decision = bench.throttled(Self.sender(1), code: code, seconds: 40, at: 0)
        #expect(decision.records.count == 1 && decision.notices.count == 1 && decision.end == nil)
        #expect(!bench.admits(1, at: 39) && bench.admits(2, at: 39) == isOneProjects)
        #expect(bench.gates.isShut(now: ScheduleTests.now(39).instant) == !isOneProjects)
        #expect(bench.admits(1, at: 100) && !bench.gates.isShut(now: ScheduleTests.now(100).instant))
    }

    /// "The server asks to wait" is only said when it did, and our own backoff leaves time for a last try.
    @Test(arguments: [nil, Duration.zero]) func aBackoffOfOursIsNotTheServersWord(asked: Duration?) {
        for seed: UInt64 in 1...50 {
            var settings = RunSettings()
            settings.outagePatience = .seconds(7)
            var (gates, dice) = (Gates(settings), Dice(seed: seed))
            var failure = Failure(status: 429, code: "RATE_LIMITED", detail: nil)
            failure.retryAfter = asked
            for second: Int64 in [0, 5] {
                let decision = gates.throttled(
                    Self.sender(1), failure, now: ScheduleTests.now(second), dice: &dice)
                #expect(decision.notices.isEmpty && decision.records.isEmpty && decision.end == nil)
            }
            let now = ScheduleTests.now(5).instant
            let call = Errand.Call(step: .look, endpoint: .encryption(Sample.project(1)), notBefore: now)
            guard case .refused? = gates.waits(now: now).first?.cause else {
                Issue.record("it is told as asked for")
                return
            }
            #expect(gates.wait(for: call, now: now).until.map { $0 <= ScheduleTests.now(7).instant } == true)
            #expect(gates.spent(isIdle: true, now: ScheduleTests.now(7).instant) == nil, "a last try")
            let last = gates.throttled(Self.sender(1), failure, now: ScheduleTests.now(7), dice: &dice)
            #expect(last.end != nil)
        }
    }

    /// What one project's own condition asks for holds nobody, and ends no run.
    @Test(arguments: [Verdict.conflict, .passing, .propagation, .slow, .few])
    func aProjectsOwnWaitIsNoHold(verdict: Verdict) {
        var bench = Bench()
        var failure = Failure(status: 409, code: "ANY", detail: nil)
        failure.retryAfter = .seconds(7200)
        let decision = bench.gates.holdAsAsked(
            Self.sender(1, isChange: true), verdict, failure, now: ScheduleTests.now(0), dice: &bench.dice)
        #expect(decision.notices.isEmpty && decision.records.isEmpty && bench.admits(1, at: 1))
        let server = bench.gates.holdAsAsked(
            Self.sender(1), .transient, failure, now: ScheduleTests.now(0), dice: &bench.dice)
        #expect(server.records.count == 1 && !bench.admits(1, at: 1))
    }

    @Test func aProjectThatHasLeftHoldsNothing() {
        var bench = Bench()
        _ = bench.throttled(Self.sender(1), code: "RATE_LIMITED_TOKEN_BUCKET", seconds: 40, at: 0)
        bench.gates.forget(Sample.project(1))
        #expect(bench.admits(1, at: 1))
    }

    @Test func aWaitThatPassesThePatienceEndsTheRunInTime() {
        var bench = Bench()
        _ = bench.throttled(Self.sender(1), code: "RATE_LIMITED", seconds: 7200, at: 0)
        let patience = ScheduleTests.now(900).instant
        #expect(bench.gates.patienceEnds(isIdle: true, now: ScheduleTests.now(1).instant) == patience)
        #expect(bench.gates.spent(isIdle: true, now: ScheduleTests.now(899).instant) == nil)
        guard case .halted(let halt)? = bench.gates.spent(isIdle: true, now: patience) else {
            Issue.record("it sleeps on")
            return
        }
        #expect(halt.cause == .rateLimit)
    }

    @Test func anOutageLetsOneReadThroughAtATime() {
        var bench = Bench()
        let failure = Failure(status: 503, code: nil, detail: nil)
        for ordinal in 1...5 {
            let found = bench.gates.noteOutage(
                .transient, failure, ordinal, now: ScheduleTests.now(0).instant)
            #expect(found.isDoubtful == (ordinal == 3 || ordinal == 4))
            #expect(found.decision.notices.isEmpty, "a storm has five failures in a row, too")
        }
        #expect(bench.gates.isOutage && bench.gates.isShut(now: ScheduleTests.now(0).instant))
        #expect(
            !bench.admits(9, at: 1) && bench.admits(9, at: 60) && !bench.admits(9, mayProbe: false, at: 60))
        let absent = bench.gates.atlasIsAbsent(failure, probes: 3, now: ScheduleTests.now(60).instant)
        #expect(absent.notices == [.outageBegan("HTTP 503", isForeign: false)])
        let over = bench.gates.noteOutage(.accepted, nil, 1, now: ScheduleTests.now(70).instant)
        #expect(over.isOver && over.decision.notices == [.outageEnded] && bench.admits(9, at: 70))
        // A secret that can't be read, and a limiter that is not Atlas's, say nothing either way.
        for verdict in [Verdict.secretUnavailable, .throttled] {
            for _ in 0..<9 {
                let said = bench.gates.noteOutage(
                    verdict, Failure(status: nil, code: nil, detail: nil), 1,
                    now: ScheduleTests.now(80).instant)
                #expect(!said.isDoubtful && !said.isOver)
            }
        }
        #expect(!bench.gates.isOutage)
    }

    @Test func anOutageLastsNoLongerThanThePatience() {
        var bench = Bench()
        let failure = Failure(code: "refused", detail: nil)
        for ordinal in 1...3 {
            _ = bench.gates.noteOutage(.notSent, failure, ordinal, now: ScheduleTests.now(0).instant)
        }
        let end = ScheduleTests.now(900).instant
        #expect(bench.gates.spent(isIdle: false, now: end) == nil, "the probe is under way")
        guard case .halted(let halt)? = bench.gates.spent(isIdle: true, now: end) else {
            Issue.record("it goes on")
            return
        }
        #expect(halt.cause == .outage && halt.detail.contains("refused"))
    }

    @Test func maintenanceHoldsAllUntilAPatchIsAnswered() {
        var bench = Bench()
        let failure = Failure(status: 405, code: "MAINTENANCE", detail: nil)
        let began = bench.gates.maintenanceBegan(
            Self.sender(1, isChange: true), failure, now: ScheduleTests.now(0), dice: &bench.dice)
        // The backoff is ours: nobody has asked for it, and the next process need not keep it.
        #expect(began.notices == [.maintenanceBegan] && began.records.isEmpty)
        #expect(!bench.admits(2, at: 0) && bench.admits(2, at: 3600))
        // Reads go on meanwhile, and say nothing: the patience goes on from the first refusal.
        bench.gates.answered(Self.sender(2), .accepted, now: ScheduleTests.now(800).instant)
        let again = bench.gates.maintenanceBegan(
            Self.sender(1, isChange: true), failure, now: ScheduleTests.now(1000), dice: &bench.dice)
        #expect(again.end != nil)
    }

    @Test func changesKeepThePace() {
        var bench = Bench(rate: .seconds(6))
        let now = ScheduleTests.now(0).instant
        #expect(bench.gates.paceOpens(now: now) == nil)
        bench.gates.spendPace(now: now)
        #expect(bench.gates.paceOpens(now: now) == ScheduleTests.now(6).instant && bench.admits(1, at: 0))
        let call = Errand.Call(step: .change, endpoint: .changeEncryption(Sample.project(1)), notBefore: now)
        let waits = bench.gates.wait(for: call, now: now)
        #expect(waits.cause == .pace && waits.until == ScheduleTests.now(6).instant)
    }

    @Test func fiveEqualRefusalsInARowAreTheRuns() {
        var bench = Bench()
        let refusal = Failure(status: 403, code: "NO", detail: nil)
        for ordinal in 1...4 { #expect(bench.gates.noteRefusal(.refused, refusal, ordinal).end == nil) }
        var other = bench
        #expect(bench.gates.noteRefusal(.refused, refusal, 4).end == nil, "the same project again")
        #expect(bench.gates.noteRefusal(.refused, refusal, 5).end != nil)
        #expect(other.gates.noteRefusal(.accepted, nil, 9).end == nil)
        #expect(other.gates.noteRefusal(.refused, refusal, 5).end == nil, "the row was broken")
    }
}
