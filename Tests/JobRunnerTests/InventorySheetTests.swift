import AtlasAPI
import JobRunner
import MigrationCore
import Testing

/// Goal: every project of every page is read once, whatever the server does with its pages. Method: the sheet's
/// answers to the engine's calls, page by page.
@Suite struct InventorySheetTests {
    static func page(_ numbers: ClosedRange<Int>, hasNext: Bool, total: Int? = nil) throws -> ProjectPage {
        let entries = numbers.map {
            let id = String(repeating: "0", count: 24 - String($0).count) + String($0)
            return #"{"id":"\#(id)","name":"p\#($0)","orgId":"6500000000000000000000bb","tags":["#
                + #"{"key":"odd","value":"\#($0 % 2 == 1)"}]}"#
        }
        let text = "{\"results\":[\(entries.joined(separator: ","))]}"
        var page = try #require(JSONValue(parsing: Array(text.utf8)).flatMap { ProjectPage($0) })
        page.next = hasNext ? .yes : .no
        page.totalCount = total
        return page
    }

    static func sheet(_ filter: InventoryFilter = InventoryFilter()) -> InventorySheet {
        InventorySheet(organisation: nil, filter: filter, settings: RunSettings())
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
                guard case .projects(_, let number) = page.endpoint(of: .list) else { continue }
                asked.append(number)
                guard let answer = answers.popFirst() else { return asked }
                try sheet.commit([.survey(.listed(answer))])
            }
            if isLast, !works.contains(where: { $0 is PageReading }) { return asked }
        }
    }

    @Test func pagesFollowEachOther() throws {
        let sheet = Self.sheet()
        #expect(try Self.ask(sheet, 4) == ([-1], true))
        try sheet.commit([.survey(.listed(Self.page(1...3, hasNext: true)))])
        #expect(try Self.ask(sheet, 2) == ([1, 2], false))
        #expect(try Self.ask(sheet, 2) == ([3, -2], true))
        try sheet.commit([.survey(.listed(Self.page(4...4, hasNext: false, total: 4)))])
        #expect(try Self.ask(sheet, 2) == ([4, -3], true))
        try sheet.commit([.survey(.listed(Self.page(1...3, hasNext: true)))])
        #expect(try Self.ask(sheet, 2) == ([-4], true))
        try sheet.commit([.survey(.listed(Self.page(4...4, hasNext: false, total: 4)))])
        #expect(try Self.ask(sheet, 2) == ([], true))
        #expect(sheet.rows.map(\.listed.project.name) == ["p1", "p2", "p3", "p4"])
        #expect(sheet.announced == 4 && sheet.listed == 4 && sheet.doubt == nil)
    }

    @Test func onePageIsReadOnce() throws {
        let sheet = Self.sheet()
        #expect(try Self.pages(sheet, [Self.page(1...3, hasNext: false)]) == [1] && sheet.doubt == nil)
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
        #expect(sheet.doubt == nil && sheet.listed == 6)
    }

    @Test func aListThatNeverSettlesIsToldSo() throws {
        let sheet = Self.sheet()
        let answers = try (0..<10).flatMap {
            try [
                Self.page(10 * $0 + 1...10 * $0 + 5, hasNext: true),
                Self.page(10 * $0 + 6...10 * $0 + 9, hasNext: false),
            ]
        }
        #expect(
            try Self.pages(sheet, answers).count == 20 && sheet.doubt == .keepsChanging && sheet.listed == 90)
    }

    @Test func aProjectOnTwoPagesIsReadOnce() throws {
        let sheet = Self.sheet()
        _ = try Self.ask(sheet, 1)
        try sheet.commit([.survey(.listed(Self.page(1...3, hasNext: true)))])
        _ = try Self.ask(sheet, 9)
        try sheet.commit([.survey(.listed(Self.page(3...5, hasNext: true)))])
        #expect(try Self.ask(sheet, 9) == ([4, 5, -3], true))
    }

    /// It says that more follow and shows the same: what follows nobody can know.
    @Test func aServerThatRepeatsItselfIsNotBelieved() throws {
        let sheet = Self.sheet()
        let same = try Self.page(1...2, hasNext: true)
        let pages = try Self.pages(sheet, Array(repeating: same, count: 99))
        #expect(pages == [1, 2] && sheet.doubt == .repeatsItself(page: 2) && sheet.listed == 2)
    }

    static func empty(hasNext: Bool) throws -> ProjectPage {
        ProjectPage(projects: [], next: hasNext ? .yes : .no)
    }

    @Test func anEmptyPageEndsEveryList() throws {
        let sheet = Self.sheet()
        let answers = try [Self.page(1...2, hasNext: true), Self.empty(hasNext: true)]
        #expect(try Self.pages(sheet, answers + answers + answers) == [1, 2, 1, 2])
        #expect(sheet.doubt == nil && sheet.listed == 2)
    }

    @Test func withoutLinksTheListGoesOnToAnEmptyPage() throws {
        let sheet = Self.sheet()
        var answers = try [Self.page(1...3, hasNext: false), Self.page(4...5, hasNext: false)]
        for index in answers.indices { answers[index].next = .untold }
        answers.append(ProjectPage(projects: [], next: .untold))
        #expect(try Self.pages(sheet, answers + answers) == [1, 2, 3, 1, 2, 3])
        #expect(sheet.doubt == nil && sheet.listed == 5)
    }

    @Test(arguments: [true, false]) func aFullPageGoesOnWhateverItsLinksSay(isUntold: Bool) throws {
        let sheet = Self.sheet()
        var full = try Self.page(1...500, hasNext: false)
        if isUntold { full.next = .untold }
        let answers = try [full, Self.page(501...503, hasNext: false)]
        #expect(try Self.pages(sheet, answers + answers) == [1, 2, 1, 2])
        #expect(sheet.doubt == nil && sheet.listed == 503)
    }

    @Test func fewerThanTheServerCountsIsNoInventory() throws {
        let sheet = Self.sheet()
        let answers = try [Self.page(1...3, hasNext: false, total: 5), Self.empty(hasNext: false)]
        #expect(try Self.pages(sheet, answers + answers) == [1, 2, 1, 2])
        #expect(sheet.doubt == .fewerThanCounted && sheet.listed == 3)
    }

    @Test func moreAfterAShortPageIsAskedForWhenTheServerCountsIt() throws {
        let sheet = Self.sheet()
        let answers = try [
            Self.page(1...3, hasNext: false, total: 5), Self.page(4...5, hasNext: false, total: 5),
        ]
        #expect(try Self.pages(sheet, answers + answers) == [1, 2, 1, 2])
        #expect(sheet.doubt == nil && sheet.listed == 5)
    }

    /// With `includeCount=false` Atlas has been seen to say 0.
    @Test func aCountOfNothingSaysNothing() throws {
        let sheet = Self.sheet()
        #expect(try Self.pages(sheet, [Self.page(1...3, hasNext: false, total: 0)]) == [1])
        #expect(sheet.doubt == nil && sheet.listed == 3)
    }

    @Test func anEntryThatCannotBeReadIsToldOnceWithItsPage() throws {
        let sheet = Self.sheet()
        var odd = try Self.page(4...5, hasNext: false, total: 6)
        odd.unreadable = ["entry 3: no id"]
        let answers = try [Self.page(1...3, hasNext: true), odd]
        #expect(try Self.pages(sheet, answers + answers) == [1, 2, 1, 2])
        #expect(sheet.unreadable == ["page 2, entry 3: no id"] && sheet.doubt == nil && sheet.listed == 5)
    }

    @Test func tagsSaveRequests() throws {
        let sheet = Self.sheet(InventoryFilter(tags: ["odd": "true"]))
        _ = try Self.ask(sheet, 1)
        try sheet.commit([.survey(.listed(Self.page(1...4, hasNext: false)))])
        #expect(try Self.ask(sheet, 9) == ([1, 2], true))
        #expect(sheet.rows.map(\.listed.project.name) == ["p1", "p3"] && sheet.listed == 4)
    }

    /// A page that begins with the last of the page before: the list has moved, and one may have slipped through.
    @Test func pagesThatOverlap() throws {
        let sheet = Self.sheet()
        let answers = (0..<20).flatMap { _ in
            [try? Self.page(1...3, hasNext: true), try? Self.page(3...5, hasNext: false)].compactMap { $0 }
        }
        _ = try Self.pages(sheet, answers)
        #expect(sheet.doubt == .keepsChanging && sheet.listed == 5)
        let once = Self.sheet()
        let settles =
            answers.prefix(2)
            + [try Self.page(1...3, hasNext: true), try Self.page(4...6, hasNext: false)]
            + [try Self.page(1...3, hasNext: true), try Self.page(4...6, hasNext: false)]
        _ = try Self.pages(once, Array(settles))
        #expect(once.doubt == nil && once.listed == 6)
    }

    @Test func anEmptyFirstPageThatNamesAnother() throws {
        let sheet = Self.sheet()
        let pass = [try Self.empty(hasNext: true), try Self.page(1...3, hasNext: false)]
        _ = try Self.pages(sheet, pass + pass + pass)
        #expect(sheet.listed == 3)
    }
}
