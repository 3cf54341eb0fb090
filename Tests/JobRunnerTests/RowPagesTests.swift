@testable import JobRunner
import Testing

/// Goal: every row comes once and in order, whatever is asked for, and few queries are made. Method: lists about the
/// size of a page, asked for in portions of every kind.
@Suite struct RowPagesTests {
    private struct Row: Equatable { var ordinal: Int }

    @Test(arguments: [0, 1, 255, 256, 257, 511, 512, 513, 900])
    func everyRowComesOnce(count: Int) {
        // With gaps, as a sheet has of which only some rows are to be done.
        let rows = (0..<count).map { Row(ordinal: 3 * $0 + 1) }
        for portion in [1, 2, 7, 64, 256, 300, 1000] {
            var pages = RowPages(by: \Row.ordinal)
            var (given, queries): ([Row], Int) = ([], 0)
            while true {
                let next = pages.next(portion) { after, limit in
                    queries += 1
                    return Array(rows.filter { $0.ordinal > after }.prefix(limit))
                }
                given += next
                // Fewer than asked for means the end, and nothing else does.
                guard next.count == portion else { break }
            }
            #expect(given == rows, "portions of \(portion)")
            #expect(queries <= count / 256 + 1, "portions of \(portion): \(queries) queries")
        }
    }

    @Test func whatIsGivenOutIsNotAskedForAgain() {
        var pages = RowPages(by: \Row.ordinal)
        #expect(pages.next(5) { _, _ in [Row(ordinal: 4)] } == [Row(ordinal: 4)])
        #expect(
            pages.next(5) { _, _ in
                Issue.record("the last page was not full")
                return []
            } == [])
    }
}
