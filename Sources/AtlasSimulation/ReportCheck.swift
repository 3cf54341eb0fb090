import AtlasAPI

/// Compares a report of keyshift with what really happened, project by project and word by word.
package struct ReportCheck: Sendable {
    /// One project, or one row that belongs to none.
    package struct Line: Hashable, Sendable {
        package var project: String
        package var name: String
        /// As the report has it; `-` when it does not name the project.
        package var result: String
        /// What really is, in words.
        package var truth: String
        /// What is wrong with the report, or with what was done; empty when they agree.
        package var mistakes: [String]
    }

    package private(set) var lines: [Line] = []
    /// Projects that had to be in the report.
    package let projectCount: Int
    /// Those of them that it does not name.
    package private(set) var missingCount = 0
    /// Rows that it should not have: of other projects, or a second one of a project.
    package private(set) var extraCount = 0

    package var rightCount: Int { lines.count { $0.mistakes.isEmpty } }
    package var isRight: Bool { rightCount == lines.count && rightCount == projectCount && projectCount > 0 }

    /// - Parameters:
    ///   - sheet: the fleet CSV that was planned: the report has each of its projects, and no other was touched. nil:
    ///     the report has all that were touched.
    ///   - wanted: names the fields that the target was to change, `roleId` or `enabledForSearchNodes` say.
    package init(
        report: String, sheet: String? = nil, fleet: Fleet, wanted: Set<String>, now: Int64
    ) throws(FleetSheet.Mistake) {
        let rows = try ReportedRow.rows(report)
        let byProject = Dictionary(grouping: rows) { $0.project }
        let sheetRows = try sheet.map { text throws(FleetSheet.Mistake) in try ReportedRow.rows(text) }
        let given = sheetRows.map { Dictionary($0.map { ($0.project, $0) }) { first, _ in first } }
        let projects = fleet.order.compactMap { fleet[$0] }.filter { project in
            byProject[project.id] != nil || given?[project.id] != nil || project.patchesSeen > 0
        }
        // Of the sheet, and nobody knows them: the report must say so all the same.
        let strangers = given.map { $0.keys.filter { fleet[$0] == nil }.sorted() } ?? []
        projectCount = projects.count + strangers.count
        for project in projects {
            let truth = ProjectTruth(project: project, now: now)
            add(
                project.id, project.name, truth.words, reported: byProject[project.id] ?? [], given: given
            ) { row in
                truth.mistakes(row, wanted: wanted)
                    + truth.mistakesOfName(row, given: given?[project.id]?.name)
                    + row.mistakes(now: now, isLimited: project.patchesLimited > 0)
            }
        }
        for id in Set(strangers).union(byProject.keys.filter { fleet[$0] == nil }).sorted() {
            add(
                id, byProject[id]?.first?.name ?? "", "no such project", reported: byProject[id] ?? [],
                given: given
            ) {
                Self.mistakes(ofStranger: $0, now: now)
            }
        }
    }

    private mutating func add(
        _ id: String, _ name: String, _ truth: String, reported: [ReportedRow], given: [String: ReportedRow]?,
        mistakes check: (ReportedRow) -> [String]
    ) {
        let isExpected = given.map { $0[id] != nil } ?? (truth != "no such project")
        var mistakes = reported.first.map(check) ?? ["not in the report"]
        if let row = reported.first, let sheet = given?[id] { mistakes += row.mistakes(against: sheet) }
        if !isExpected { mistakes.append(given == nil ? "not in the fleet" : "not in the sheet") }
        if reported.count > 1 { mistakes.append("\(reported.count) rows in the report") }
        missingCount += reported.isEmpty && isExpected ? 1 : 0
        extraCount += max(0, reported.count - (isExpected ? 1 : 0))
        lines.append(
            Line(
                project: id, name: name, result: reported.first?.words ?? "-", truth: truth,
                mistakes: mistakes))
    }

    /// Atlas does not know it, or it was never asked.
    private static func mistakes(ofStranger row: ReportedRow, now: Int64) -> [String] {
        let words = ["blocked not_found", "blocked no_access", "pending"]
        return (words.contains(row.words) ? [] : ["there is no such project"]) + row.mistakes(now: now)
    }
}
