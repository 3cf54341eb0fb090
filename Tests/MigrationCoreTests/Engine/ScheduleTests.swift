import TargetFiles
import AtlasAPI
@testable import MigrationCore
import Testing

/// Goal: rows come in wave by wave, never more than the failure budget allows. Method: the schedule alone, asked and
/// told by hand.
@Suite struct ScheduleTests {
    static let settings: RunSettings = {
        var settings = RunSettings()
        settings.concurrency = 8
        settings.waveSoak = .seconds(60)
        return settings
    }()

    static func now(_ seconds: Int64) -> Now {
        Now(instant: Instant(nanoseconds: seconds * 1_000_000_000), wall: seconds * 1000)
    }

    static func schedule(
        limit: FailureLimit = .count(1), unknown: Int = 0, toDo: Int = 10, wave: Int? = nil,
        stopAfterWave: Int? = nil
    ) -> Schedule {
        // What an earlier run left unknown counts as a failure until it is in play.
        let budget = FailureBudget(limit, of: toDo, failures: unknown, tried: unknown)
        let scope = RunScope(
            budget: budget, unknown: unknown, toDo: toDo, wave: wave, stopAfterWave: stopAfterWave)
        return Schedule(scope, settings: settings)
    }

    @Test func aRunThatOnlyReadsTakesAllAtOnce() {
        var schedule = Schedule(nil, settings: Self.settings)
        #expect(schedule.next(inPlay: 0, now: Self.now(0)).want == .rows(8, wave: nil))
        #expect(schedule.next(inPlay: 8, now: Self.now(0)).want == nil && schedule.flightLimit == 8)
        schedule.loaded(isLast: true)
        #expect(schedule.next(inPlay: 3, now: Self.now(0)).want == nil && !schedule.isOver)
        schedule.hasUncovered()
        #expect(schedule.next(inPlay: 3, now: Self.now(0)).want == .rows(5, wave: nil))
        schedule.loaded(isLast: true)
        #expect(schedule.next(inPlay: 0, now: Self.now(0)).want == nil && schedule.isOver)
    }

    @Test func oneThenTwoThenFour() {
        var schedule = Self.schedule(limit: .count(100))
        var limits: [Int] = []
        for _ in 0..<8 {
            limits.append(schedule.flightLimit)
            schedule.left(hadTransientFailure: false)
        }
        #expect(limits == [1, 2, 2, 4, 4, 4, 4, 8])
        schedule.left(hadTransientFailure: true)
        #expect(schedule.flightLimit == 8)
        schedule.restartSlowly()
        #expect(schedule.flightLimit == 1)
    }

    /// With a limit of L failures at most L + 1 are in play; those that count already come first, and add nothing.
    @Test(arguments: [(0, 0, 1), (1, 0, 2), (5, 0, 6), (20, 0, 8), (0, 3, 3), (1, 12, 8)])
    func theBudgetBoundsWhatIsInPlay(limit: Int, unknown: Int, room: Int) {
        var schedule = Self.schedule(limit: .count(limit), unknown: unknown, toDo: 40)
        for _ in 0..<100 { schedule.left(hadTransientFailure: false) }
        #expect(schedule.next(inPlay: 0, now: Self.now(0)).want == .rows(room, wave: nil))
    }

    @Test func tooManyFailuresEndTheRun() {
        var schedule = Self.schedule()
        for _ in 0..<3 { schedule.entered(.pending) }
        #expect(schedule.count([.failed], isAcceptedUnknown: false, inPlay: 2) == nil)
        #expect(
            schedule.count([.unknown], isAcceptedUnknown: true, inPlay: 1) == nil, "a person has accepted it")
        guard case .halted(let halt)? = schedule.count([.drifted], isAcceptedUnknown: false, inPlay: 0) else {
            Issue.record("two failures, and the limit is one")
            return
        }
        #expect(halt.cause == .failureBudget && halt.detail == "failed 2 of 3 tried; limit 1")
        // The next run of the job begins with a budget that is spent.
        guard case .halted(let again)? = schedule.next(inPlay: 0, now: Self.now(0)).end else {
            Issue.record("it goes on")
            return
        }
        #expect(again == halt)
    }

    @Test func theLastProjectsFailureHaltsNothing() {
        var schedule = Self.schedule(limit: .count(0), toDo: 1)
        schedule.entered(.pending)
        #expect(schedule.count([.failed], isAcceptedUnknown: false, inPlay: 0) == nil)
    }

    @Test func aWaveIsDoneSoaksAndIsReadAgain() {
        var schedule = Self.schedule(toDo: 2, wave: 1)
        let begun = schedule.next(inPlay: 0, now: Self.now(0))
        #expect(
            begun.want == .rows(1, wave: 1) && begun.notices == [.waveBegan(1)] && begun.records.count == 1)
        #expect(schedule.next(inPlay: 0, now: Self.now(0)).notices.isEmpty, "told once")
        schedule.entered(.pending)
        schedule.loaded(isLast: true)
        #expect(schedule.next(inPlay: 1, now: Self.now(1)).want == nil)
        #expect(schedule.next(inPlay: 0, now: Self.now(2)).want == .tally(wave: 1))
        #expect(schedule.next(inPlay: 0, now: Self.now(2)).want == nil, "it is being counted")
        let soaks = schedule.tallied(WaveTally(wave: 1, projects: 1, next: 2), now: Self.now(10))
        #expect(soaks.notices == [.waveSoaks(1, .seconds(60))] && soaks.end == nil)
        #expect(schedule.soaking?.wave == 1 && schedule.soaking?.until == Self.now(70).instant)
        #expect(schedule.next(inPlay: 0, now: Self.now(69)).want == nil && !schedule.isGate)
        #expect(schedule.next(inPlay: 0, now: Self.now(70)).want == .rereads(1, wave: 1) && schedule.isGate)
        schedule.loaded(isLast: true)
        #expect(schedule.next(inPlay: 1, now: Self.now(71)).want == nil)
        let next = schedule.next(inPlay: 0, now: Self.now(72))
        #expect(next.want == .rows(1, wave: 2) && next.notices == [.waveBegan(2)])
        guard case .run(.wavePassed(1, 72_000))? = next.records.first,
            case .run(.waveBegan(2, 72_000))? = next.records.last
        else {
            Issue.record("\(next.records)")
            return
        }
        schedule.entered(.pending)
        #expect(schedule.next(inPlay: 0, now: Self.now(80)).want == .tally(wave: 2))
        #expect(
            schedule.tallied(WaveTally(wave: 2, projects: 1), now: Self.now(81)).end == nil && schedule.isOver
        )
    }

    @Test func aWaveThatIsNotGoodOrTheLastOneAskedForEndsTheRun() {
        var bad = Self.schedule(wave: 1)
        let tally = WaveTally(wave: 1, projects: 3, unresolved: [.failed: 1], next: 2)
        guard case .halted(let halt)? = bad.tallied(tally, now: Self.now(0)).end else {
            Issue.record("it goes on")
            return
        }
        #expect(halt.cause == .waveGate && halt.detail == tally.arithmetic && !bad.isOver)
        var last = Self.schedule(wave: 1, stopAfterWave: 1)
        let good = WaveTally(wave: 1, projects: 3, next: 2)
        #expect(last.tallied(good, now: Self.now(0)).end == .stopped(.stopAfterWave))
    }

    @Test func closedItAsksForNothing() {
        var schedule = Self.schedule()
        schedule.close()
        #expect(schedule.next(inPlay: 2, now: Self.now(0)).want == nil)
    }
}
