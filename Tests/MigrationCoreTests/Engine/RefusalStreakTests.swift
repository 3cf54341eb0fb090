import MigrationCore
import Testing

/// Goal: five projects in a row, and nothing less, make a refusal the run's trouble. Method: rows of refusals.
@Suite struct RefusalStreakTests {
    static let no = Failure(status: 400, code: "NO", detail: "project 1")

    private static func last(_ refusals: [(row: Int, failure: Failure)]) -> Bool {
        var streak = RefusalStreak()
        return refusals.map { streak.refused($0.row, $0.failure) }.last == true
    }

    @Test func fiveProjectsInARow() {
        for count in 1...4 { #expect(!Self.last((1...count).map { ($0, Self.no) }), "\(count)") }
        #expect(Self.last((1...5).map { ($0, Self.no) }) && Self.last((1...9).map { ($0, Self.no) }))
        #expect(!Self.last([1, 2, 3, 4, 4, 1].map { ($0, Self.no) }), "four projects, twice")
    }

    /// What is said of it may differ, who says it and with which status and code may not.
    @Test func theSameAnswer() {
        let detail = Failure(status: 400, code: "NO", detail: "project 2")
        #expect(Self.last([(1, Self.no), (2, detail), (3, Self.no), (4, detail), (5, Self.no)]))
        let others = [
            Failure(status: 403, code: "NO", detail: nil), Failure(status: 400, code: "N", detail: nil),
            Failure(status: 400, code: nil, detail: nil), Failure(status: 400, .ours(.notAtlas)),
        ]
        for other in others {
            for place in 1...5 {
                let row = (1...5).map { ($0, $0 == place ? other : Self.no) }
                #expect(!Self.last(row), "\(other), \(place)")
            }
            #expect(Self.last([(9, Self.no)] + (1...5).map { ($0, other) }), "\(other)")
        }
    }

    @Test func anotherEndOfAPATCHBeginsAnew() {
        var streak = RefusalStreak()
        for row in 1...4 { _ = streak.refused(row, Self.no) }
        streak.reset()
        #expect((5...8).allSatisfy { !streak.refused($0, Self.no) } && streak.refused(9, Self.no))
    }
}
