import ArgumentParser
import Foundation
import JobStore

/// What `apply` and `resume` both take.
struct ApplyArguments: ParsableArguments {
    @Argument(help: "The job file.")
    var job: String
    @Option(help: "The digest of the plan that was approved; another plan is refused (7).")
    var approve: String?
    @Flag(help: "Go on with a halted job.")
    var acceptFailures = false
    @OptionGroup(title: "Run") var options: RunOptions
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run(_ approval: Approval, mustBeStarted: Bool) throws {
        let console = Console(global)
        try ErrorText.reporting(console) {
            try Applier(
                console: console, jobPath: JobPlace.resolved(job),
                connection: try Connection.load(connection, environment: ProcessInfo.processInfo.environment),
                options: connection, runOptions: options, approval: approval, acceptsFailures: acceptFailures,
                acceptsMissingLog: jobOptions.acceptMissingLog,
                mustBeStarted: mustBeStarted
            ).run()
        }
    }
}
