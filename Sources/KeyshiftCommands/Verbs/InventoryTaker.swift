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
        let file = OutputFile.isStandardOutput(output) ? nil : try output.map { try OutputFile($0) }
        let settings = RunSettings.reading(options, TargetSettings())
        let sheet = InventorySheet(
            organisation: connection.organisation, filter: filter, settings: settings)
        let session = Session(
            console: console, journal: sheet, organisation: connection.organisation,
            connection: connection, options: options, settings: settings)
        let end = try session.run(sheet, verb: "read", total: { sheet.rows.count })
        if let failure = sheet.unlisted { return refused(failure) }
        if end == .completed, let doubt = sheet.doubt { return doubted(doubt, sheet) }
        guard end == .completed else {
            let advice = end.advice(resume: "the same keyshift command, which starts over") ?? ""
            console.error("\(advice)\nNo inventory was written.")
            return end.status
        }
        return try write(sheet, to: file)
    }

    private func refused(_ failure: Failure) -> ExitStatus {
        let advice: Prose =
            switch failure.readReason {
            case .readFailed:
                failure.isForeign
                    ? "Look at what stands between this machine and Atlas (proxy, gateway, MONGODB_ATLAS_BASE_URL)."
                    : "Atlas could not give the list; run the same command again later."
            case .notFound: "Check the organisation's id in --org or MONGODB_ATLAS_ORG_ID."
            default:
                connection.organisation == nil
                    ? "The credentials need a role in the organisation."
                    : "Check the organisation's id, and that the credentials have a role in it."
            }
        console.error(
            "The list of projects can't be read: \(failure.summary)\nNo inventory was written. \(advice)")
        return failure.readReason == .noAccess ? .accessRefused : .someFailed
    }

    /// Nobody can say that the list is whole: a sheet that lacks projects would pass for one that has them all.
    private func doubted(_ doubt: InventorySheet.Doubt, _ sheet: InventorySheet) -> ExitStatus {
        let listed = TextReport.count(sheet.listed, "project")
        let (what, advice): (Prose, Prose) =
            switch doubt {
            case .keepsChanging:
                (
                    "changed each time it was read, so that some projects may be missing",
                    "Run it again when nobody makes or deletes projects."
                )
            case .repeatsItself(let page):
                (
                    "repeats itself: page \(page) says that more follow and shows only what was shown before",
                    "Something between this machine and Atlas drops the page number; go past it, and run it again."
                )
            case .fewerThanCounted:
                (
                    "shows \(listed) and counts \(sheet.announced ?? 0)",
                    "Run it again; if it stays so, ask who runs the gateway what it leaves out."
                )
            case .endless:
                ("does not end", "Something other than Atlas answers; check MONGODB_ATLAS_BASE_URL.")
            }
        console.error("The list of projects \(what).\nNo inventory was written. \(advice)")
        return .someFailed
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
        for entry in sheet.unreadable {
            console.warn(
                "The list of projects has an entry that can't be read, and that is not in the inventory: \(entry)"
            )
        }
        return unreadable > 0 || !sheet.unreadable.isEmpty ? .someFailed : .done
    }

    private func unreadableLine(_ project: Project, _ failure: Failure) -> Prose {
        "\(project.name) (\(project.id)) can't be read: \(failure.summary)"
    }
}
