import ArgumentParser
import Foundation
import JobStore

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read every project that is done or was sent a change again; exit 2 when one is not right.",
        discussion: """
            Only GET requests leave. Somebody's Terraform may have put a setting back weeks later; the sheet that -o
            writes is what to plan again.

              keyshift verify fleet.job
              keyshift verify fleet.job -o again.csv
            """)

    @Argument(help: "The job file.")
    var job: String
    @Option(name: .shortAndLong, help: "Write those that are no longer right here, as a fleet CSV.")
    var output: String?
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run() throws {
        let console = Console(global)
        try ErrorText.reporting(console) {
            try Verifier(
                console: console, jobPath: JobPlace.resolved(job),
                connection: try Connection.load(connection, environment: ProcessInfo.processInfo.environment),
                options: connection, output: output, acceptsMissingLog: jobOptions.acceptMissingLog
            ).run()
        }
    }
}
