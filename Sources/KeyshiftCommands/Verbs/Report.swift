import ArgumentParser
import JobStore
import MigrationCore
import Reporting

struct Report: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Report on every project of a job, at any time.",
        discussion: """
              keyshift report fleet.job --format text
              keyshift report fleet.job --format csv -o fleet.csv
              keyshift report fleet.job --format json | jq '.totals'
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, csv, json, ndjson, html, markdown, junit
    }

    @Argument(help: "The job file.", transform: FileName.file)
    var job: String
    @Option(help: "text, csv or json.")
    var format = Format.text
    @Option(
        name: .shortAndLong, help: "Write here instead of to standard output.", transform: FileName.orStandard
    )
    var output: String?
    @OptionGroup(title: "General") var global: GlobalOptions

    func validate() throws {
        guard [.text, .csv, .json].contains(format) else {
            throw ValidationError(
                "--format \(format.rawValue) comes with a later version; use text, csv or json.")
        }
    }

    func run(_ desk: Desk) throws -> ExitStatus {
        let console = desk.console
        let file = try JobReader.open(job, console)
        let revision = try file.lastRevision()
        try warnOfChanges(file, console)
        if let output, !OutputFile.isStandardOutput(output) {
            try FilePlace.checkOutput(output, job: job)
            try PlannedSecrets.checkOutput(output, isNoInputOf: file)
            try desk.output(output)?.write { append in try file.consistently { try render(revision, append) }
            }
        } else {
            try file.consistently {
                try render(revision) { if format == .text { console.out($0) } else { console.data($0) } }
            }
        }
        try file.close()
        return .done
    }

    /// A report is wanted all the more of a job that somebody has changed; whoever files it should know.
    private func warnOfChanges(_ file: Job, _ console: Console) throws {
        do {
            try file.checkApprovals()
        } catch JobStoreError.sealBroken(let path, let detail) {
            console.warn(
                "\(path): \(detail). The job was changed after it was approved; this report tells what it says now."
            )
        }
    }

    private func render(_ revision: Revision, _ append: (String) throws -> Void) throws {
        let file = revision.job
        let nextStep = try revision.nextStep()
        let columns = try file.origin().columns
        switch format {
        case .csv:
            let rows = ResultsCSV(columns: columns, nextStep: nextStep)
            try append(rows.header)
            try file.forEachStatus { try append(rows.row($0)) }
        case .json:
            var json = JSONReport(columns: columns, nextStep: nextStep)
            let facts = try PlanOutput(revision: revision, jobPath: job).facts()
            try append(json.prefix(job: facts, totals: try file.totals()))
            try file.forEachStatus { try append(json.row($0)) }
            try append(json.suffix)
        default:
            let text = TextReport(nextStep: nextStep)
            var summary = SummaryBuilder()
            try file.forEachStatus { status in
                summary.add(status)
                if let row = text.row(status) { try append(row) }
            }
            try append("\n" + text.summary(summary))
            let history = try PlanOutput(revision: revision, jobPath: job).facts().history
            if !history.isEmpty { try append("\nHistory\n") }
            for event in history { try append("  \(event.line)\n") }
        }
    }
}
