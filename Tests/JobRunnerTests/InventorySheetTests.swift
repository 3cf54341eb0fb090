import AtlasAPI
import JobRunner
import MigrationCore
import Testing

/// Goal: every project of every page is read once, whatever the server does with its pages. Method: the sheet's
/// answers to the engine's wishes, page by page.
@Suite struct InventorySheetTests {
    static func page(_ numbers: ClosedRange<Int>, hasNext: Bool, total: Int? = nil) throws -> ProjectPage {
        let entries = numbers.map {
            let id = String(repeating: "0", count: 24 - String($0).count) + String($0)
            return #"{"id":"\#(id)","name":"p\#($0)","orgId":"6500000000000000000000bb","tags":["#
                + #"{"key":"odd","value":"\#($0 % 2 == 1)"}]}"#
        }
        let text = "{\"results\":[\(entries.joined(separator: ","))]}"
        var page = try #require(JSONValue(parsing: Array(text.utf8)).flatMap { ProjectPage($0) })
        page.hasNext = hasNext
        page.totalCount = total
        return page
    }

    static func sheet(_ filter: InventoryFilter = InventoryFilter()) -> InventorySheet {
        InventorySheet(organisation: nil, filter: filter, settings: RunSettings()) { Instant(nanoseconds: 0) }
    }

    /// Ordinals of the projects and of the pages (below zero) that it hands out, and whether these were the last.
    static func ask(_ sheet: InventorySheet, _ count: Int) throws -> ([Int], Bool) {
        guard case .loaded(let works, let isLast) = try sheet.next(.rows(count, wave: nil)) else {
            Issue.record("no work")
            return ([], true)
        }
        return (works.map(\.ordinal), isLast)
    }

    /// The pages that were asked for, in order, with their numbers.
    static func pages(_ sheet: InventorySheet, _ answers: [ProjectPage]) throws -> [Int] {
        var (asked, answers) = ([Int](), answers[...])
        while true {
            guard case .loaded(let works, let isLast) = try sheet.next(.rows(99, wave: nil)) else {
                return asked
            }
            for case let page as PageReading in works {
                guard case .call(_, .projects(_, let number), _) = page.wish else { continue }
                asked.append(number)
                guard let answer = answers.popFirst() else { return asked }
                try sheet.commit([.listed(answer)])
            }
            if isLast, !works.contains(where: { $0 is PageReading }) { return asked }
        }
    }

    @Test func pagesFollowEachOther() throws {
        let sheet = Self.sheet()
        #expect(try Self.ask(sheet, 4) == ([-1], true))
        try sheet.commit([.listed(Self.page(1...3, hasNext: true))])
        #expect(try Self.ask(sheet, 2) == ([1, 2], false))
        #expect(try Self.ask(sheet, 2) == ([3, -2], true))
        try sheet.commit([.listed(Self.page(4...4, hasNext: false, total: 9))])
        #expect(try Self.ask(sheet, 2) == ([4, -3], true))
        try sheet.commit([.listed(Self.page(1...3, hasNext: true))])
        #expect(try Self.ask(sheet, 2) == ([-4], true))
        try sheet.commit([.listed(Self.page(4...4, hasNext: false, total: 9))])
        #expect(try Self.ask(sheet, 2) == ([], true))
        #expect(sheet.rows.map(\.listed.project.name) == ["p1", "p2", "p3", "p4"])
        #expect(sheet.announced == 9 && sheet.listed == 4 && sheet.isSettled)
    }

    @Test func onePageIsReadOnce() throws {
        let sheet = Self.sheet()
        #expect(try Self.pages(sheet, [Self.page(1...3, hasNext: false)]) == [1] && sheet.isSettled)
    }

    /// Project 1 goes after its page was read: project 4 moves onto that page.
    @Test func aDeletionBetweenPagesLosesNobody() throws {
        let sheet = Self.sheet()
        let answers = try [
            Self.page(1...3, hasNext: true, total: 6), Self.page(5...6, hasNext: false, total: 5),
            Self.page(2...4, hasNext: true, total: 5), Self.page(5...6, hasNext: false, total: 5),
            Self.page(2...4, hasNext: true, total: 5), Self.page(5...6, hasNext: false, total: 5),
        ]
        #expect(try Self.pages(sheet, answers) == [1, 2, 1, 2, 1, 2])
        #expect(sheet.rows.map(\.listed.project.name) == ["p1", "p2", "p3", "p5", "p6", "p4"])
        #expect(sheet.isSettled && sheet.listed == 6)
    }

    @Test func aListThatNeverSettlesIsToldSo() throws {
        let sheet = Self.sheet()
        let answers = try (0..<10).flatMap {
            try [
                Self.page(10 * $0 + 1...10 * $0 + 5, hasNext: true),
                Self.page(10 * $0 + 6...10 * $0 + 9, hasNext: false),
            ]
        }
        #expect(try Self.pages(sheet, answers).count == 20 && !sheet.isSettled && sheet.listed == 90)
    }

    @Test func aProjectOnTwoPagesIsReadOnce() throws {
        let sheet = Self.sheet()
        _ = try Self.ask(sheet, 1)
        try sheet.commit([.listed(Self.page(1...3, hasNext: true))])
        _ = try Self.ask(sheet, 9)
        try sheet.commit([.listed(Self.page(3...5, hasNext: true))])
        #expect(try Self.ask(sheet, 9) == ([4, 5, -3], true))
    }

    /// It never says that it has come to its end; the second pass is of a bounded length.
    @Test func aServerThatRepeatsItselfComesToAnEnd() throws {
        let sheet = Self.sheet()
        let same = try Self.page(1...2, hasNext: true)
        let pages = try Self.pages(sheet, Array(repeating: same, count: 99))
        #expect(pages == [1, 2] + Array(1...14) && sheet.isSettled && sheet.listed == 2)
    }

    @Test func tagsSaveRequests() throws {
        let sheet = Self.sheet(InventoryFilter(tags: ["odd": "true"]))
        _ = try Self.ask(sheet, 1)
        try sheet.commit([.listed(Self.page(1...4, hasNext: false))])
        #expect(try Self.ask(sheet, 9) == ([1, 2], true))
        #expect(sheet.rows.map(\.listed.project.name) == ["p1", "p3"] && sheet.listed == 4)
    }
}
