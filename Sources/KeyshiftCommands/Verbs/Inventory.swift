import TargetFiles
import AtlasAPI
import ArgumentParser
import JobRunner
import MigrationCore
import Reporting

/// List → surveys → a CSV and a table.
struct Inventory: Verb {
    static let configuration = CommandConfiguration(
        abstract: "List the organisation's projects and their encryption posture, as a CSV for `plan`.",
        discussion: """
            Only GET requests leave: the list of projects, and for each its roles and its encryption settings. Reading
            the settings makes Atlas check the project's key.

              keyshift inventory -o fleet.csv
              keyshift inventory --provider googleCloudKms --auth static -o to-do.csv
              keyshift inventory --tag env=prod | head

            A project that can't be read is a row that says so, whatever the filters; exit 3 then.
            candidate_role_id is the role that `roleId: auto` would choose where the column role_id is empty.
            """)

    @Option(
        help: "The organisation (24 hex digits); else MONGODB_ATLAS_ORG_ID, or all that the credentials see.")
    var org: OrganisationID?
    @Option(
        name: .shortAndLong, help: "Write the CSV here; without it, to standard output.",
        transform: FileName.orStandard)
    var output: String?
    @Option(help: "Only projects with this provider on: googleCloudKms, awsKms or azureKeyVault.")
    var provider: Provider?
    @Option(help: "Only projects whose provider has this: static, role or none.")
    var auth: AuthArgument?
    @Option(help: "Only projects with the search nodes' encryption on or off.")
    var searchNodes: SwitchArgument?
    @Option(help: "Only projects with this tag, as KEY=VALUE; may be repeated, and all must match.")
    var tag: [TagArgument] = []
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func validate() throws {
        guard Set(tag.map(\.key)).count == tag.count else {
            throw ValidationError("--tag names a key twice; a project has one value for each.")
        }
    }

    private var filter: InventoryFilter {
        InventoryFilter(
            provider: provider, auth: auth?.auth, searchNodes: searchNodes.map { $0 == .on },
            tags: Dictionary(tag.map { ($0.key, $0.value) }) { $1 })
    }

    /// Writes nothing unless every project has its row.
    func run(_ desk: Desk) throws -> ExitStatus {
        let console = desk.console
        var atlas = try Connection.load(connection, desk.environment)
        atlas.organisation = org ?? atlas.organisation
        try FilePlace.checkOutputs([output], inputs: connection.files)
        let file = OutputFile.isStandardOutput(output) ? nil : try desk.output(output)
        let settings = RunSettings.reading(connection, TargetSettings())
        let sheet = InventorySheet(
            organisation: atlas.organisation, filter: filter, settings: settings)
        let session = Session(
            desk: desk, connection: atlas, journal: sheet, organisation: atlas.organisation,
            settings: settings)
        let end = try session.run(sheet, verb: "read", total: { sheet.rows.count })
        if let failure = sheet.unlisted { return refused(console, failure, organisation: atlas.organisation) }
        if end == .completed, let doubt = sheet.doubt { return doubted(console, doubt, sheet) }
        guard end == .completed else {
            let advice = end.advice(resume: "the same keyshift command, which starts over") ?? ""
            console.error("\(advice)\nNo inventory was written.")
            return end.status
        }
        return try write(console, sheet, to: file)
    }

    private func refused(
        _ console: Console, _ failure: Failure, organisation: OrganisationID?
    ) -> ExitStatus {
        let advice: Prose =
            switch failure.readReason {
            case .readFailed:
                failure.isForeign
                    ? "Look at what stands between this machine and Atlas (proxy, gateway, MONGODB_ATLAS_BASE_URL)."
                    : "Atlas could not give the list; run the same command again later."
            case .notFound: "Check the organisation's id in --org or MONGODB_ATLAS_ORG_ID."
            default:
                organisation == nil
                    ? "The credentials need a role in the organisation."
                    : "Check the organisation's id, and that the credentials have a role in it."
            }
        console.error(
            "The list of projects can't be read: \(failure.summary)\nNo inventory was written. \(advice)")
        return failure.readReason == .noAccess ? .accessRefused : .someFailed
    }

    /// Nobody can say that the list is whole: a sheet that lacks projects would pass for one that has them all.
    private func doubted(
        _ console: Console, _ doubt: InventorySheet.Doubt, _ sheet: InventorySheet
    ) -> ExitStatus {
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

    private func write(
        _ console: Console, _ sheet: InventorySheet, to file: OutputFile?
    ) throws -> ExitStatus {
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
