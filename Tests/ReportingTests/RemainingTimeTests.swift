import AtlasAPI
import Reporting
import Testing

/// Goal: what is said to be left never grows while nothing gets done. Method: work in the pace of ten a second, then a
/// wait, looked at each second.
@Suite struct RemainingTimeTests {
    private static func at(_ seconds: Int) -> Instant { Instant(nanoseconds: Int64(seconds) * 1_000_000_000) }

    @Test func itGoesDownWhileNothingGetsDone() {
        var remaining = RemainingTime(startedAt: Self.at(0))
        remaining.see(done: 1, total: 100, now: Self.at(1))
        #expect(remaining.text(now: Self.at(1)) == "", "too early to tell")
        remaining.see(done: 100, total: 600, now: Self.at(10))
        #expect(remaining.text(now: Self.at(10)) == "  about 50s left")
        for second in 11..<60 {
            remaining.see(done: 100, total: 600, now: Self.at(second))
            #expect(remaining.text(now: Self.at(second)) == "  about \(60 - second)s left")
        }
        for second in [60, 61, 4000] {
            remaining.see(done: 100, total: 600, now: Self.at(second))
            #expect(remaining.text(now: Self.at(second)) == "", "nobody knows any more")
        }
        remaining.see(done: 200, total: 600, now: Self.at(100))
        #expect(remaining.text(now: Self.at(100)) == "  about 4m left", "by the pace with the wait in it")
    }

    @Test func aListThatGrowsMakesItLonger() {
        var remaining = RemainingTime(startedAt: Self.at(0))
        remaining.see(done: 10, total: 20, now: Self.at(10))
        remaining.see(done: 10, total: 30, now: Self.at(10))
        #expect(remaining.text(now: Self.at(10)) == "  about 20s left")
        remaining.see(done: 30, total: 30, now: Self.at(30))
        #expect(remaining.text(now: Self.at(30)) == "")
        remaining.see(done: 1, total: 9000, now: Self.at(3))
        #expect(remaining.text(now: Self.at(3)) == "  about 8h left")
    }
}
