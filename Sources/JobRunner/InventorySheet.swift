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
    /// The last page's word for how many there are; Atlas calls it an estimate.
    package private(set) var announced: Int?

    private let given: OrganisationID?
    private let filter: InventoryFilter
    private let settings: RunSettings
    private let clock: () -> Instant
    private var seen: Set<ProjectID> = []
    private var handedOut = 0
    private var requests = 0
    private var hasNextPage = true
    private var pass = Pass(number: 1)
    /// Pages of the longest pass.
    private var pages = 0
    /// False when even the last pass showed projects that none before had.
    package private(set) var isSettled = true

    /// One reading of all pages.
    private struct Pass {
        var number: Int
        /// The last page that was asked for, from 1.
        var page = 0
        var hasNew = false
        static let limit = 10
    }

    /// `organisation`: whose projects; nil for all that the credentials see.
    package init(
        organisation: OrganisationID?, filter: InventoryFilter, settings: RunSettings,
        clock: @escaping () -> Instant
    ) {
        given = organisation
        self.filter = filter
        self.settings = settings
        self.clock = clock
    }

    package func commit(_ records: [JournalEntry]) throws {
        for record in records {
            switch record {
            case .listed(let page): take(page)
            case .unlisted(let failure): unlisted = failure
            case .surveyed(let ordinal, let survey): rows[ordinal - 1].survey = survey
            case .organisation(let id): organisation = id
            // Why a read was tried again is told by --verbose; nothing else happens to a project that is only read.
            default: break
            }
        }
    }

    package func next(_ want: RowWant) throws -> Event {
        guard case .rows(let count, _) = want else { return .loaded([], isLast: true) }
        let range = handedOut..<min(rows.count, handedOut + count)
        handedOut = range.upperBound
        var works: [any ProjectWork] = range.map { index in
            ProjectReading(
                ordinal: index + 1, project: rows[index].listed.project.id, purpose: .survey,
                settings: settings, now: clock())
        }
        guard handedOut == rows.count else { return .loaded(works, isLast: false) }
        if hasNextPage, works.count < count {
            hasNextPage = false
            requests += 1
            pass.page += 1
            works.append(
                PageReading(
                    ordinal: -requests, organisation: given, page: pass.page, settings: settings,
                    now: clock()))
        }
        return .loaded(works, isLast: !hasNextPage)
    }

    private func take(_ page: ProjectPage) {
        announced = page.totalCount ?? announced
        let new = page.projects.filter { seen.insert($0.project.id).inserted }
        listed += new.count
        rows += new.filter(filter.mayShow).map { Row(listed: $0) }
        pass.hasNew = pass.hasNew || !new.isEmpty
        // A server that never comes to an end repeats itself.
        let isBelievable = pass.number == 1 ? !new.isEmpty : pass.page < 2 * pages + 10
        hasNextPage = page.hasNext && isBelievable
        if !hasNextPage { endPass() }
    }

    private func endPass() {
        pages = max(pages, pass.page)
        let isOpen = pages > 1 && pass.hasNew
        hasNextPage = isOpen && pass.number < Pass.limit
        isSettled = !isOpen
        if hasNextPage { pass = Pass(number: pass.number + 1) }
    }
}
