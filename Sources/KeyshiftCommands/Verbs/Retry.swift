import ArgumentParser
import Foundation
import JobStore
import MigrationCore

struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read chosen projects again, ask, and run them anew; the others are left alone.",
        discussion: """
            The chosen projects get a new revision of the plan, with its own digest and question, and their tries start
            anew; what happened before stays in the job.

              keyshift retry fleet.job                                  (those that failed)
              keyshift retry fleet.job --only drifted
              keyshift retry fleet.job --only failed:CANNOT_ASSUME_ROLE
              keyshift retry fleet.job --only blocked:key_not_valid --yes --confirm-irreversible 3
            """)

    @Argument(help: "The job file.")
    var job: String
    @Option(help: "RESULT or RESULT:CODE; the code is a status, an error code or a reason.")
    var only = RetryChoice(result: .failed)
    @Flag(help: "Answer yes to the ordinary question.")
    var yes = false
    @Option(help: "The exact number of changes that can't be undone.")
    var confirmIrreversible: Int?
    @Option(help: "The digest of the new revision that was approved; another is refused (7).")
    var approve: String?
    @OptionGroup(title: "Run") var options: RunOptions
    @OptionGroup(title: "Job") var jobOptions: JobOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run() throws {
        let console = Console(global)
        try ErrorText.reporting(console) {
            try Retrier(
                console: console, jobPath: JobPlace.resolved(job),
                connection: try Connection.load(connection, environment: ProcessInfo.processInfo.environment),
                options: connection, runOptions: options,
                approval: Approval(yes: yes, confirmIrreversible: confirmIrreversible, digest: approve),
                choice: only, acceptsMissingLog: jobOptions.acceptMissingLog
            ).run()
        }
    }
}

extension RetryChoice: ExpressibleByArgument {
    /// Results that a new plan can help; what is pending is for `resume`, what is done for nobody.
    private static let results: [ProjectResult] = [.failed, .blocked, .drifted, .unknown]

    package init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard let result = parts.first.flatMap({ ProjectResult(rawValue: $0) }),
            Self.results.contains(result), parts.count == 1 || !parts[1].isEmpty
        else { return nil }
        self.init(result: result, code: parts.count == 2 ? parts[1] : nil)
    }

    package static var allValueStrings: [String] { results.map(\.rawValue) }
}
