import AtlasAPI
import ArgumentParser
import Foundation
import JobStore
import MigrationCore

struct Roles: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List each project's role, make the missing Google ones, and write the grants they need.",
        discussion: """
            Without --create only GET requests leave. --create looks at every project first, says how many roles it
            would make and asks; then it makes them, and waits until they are COMPLETE. A role is made once: every
            request is written to --job before it leaves, and after a crash the same command looks before it asks
            again. Ctrl-C writes what is ready; the same command goes on.

              keyshift roles fleet.csv --provider googleCloudKms
              keyshift roles fleet.csv --provider googleCloudKms --create --job roles.job -o with-roles.csv
              keyshift roles fleet.csv --provider googleCloudKms --grants grants.sh

            0 when every project has one usable role, else 3.
            """)

    @Argument(help: "The fleet CSV; - reads standard input.")
    var csv: String
    @Option(help: "What stands between the CSV's cells; results are always written with commas.")
    var delimiter = Delimiter.comma
    @Option(help: "googleCloudKms, awsKms or azureKeyVault.")
    var provider: Provider
    @Option(
        name: .shortAndLong, help: "Write the sheet here, with each project's role in the column role_id.")
    var output: String?
    @Flag(help: "Make the missing roles (Google only); needs --job.")
    var create = false
    @Flag(help: "Answer the question of --create, for scripts.")
    var yes = false
    @Option(help: "Where --create writes down what it asks for; the same file goes on after a crash.")
    var job: String?
    @Option(help: "Write the additive IAM grants here, as a shell script to review and run (Google only).")
    var grants: String?
    @Option(help: "How long a new role may take to be COMPLETE.")
    var rolePatience = DurationArgument(.seconds(1200))
    @Option(help: "How long a role that was asked for without an answer may take to be listed.")
    var propagationPatience = DurationArgument(.seconds(180))
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func validate() throws {
        if create, job == nil {
            throw ValidationError("--create needs --job FILE: what was asked for must outlive a crash.")
        }
        if yes, !create { throw ValidationError("--yes belongs to --create.") }
        if job != nil, !create { throw ValidationError("--job belongs to --create.") }
        if create || grants != nil, provider != .googleCloudKms {
            throw ValidationError(
                "--create and --grants are for googleCloudKms; the others need your cloud's own side.")
        }
    }

    func run() throws {
        let console = Console(global)
        try ErrorText.reporting(console) {
            let environment = ProcessInfo.processInfo.environment
            return try RoleKeeper(
                console: console, csv: csv, delimiter: delimiter, provider: provider,
                jobPath: job.map(JobPlace.resolved), isConfirmed: yes,
                output: output, grants: grants,
                rolePatience: rolePatience.duration, lookPatience: propagationPatience.duration,
                connection: try Connection.load(connection, environment: environment), options: connection,
                acceptsMissingLog: jobOptions.acceptMissingLog
            ).run()
        }
    }
}
