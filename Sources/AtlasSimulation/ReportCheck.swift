import AtlasAPI

/// Compares a report of keyshift with what really happened, project by project.
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

    package var rightCount: Int { lines.count { $0.mistakes.isEmpty } }
    package var isRight: Bool { rightCount == lines.count && rightCount == projectCount && projectCount > 0 }

    /// - Parameters:
    ///   - sheet: the fleet CSV that was planned: the report has each of its projects, and no other was touched. nil:
    ///     the report has all that were touched.
    ///   - wanted: names the fields that the target was to change, `roleId` or `enabledForSearchNodes` say.
    package init(
        report: String, sheet: String? = nil, fleet: Fleet, wanted: Set<String>, now: Int64
    ) throws(FleetSheet.Mistake) {
        let rows = try ReportedResult.rows(report)
        let byProject = Dictionary(grouping: rows) { $0.project }
        let expected = try sheet.map { text throws(FleetSheet.Mistake) in
            Set(try ReportedResult.rows(text).map(\.project))
        }
        let projects = fleet.order.compactMap { fleet[$0] }.filter { project in
            byProject[project.id] != nil || expected?.contains(project.id) == true || project.patchesSeen > 0
        }
        // Of the sheet, and nobody knows them: the report must say so all the same.
        let strangers = expected.map { $0.filter { fleet[$0] == nil }.sorted() } ?? []
        projectCount = projects.count + strangers.count
        for project in projects {
            let reported = byProject[project.id] ?? []
            let truth = ProjectTruth(project: project, now: now)
            var mistakes = reported.first.map { truth.mistakes($0, wanted: wanted) } ?? ["not in the report"]
            if expected?.contains(project.id) == false { mistakes.append("not in the sheet") }
            if reported.count > 1 { mistakes.append("\(reported.count) rows in the report") }
            lines.append(
                Line(
                    project: project.id, name: project.name, result: reported.first?.words ?? "-",
                    truth: truth.words, mistakes: mistakes))
        }
        for id in strangers where byProject[id] == nil {
            lines.append(
                Line(
                    project: id, name: "", result: "-", truth: "no such project",
                    mistakes: ["not in the report"]))
        }
        for row in rows where fleet[row.project] == nil {
            lines.append(
                Line(
                    project: row.project, name: row.name, result: row.words, truth: "no such project",
                    mistakes: ["not in the fleet"]))
        }
    }
}

/// The columns of a report that can be held against the truth.
struct ReportedResult: Sendable {
    var project: String
    var name: String
    var result: String
    var reason: String
    var verified: String

    var words: String { reason.isEmpty ? result : "\(result) \(reason)" }

    static func rows(_ text: String) throws(FleetSheet.Mistake) -> [ReportedResult] {
        var records = try FleetSheet.records(text)
        guard !records.isEmpty else { throw .noIDColumn }
        let header = records.removeFirst()
        guard header.contains("project_id") else { throw .noIDColumn }
        return records.filter { $0 != [""] }.map { record in
            func cell(_ name: String) -> String {
                header.firstIndex(of: name).flatMap { record.indices.contains($0) ? record[$0] : nil } ?? ""
            }
            return ReportedResult(
                // `plan` takes them in either case.
                project: cell("project_id").lowercased(), name: cell("project_name"), result: cell("result"),
                reason: cell("reason"), verified: cell("verified"))
        }
    }
}
