import ArgumentParser
import Foundation
import JobStore

struct Undo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plan the way back, where there is one, as a new job.",
        discussion: """
            Puts back what the job has changed and what can go back; names the rest and why. Changes nothing itself:
            look at the new job and apply it.

              keyshift undo fleet.job --job back.job
              keyshift show back.job
              keyshift apply back.job
            """)

    @Argument(help: "The job whose changes are to be put back.")
    var source: String
    @Option(help: "The new job file.")
    var job: String
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run() throws {
        let console = Console(global)
        try ErrorText.reporting(console) {
            try Undoer(
                console: console, sourcePath: JobPlace.resolved(source), jobPath: JobPlace.resolved(job),
                connection: try Connection.load(connection, environment: ProcessInfo.processInfo.environment),
                options: connection, acceptsMissingLog: jobOptions.acceptMissingLog
            ).run()
        }
    }
}
