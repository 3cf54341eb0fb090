import AtlasAPI
import ArgumentParser
import Foundation
import MigrationCore

struct Inventory: ParsableCommand {
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
    @Option(name: .shortAndLong, help: "Write the CSV here; without it, to standard output.")
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

    func run() throws {
        let console = Console(global)
        try ErrorText.reporting(console) {
            var connected = try Connection.load(
                connection, environment: ProcessInfo.processInfo.environment)
            connected.organisation = org ?? connected.organisation
            return try InventoryTaker(
                console: console, connection: connected, options: connection, output: output,
                filter: InventoryFilter(
                    provider: provider, auth: auth?.auth, searchNodes: searchNodes.map { $0 == .on },
                    tags: Dictionary(tag.map { ($0.key, $0.value) }) { $1 })
            ).run()
        }
    }

    func validate() throws {
        guard Set(tag.map(\.key)).count == tag.count else {
            throw ValidationError("--tag names a key twice; a project has one value for each.")
        }
    }
}

extension OrganisationID: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

extension Provider: ExpressibleByArgument {}

enum AuthArgument: String, CaseIterable, ExpressibleByArgument {
    case `static`, role, none

    var auth: Posture.Auth {
        switch self {
        case .static: .static
        case .role: .role
        case .none: .none
        }
    }
}

enum SwitchArgument: String, CaseIterable, ExpressibleByArgument { case on, off }

struct TagArgument: ExpressibleByArgument {
    var key: String
    var value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
        key = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
    }
}
