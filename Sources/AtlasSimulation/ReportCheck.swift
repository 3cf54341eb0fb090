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
    /// Projects of the fleet.
    package let projectCount: Int

    package var rightCount: Int { lines.count { $0.mistakes.isEmpty } }
    package var isRight: Bool { rightCount == lines.count && rightCount == projectCount }

    /// `wanted` names the fields that the target was to change, `roleId` or `enabledForSearchNodes` say.
    package init(
        report: String, fleet: Fleet, wanted: Set<String>, now: Int64
    ) throws(FleetSheet.Mistake) {
        projectCount = fleet.order.count
        let rows = try ReportedResult.rows(report)
        let byProject = Dictionary(grouping: rows) { $0.project }
        for project in fleet.order.compactMap({ fleet[$0] }) {
            let reported = byProject[project.id] ?? []
            let truth = ProjectTruth(project: project, now: now)
            var mistakes = reported.first.map { truth.mistakes($0, wanted: wanted) } ?? ["not in the report"]
            if reported.count > 1 { mistakes.append("\(reported.count) rows in the report") }
            lines.append(
                Line(
                    project: project.id, name: project.name, result: reported.first?.words ?? "-",
                    truth: truth.words, mistakes: mistakes))
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
                project: cell("project_id"), name: cell("project_name"), result: cell("result"),
                reason: cell("reason"), verified: cell("verified"))
        }
    }
}
