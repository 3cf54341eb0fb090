import ArgumentParser
import Foundation

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
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run() throws {
        let console = Console(global)
        try ErrorText.reporting(console) {
            try Undoer(
                console: console, sourcePath: source, jobPath: job,
                connection: try Connection.load(connection, environment: ProcessInfo.processInfo.environment),
                options: connection
            ).run()
        }
    }
}
