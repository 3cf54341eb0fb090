import FleetCSV
import AtlasAPI
package import MigrationCore

/// The report as one JSON object, streamed: `prefix`, a `row` for each project, `suffix`.
///
/// Members keep their order and only grow with the schema's version.
package struct JSONReport: Sendable {
    package static let schema = 1

    private let columns: [String]
    private let nextStep: NextStep
    private var elements = JSONElements()

    /// `columns` are the sheet's, in its order.
    package init(columns: [String], nextStep: NextStep) {
        self.columns = columns
        self.nextStep = nextStep
    }

    /// `totals` must be counted at the same moment as the rows are read.
    package func prefix(job: JobFacts, totals: Totals) -> String {
        let counts = JSONText.object {
            $0.add("projects", totals.projects)
            for result in ProjectResult.allCases { $0.add(result.rawValue, totals[result]) }
        }
        return "{\"schema\":\(Self.schema),\n\"job\":\(job.json),\n\"totals\":\(counts),\n\"projects\":["
    }

    package mutating func row(_ status: ProjectStatus) -> String { elements.line(object(status)) }

    package var suffix: String { elements.end + "}\n" }

    private func object(_ status: ProjectStatus) -> String {
        let outcome = status.outcome
        return JSONText.object {
            $0.add("project_id", status.project.text)
            $0.add("project_name", status.name)
            $0.add("result", outcome.result.rawValue)
            $0.add("class", status.planClass.rawValue)
            $0.add("reason", outcome.reason?.rawValue)
            $0.add("verified", outcome.verified.rawValue)
            $0.add("http_status", outcome.httpStatus)
            $0.add("error_code", outcome.errorCode)
            $0.add("detail", outcome.detail)
            $0.add("attempts", outcome.attempts)
            $0.add("wave", status.wave)
            $0.add("started_at", outcome.startedAt.map(WireDate.text))
            $0.add("finished_at", outcome.finishedAt.map(WireDate.text))
            $0.add("next_step", nextStep.sentence(for: status))
            $0.add("csv", raw: sheet(status.cells))
        }
    }

    /// The sheet's row under the sheet's own names.
    private func sheet(_ cells: [String]) -> String {
        JSONText.object {
            for (column, cell) in zip(columns, cells) { $0.add(column, WordGuard.value(of: cell)) }
        }
    }
}
