import ArgumentParser
import Reporting

struct Status: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show a job's progress, from any terminal, while it runs or not.",
        discussion: """
              keyshift status fleet.job
              keyshift status fleet.job --watch
              keyshift status fleet.job --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The job file.", transform: FileName.file)
    var job: String
    @Flag(help: "Show it again every second until no run holds the job.")
    var watch = false
    @Option(help: "text or json.")
    var format = Format.text
    @OptionGroup(title: "General") var global: GlobalOptions

    func run(_ desk: Desk) throws -> ExitStatus {
        let console = desk.console
        while true {
            let snapshot = try JobSnapshot.take(job)
            let status = snapshot.status
            if let loss = snapshot.logLoss { console.warn(ErrorText.missingLog(status.path, loss)) }
            console.out(format == .json ? status.json + "\n" : status.text)
            guard watch, status.holder != nil else { return .done }
            // A reader waits for the clock and for nothing else.
            desk.pause(.seconds(1))
        }
    }
}
