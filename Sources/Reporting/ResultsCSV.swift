import FleetCSV
import AtlasAPI
package import MigrationCore

/// `NAME.results.csv`: every project of the job, in the contract's columns and then the sheet's own.
package struct ResultsCSV: Sendable {
    private let further: FurtherColumns
    private let nextStep: NextStep
    private let writer = CSVWriter(guardsFormulas: true)

    /// `columns` are the sheet's, in its order.
    package init(columns: [String], nextStep: NextStep) {
        further = FurtherColumns(columns)
        self.nextStep = nextStep
    }

    package var header: String { writer.line(ResultColumns.fixed + further.names) }

    package func row(_ status: ProjectStatus) -> String {
        let outcome = status.outcome
        let fixed: [String] = [
            status.project.text,
            status.name.map(WordGuard.added) ?? "",
            outcome.result.rawValue,
            status.planClass.rawValue,
            outcome.reason?.rawValue ?? "",
            outcome.verified.rawValue,
            outcome.httpStatus.map { String($0) } ?? "",
            outcome.errorCode ?? "",
            outcome.detail ?? "",
            String(outcome.attempts),
            status.wave.map { String($0) } ?? "",
            outcome.startedAt.map(WireDate.text) ?? "",
            outcome.finishedAt.map(WireDate.text) ?? "",
            nextStep.sentence(for: status) ?? "",
        ]
        return writer.line(fixed + further.cells(of: status.cells))
    }
}

/// `NAME.failed.csv`: the projects that need another go, as the sheet had them, so that it is a fleet CSV
/// itself.
package struct FailedCSV: Sendable {
    package static let results: Set<ProjectResult> = [.failed, .blocked, .drifted, .unknown]

    private let columns: [String]
    private let writer = CSVWriter(guardsFormulas: true)

    package init(columns: [String]) { self.columns = columns }

    package var header: String { writer.line(columns) }

    /// nil for a project that needs none.
    package func row(_ status: ProjectStatus) -> String? {
        Self.results.contains(status.outcome.result) ? line(status) : nil
    }

    /// Whatever its result.
    package func line(_ status: ProjectStatus) -> String { writer.line(status.cells) }
}
