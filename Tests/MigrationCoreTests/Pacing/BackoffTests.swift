import AtlasAPI
import MigrationCore
import Testing

/// Goal: waits double up to the cap, are spread over their whole range, and keep their floor. Method: bounds by table,
/// draws with seeded dice.
@Suite struct BackoffTests {
    static let backoff = Backoff(base: .seconds(5), cap: .seconds(60))

    @Test(arguments: zip([-3, 0, 1, 2, 3, 4, 5, 6, 64, Int.max], [5, 5, 5, 10, 20, 40, 60, 60, 60, 60]))
    func bound(failures: Int, seconds: Int) {
        #expect(Self.backoff.bound(afterFailures: failures) == .seconds(seconds))
    }

    @Test func oddNumbers() {
        #expect(Backoff(base: .zero, cap: .zero).bound(afterFailures: 9) == .zero)
        #expect(Backoff(base: .seconds(90), cap: .seconds(60)).bound(afterFailures: 3) == .seconds(90))
        #expect(Backoff(base: .seconds(7), cap: .seconds(10)).bound(afterFailures: 2) == .seconds(10))
    }

    @Test(arguments: 1...6) func jitterIsFull(failures: Int) {
        var dice = Dice(seed: 7)
        let bound = Self.backoff.bound(afterFailures: failures)
        let waits = (0..<2000).map { _ in Self.backoff.delay(afterFailures: failures, dice: &dice) }
        #expect(waits.allSatisfy { $0 >= .zero && $0 <= bound })
        #expect((waits.min() ?? bound) < bound / 20 && (waits.max() ?? .zero) > bound * 19 / 20)
        let mean = waits.reduce(Duration.zero, +) / waits.count
        #expect(mean > bound * 9 / 20 && mean < bound * 11 / 20)
    }

    @Test func floorHolds() {
        var dice = Dice(seed: 1)
        for _ in 0..<200 {
            let wait = Self.backoff.delay(afterFailures: 1, floor: .seconds(4), dice: &dice)
            #expect(wait >= .seconds(4) && wait <= .seconds(5))
            #expect(Self.backoff.delay(afterFailures: 1, floor: .seconds(99), dice: &dice) == .seconds(99))
        }
    }

    @Test func sameSeedSameDice() {
        var (one, two, other) = (Dice(seed: 3), Dice(seed: 3), Dice(seed: 4))
        let draws = (0..<20).map { _ in one.next() }
        #expect(draws == (0..<20).map { _ in two.next() } && draws != (0..<20).map { _ in other.next() })
        // The published first value of Dice.
        var zero = Dice(seed: 0)
        #expect(zero.next() == 0xE220_A839_7B1D_CDAF)
    }
}
