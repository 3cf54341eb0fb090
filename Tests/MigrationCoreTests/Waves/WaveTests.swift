import TargetFiles
import MigrationCore
import Testing

@Suite struct WavePatternTests {
    @Test(
        arguments: [
            ("1,5,20%,rest", 212, [1, 5, 43, 163]), ("1,5,20%,rest", 3, [1, 2]),
            ("1,5,20%,rest", 7, [1, 5, 1]),
            ("1,5,20%,rest", 0, []), ("rest", 9, [9]), ("10%,10%,rest", 15, [2, 2, 11]),
            ("0.01%,rest", 3, [1, 2]),
            ("100%,rest", 4, [4]), ("33.33%,rest", 10_000, [3333, 6667]),
            ("33.34%,rest", 10_001, [3335, 6666]),
            ("2,2,2,rest", 5, [2, 2, 1]),
        ] as [(String, Int, [Int])])
    func sizes(text: String, projects: Int, sizes: [Int]) throws {
        let pattern = try #require(WavePattern(text))
        #expect(pattern.sizes(of: projects) == sizes && pattern.description == text)
        #expect(pattern.sizes(of: projects).reduce(0, +) == projects)
    }

    @Test(
        arguments: [
            "", "none", "1", "1,2", "rest,1", "1,rest,rest", "0,rest", "0%,rest", "101%,rest", "-1,rest",
            "+1,rest",
            "1, 5,rest", "1,,rest", "a,rest", "5.5,rest", "1.234%,rest", "column",
            "99999999999999999999,rest",
            "1,REST", ",rest", String(repeating: "1,", count: 101) + "rest",
        ]) func isNone(text: String)
    {
        #expect(WavePattern(text) == nil)
    }

    @Test func choices() {
        #expect(WaveChoice("none") == WaveChoice.none && WaveChoice("none")?.description == "none")
        #expect(WaveChoice("rest")?.description == "rest" && WaveChoice("column") == nil)
        #expect(WavePattern.standard.description == "1,5,20%,rest")
    }
}

@Suite struct FailureBudgetTests {
    @Test(
        arguments: [
            ("0", 212, 0), ("10", 5, 10), ("5%", 212, 10), ("5%", 19, 0), ("5%", 20, 1), ("100%", 7, 7),
            ("0%", 7, 0),
            ("2.5%", 40, 1), ("2.5%", 39, 0), ("0.25%", 1_000_000, 2500),
        ] as [(String, Int, Int)])
    func limits(text: String, projects: Int, limit: Int) throws {
        let choice = try #require(FailureLimit(text))
        #expect(choice.limit(of: projects) == limit && choice.description == text)
    }

    @Test(arguments: ["", "-1", "5 %", "101%", "100.01%", "%", "5%%", "1.5", "five", "1e2", "5.%", ".5%"])
    func isNone(text: String) { #expect(FailureLimit(text) == nil) }

    @Test func whoCounts() throws {
        var budget = FailureBudget(try #require(FailureLimit("5%")), of: 212)
        for result in ProjectResult.allCases { budget.ended(result) }
        #expect(budget.failures == 3 && budget.tried == ProjectResult.allCases.count)
        #expect(budget.limit == 10 && budget.room == 8 && !budget.isSpent)
        for _ in 0..<7 { budget.ended(.failed) }
        #expect(!budget.isSpent && budget.room == 1)
        budget.ended(.drifted)
        #expect(budget.isSpent && budget.room == 0)
        #expect(budget.arithmetic == "failed 11 of 16 tried; limit 5% of 212 = 10")
        budget.reopened(.unknown)
        #expect(!budget.isSpent && budget.tried == 15)
        budget.ended(.unknown, isAccepted: true)
        #expect(!budget.isSpent && budget.failures == 10 && budget.tried == 16)
    }

    @Test func aNumberIsItsOwnArithmetic() {
        #expect(
            FailureBudget(.count(2), of: 9, failures: 3, tried: 5).arithmetic
                == "failed 3 of 5 tried; limit 2")
    }
}

@Suite struct SlowStartTests {
    @Test func doublesWithEachCleanRound() {
        var start = SlowStart()
        var limits: [Int] = []
        for _ in 0..<16 {
            limits.append(start.limit)
            start.ended(hadTransientFailure: false)
        }
        #expect(limits == [1, 2, 2, 4, 4, 4, 4] + Array(repeating: 8, count: 8) + [16])
        start.restart()
        #expect(start.limit == 1)
    }

    @Test func aTransientFailureSpeedsNothingUp() {
        var start = SlowStart()
        for _ in 0..<100 { start.ended(hadTransientFailure: true) }
        #expect(start.limit == 1)
        start.ended(hadTransientFailure: false)
        #expect(start.limit == 2)
    }

    @Test func neverOverflows() {
        var start = SlowStart()
        for _ in 0..<3_000_000 { start.ended(hadTransientFailure: false) }
        #expect(start.limit == 1 << 20)
    }
}
