import ArgumentParser
import CurlTransport
import Foundation
import JobStore
import MigrationCore

struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Validate a CSV and a target, read each project's live state, and write the job. Changes nothing.",
        discussion: """
            Only GET requests leave; but a GET of the encryption settings makes Atlas check the project's key, so a key
            that has quietly stopped working may come to light (and act) now.

              keyshift plan fleet.csv --target plans/google-role.yaml --job fleet.job
              keyshift plan - --target plans/search-nodes.yaml --job fleet.job < fleet.csv

            Run again with the same input it reads what is still unread.
            """)

    @Argument(help: "The fleet CSV; - reads standard input.")
    var csv: String
    @Option(help: "What stands between the CSV's cells; results are always written with commas.")
    var delimiter = Delimiter.comma
    @Option(help: "The target file (YAML or JSON).")
    var target: String
    @Option(help: "The job file to write.")
    var job: String
    @Flag(help: "Validate and write the job without reading anything; `plan` again completes it.")
    var offline = false
    @Flag(help: "Exit 2 when there is something to change.")
    var detailedExitcode = false
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run() throws {
        let console = Console(global)
        try ErrorText.reporting(console) {
            let planner = Planner(
                console: console, csv: csv, delimiter: delimiter, targetPath: target,
                jobPath: JobPlace.resolved(job),
                connection: try Connection.load(connection, environment: ProcessInfo.processInfo.environment),
                options: connection, acceptsMissingLog: jobOptions.acceptMissingLog)
            return try planner.run(offline: offline, detailedExitCode: detailedExitcode)
        }
    }
}
