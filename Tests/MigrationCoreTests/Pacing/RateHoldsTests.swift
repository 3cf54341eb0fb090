import AtlasAPI
import MigrationCore
import Testing

/// Goal: refused buckets stay shut long enough, longer each time, and open when they should. Method: refusals and
/// successes at given moments.
@Suite struct RateHoldsTests {
    static let backoff = Backoff(base: .seconds(10), cap: .seconds(60))
    static let bucket = RateBucket.encryption(Sample.project(1))
    static func at(_ seconds: Double) -> Instant {
        Instant(nanoseconds: Int64(seconds * 1e9))
    }

    struct Bench {
        var holds = RateHolds()
        var dice = Dice(seed: 5)

        @discardableResult mutating func refuse(
            _ bucket: RateBucket = RateHoldsTests.bucket, at seconds: Double, floor: Duration? = nil,
            isChange: Bool = false, backoff: Backoff = RateHoldsTests.backoff
        ) -> Duration {
            holds.refuse(
                bucket, isChange: isChange, floor: floor, backoff: backoff, now: at(seconds), dice: &dice)
        }

        func opens(_ bucket: RateBucket = RateHoldsTests.bucket, at seconds: Double) -> Double? {
            holds.opens(bucket, now: RateHoldsTests.at(seconds)).map { Double($0.nanoseconds) / 1e9 }
        }

        mutating func succeed(
            _ bucket: RateBucket = RateHoldsTests.bucket, at seconds: Double, isChange: Bool = false
        ) { holds.succeed(bucket, isChange: isChange, now: RateHoldsTests.at(seconds)) }
    }

    @Test(arguments: [nil, .zero, .milliseconds(10)] as [Duration?]) func neverUnderASecond(floor: Duration?)
    {
        var bench = Bench()
        #expect(bench.refuse(at: 0, floor: floor, backoff: Backoff(base: .zero, cap: .zero)) == .zero)
        #expect(bench.opens(at: 0) == 1 && bench.opens(at: 0.999) == 1 && bench.opens(at: 1) == nil)
    }

    @Test func retryAfterIsTheFloor() {
        var bench = Bench()
        bench.refuse(at: 100, floor: .seconds(70))
        #expect(bench.opens(at: 100) == 170)
        // A shorter answer that was under way does not shorten it.
        bench.refuse(at: 101, floor: .seconds(1))
        #expect(bench.opens(at: 101) == 170)
    }

    @Test func growsWithEachRowAndCountsARowOnce() {
        var longest: [Double] = []
        for refusals in 1...4 {
            longest.append(
                (1...200).map { (seed: UInt64) -> Double in
                    var bench = Bench(dice: Dice(seed: seed))
                    var now = 0.0
                    for _ in 1..<refusals {
                        for _ in 0..<3 { bench.refuse(at: now) }
                        now = (bench.opens(at: now) ?? now)
                    }
                    bench.refuse(at: now)
                    return (bench.opens(at: now) ?? now) - now
                }.max() ?? 0)
        }
        for (wait, bound) in zip(longest, [10.0, 20, 40, 60]) { #expect(wait <= bound && wait > bound * 0.9) }
    }

    @Test func saysHowLongItLasts() {
        var bench = Bench()
        #expect(bench.refuse(at: 10) == .zero && bench.refuse(at: 40) == .seconds(30))
        #expect(bench.refuse(at: 910) == .seconds(900))
        bench.succeed(at: 2000)
        #expect(bench.refuse(at: 2001) == .zero)
    }

    @Test func onlyASuccessAfterTheHoldClears() {
        var bench = Bench()
        bench.refuse(at: 0, floor: .seconds(20))
        bench.succeed(at: 19)
        #expect(bench.opens(at: 19) == 20 && bench.refuse(at: 20) == .seconds(20))
    }

    @Test func aReadDoesNotClearWhatRefusesChanges() {
        var bench = Bench()
        bench.refuse(at: 0, floor: .seconds(20), isChange: true)
        bench.succeed(at: 25, isChange: false)
        #expect(bench.refuse(at: 26, isChange: true) == .seconds(26))
        bench.succeed(at: 200, isChange: true)
        #expect(bench.refuse(at: 201, isChange: true) == .zero)
    }

    @Test func bucketsAreApartAndEverythingHoldsAll() {
        var bench = Bench()
        let other = RateBucket.encryption(Sample.project(2))
        bench.refuse(at: 0, floor: .seconds(20))
        #expect(bench.opens(other, at: 0) == nil)
        #expect(bench.opens(.roles(Sample.project(1)), at: 0) == nil)
        bench.refuse(.everything, at: 0, floor: .seconds(30))
        #expect(bench.opens(other, at: 0) == 30 && bench.opens(at: 0) == 30)
        bench.holds.forget(Sample.project(1))
        bench.succeed(other, at: 30)
        #expect(bench.refuse(.everything, at: 31) == .zero && bench.refuse(at: 31) == .zero)
    }

    @Test func pace() {
        var pace = PatchPace(interval: .seconds(2))
        #expect(pace.opens(now: Self.at(0)) == nil)
        pace.spend(now: Self.at(10))
        #expect(pace.opens(now: Self.at(11)) == Self.at(12) && pace.opens(now: Self.at(12)) == nil)
        // Unused time is not saved up.
        pace.spend(now: Self.at(100))
        #expect(pace.opens(now: Self.at(100)) == Self.at(102))
        var free = PatchPace(interval: nil)
        free.spend(now: Self.at(1))
        #expect(free.opens(now: Self.at(1)) == nil)
    }
}
