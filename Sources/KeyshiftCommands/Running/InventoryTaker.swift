import AtlasAPI
import CurlTransport
import JobRunner
import MigrationCore
import Reporting

/// `inventory`: list → surveys → a CSV and a table. Writes nothing unless every project has its row.
struct InventoryTaker {
    var console: Console
    var connection: Connection
    var options: ConnectionOptions
    /// nil: standard output.
    var output: String?
    var filter: InventoryFilter

    func run() throws -> ExitStatus {
        try FilePlace.checkOutputs([output], inputs: options.files)
        let file = try output.map { try OutputFile($0) }
        let settings = RunSettings.reading(options, TargetSettings())
        let sheet = InventorySheet(
            organisation: connection.organisation, filter: filter, settings: settings,
            clock: SystemClock.instant)
        let session = Session(
            console: console, journal: sheet, organisation: connection.organisation,
            connection: connection, options: options, settings: settings)
        let end = try session.run(sheet, verb: "read", total: { sheet.rows.count })
        if let failure = sheet.unlisted { return refused(failure) }
        guard end == .completed else {
            let advice = end.advice(resume: "the same keyshift command, which starts over", reads: true) ?? ""
            console.error("\(advice)\nNo inventory was written.")
            return end.status
        }
        return try write(sheet, to: file)
    }

    private func refused(_ failure: Failure) -> ExitStatus {
        console.error(
            """
            The list of projects can't be read: \(failure.summary)
            No inventory was written. \(connection.organisation == nil
                ? "The credentials need a role in the organisation."
                : "Check the organisation's id, and that the credentials have a role in it.")
            """)
        return [401, 403].contains(failure.status) ? .accessRefused : .someFailed
    }

    private func write(_ sheet: InventorySheet, to file: OutputFile?) throws -> ExitStatus {
        var summary = InventorySummary()
        var unreadable = 0
        func pour(_ append: (String) throws -> Void) throws {
            try append(InventoryCSV.header)
            for row in sheet.rows {
                guard let survey = row.survey else {
                    throw CommandError(
                        .internalError, "\(row.listed.project.id) was not read; nothing was written.")
                }
                let posture = Posture(survey)
                guard filter.shows(posture) else { continue }
                summary.count(posture)
                try append(InventoryCSV.row(row.listed, posture))
                if case .unreadable(let failure) = survey {
                    unreadable += 1
                    console.warn(unreadableLine(row.listed.project, failure))
                }
            }
        }
        if let file {
            try file.write { try pour($0) }
            console.out(summary.text)
        } else {
            try pour { console.data($0) }
            console.say("\(lines: summary.text)")
        }
        tellWhatIsMissing(sheet)
        return unreadable > 0 || !sheet.isSettled ? .someFailed : .done
    }

    private func unreadableLine(_ project: Project, _ failure: Failure) -> Prose {
        "\(project.name) (\(project.id)) can't be read: \(failure.summary)"
    }

    private func tellWhatIsMissing(_ sheet: InventorySheet) {
        if !sheet.isSettled {
            console.warn(
                "The list of projects changed each time it was read; some may be missing. Run it again.")
        }
        guard let announced = sheet.announced, announced > sheet.listed else { return }
        console.warn(
            "Atlas counts \(announced) projects and listed \(sheet.listed): the list changed while it was read. "
                + "Run it again.")
    }
}
