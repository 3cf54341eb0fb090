package import AtlasAPI
package import MigrationCore

/// The organisation's projects and what was read of each, kept in memory: some hundred bytes for a project.
///
/// Pages and projects are read in turns: the next page is asked for when the projects of the last are in play, and
/// its end (`Ending.uncovered`) tells the engine that there are rows again.
///
/// Atlas cuts pages by number, so a project that is deleted meanwhile moves another from a page that is still to come
/// onto one that was read. So a list of several pages is read again, pass by pass, until one shows nothing new.
package final class InventorySheet: Journal, RowSource {
    package struct Row: Sendable {
        package var listed: ListedProject
        /// nil: not read yet.
        package var survey: Survey?
    }

    /// In the order of the list.
    package private(set) var rows: [Row] = []
    /// Why the list could not be read.
    package private(set) var unlisted: Failure?
    package private(set) var organisation: OrganisationID?
    /// Projects on the pages so far, those that the filter leaves out included.
    package private(set) var listed = 0
    /// A page's word for how many there are; nobody asks for it, and Atlas calls it an estimate.
    package private(set) var announced: Int?
    /// Entries of the list that can't be understood, with their page, the first hundred.
    package private(set) var unreadable: [String] = []
    /// Why nobody can say that the list is whole; nil: it is.
    package private(set) var doubt: Doubt?

    package enum Doubt: Hashable, Sendable {
        /// Even the last pass showed projects that none before had.
        case keepsChanging
        /// A page says that more follow, and the next one shows what was shown before.
        case repeatsItself(page: Int)
        /// The server counts more than it shows.
        case fewerThanCounted
        /// More pages than any organisation has.
        case endless
    }

    private let given: OrganisationID?
    private let filter: InventoryFilter
    private let settings: RunSettings
    private var seen: Set<ProjectID> = []
    private var handedOut = 0
    private var requests = 0
    private var hasNextPage = true
    private var pass = Pass(number: 1)
    /// Pages of the longest pass.
    private var pages = 0
    /// One reading of all pages.
    private struct Pass {
        var number: Int
        /// The last page that was asked for, from 1.
        var page = 0
        var hasNew = false
        /// Its projects, while they tell: one on two pages shows that the list has moved, and others may have slipped
        /// between the pages.
        var ids: Set<ProjectID> = []
        var hasMoved = false
        static let limit = 10
        /// Five million projects.
        static let longest = 10_000
    }

    /// `organisation`: whose projects; nil for all that the credentials see.
    package init(
        organisation: OrganisationID?, filter: InventoryFilter, settings: RunSettings
    ) {
        given = organisation
        self.filter = filter
        self.settings = settings
    }

    package func commit(_ records: [JournalRecord]) throws {
        for record in records {
            switch record {
            case .survey(.listed(let page)): take(page)
            case .survey(.unlisted(let failure)): unlisted = failure
            case .survey(.surveyed(let ordinal, let survey)): rows[ordinal - 1].survey = survey
            case .run(.organisation(let id)): organisation = id
            // Told, not kept: there is no job.
            case .run(.troubledRead), .run(.held), .run(.halted): break
            case .run(.waveBegan), .run(.wavePassed), .project, .role:
                preconditionFailure("an inventory plans no project, changes none, and makes no role")
            }
        }
    }

    package func next(_ want: RowWant) throws -> Event {
        guard case .rows(let count, _) = want else { return .loaded([], isLast: true) }
        let range = handedOut..<min(rows.count, handedOut + count)
        handedOut = range.upperBound
        var works: [any Procedure] = range.map { index in
            ProjectReading(
                ordinal: index + 1, project: rows[index].listed.project.id, purpose: .survey,
                settings: settings)
        }
        guard handedOut == rows.count else { return .loaded(works, isLast: false) }
        if hasNextPage, works.count < count {
            hasNextPage = false
            requests += 1
            pass.page += 1
            works.append(
                PageReading(
                    ordinal: -requests, organisation: given, page: pass.page, settings: settings))
        }
        return .loaded(works, isLast: !hasNextPage)
    }

    private func take(_ page: ProjectPage) {
        announced = page.totalCount ?? announced
        if pass.number == 1 {
            unreadable += page.unreadable.prefix(100 - min(100, unreadable.count)).map {
                "page \(pass.page), \($0)"
            }
        }
        let new = page.projects.filter { seen.insert($0.project.id).inserted }
        listed += new.count
        rows += new.filter(filter.mayShow).map { Row(listed: $0) }
        pass.hasNew = pass.hasNew || !new.isEmpty
        for project in page.projects where !pass.ids.insert(project.project.id).inserted {
            pass.hasMoved = true
        }
        let isEmpty = page.entries == 0
        // An empty page ends every list; one that begins it and names another does not.
        let isBeginning = isEmpty && page.next == .yes && pass.page == 1
        hasNextPage = isBeginning || (!isEmpty && isToGoOn(after: page, hasNew: !new.isEmpty))
        if !hasNextPage { endPass() }
    }

    /// Whether another page may follow: the links say so or say nothing, the page is as full as pages are, or the
    /// server counts more than it has shown. An empty page ends every list.
    private func isToGoOn(after page: ProjectPage, hasNew: Bool) -> Bool {
        let isKnown = pass.number > 1 && pass.page < pages
        guard page.next != .no || page.isFull || isShort || isKnown else { return false }
        guard pass.number == 1 else { return pass.page < 2 * pages + 10 }
        guard hasNew || page.projects.isEmpty else {
            doubt = .repeatsItself(page: pass.page)
            return false
        }
        guard pass.page < Pass.longest else {
            doubt = .endless
            return false
        }
        return true
    }

    private var isShort: Bool { announced.map { $0 > listed + unreadable.count } ?? false }

    private func endPass() {
        pages = max(pages, pass.page)
        guard doubt == nil else { return }
        let isOpen = pages > 1 && (pass.hasNew || pass.hasMoved)
        hasNextPage = isOpen && pass.number < Pass.limit
        if hasNextPage {
            pass = Pass(number: pass.number + 1)
        } else {
            doubt = isOpen ? .keepsChanging : isShort ? .fewerThanCounted : nil
        }
    }
}
