import JobStore
import MigrationCore
import Reporting

/// The end of a run for the person who typed it.
enum Summary {
    static func text(_ job: JobFile, jobPath: String, results: ResultFiles.Paths) throws -> String {
        var summary = SummaryBuilder()
        try job.forEachStatus { summary.add($0) }
        var text = TextReport(nextStep: NextStep(job: jobPath)).summary(
            summary, command: try next(job, jobPath, results))
        text += "\nResults: \(results.results)\n"
        if let failed = results.failed { text += "To plan again: \(failed)\n" }
        return text
    }

    /// The command that goes on from here; nil when nothing is left.
    private static func next(_ job: JobFile, _ jobPath: String, _ results: ResultFiles.Paths) throws
        -> String?
    {
        let totals = try job.totals()
        let acceptance = try job.openHalt() == nil ? "" : " --accept-failures"
        if totals.toDo > 0 { return "keyshift resume \(ShellWord.quoted(jobPath))\(acceptance)" }
        return nil
    }

    /// What the projects' results mean for the exit code.
    static func status(_ totals: Totals) -> ExitStatus {
        if totals[.unknown] > 0 { return .unknownOutcomes }
        let trouble =
            totals[ProjectResult.failed] + totals[ProjectResult.blocked] + totals[ProjectResult.drifted]
        return trouble > 0 ? .someFailed : .done
    }
}
