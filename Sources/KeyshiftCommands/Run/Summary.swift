import JobStore
import MigrationCore
import Reporting

/// The end of a run for the person who typed it.
enum Summary {
    static func text(_ job: Job, results: ResultFiles.Paths) throws -> String {
        var summary = SummaryBuilder()
        try job.forEachStatus { summary.add($0) }
        let nextStep = try job.lastRevision().nextStep()
        let isDone = try job.totals().toDo == 0
        var text = TextReport(nextStep: nextStep).summary(
            summary, command: isDone || nextStep.isHalted ? nil : nextStep.resumeCommand)
        text += "\nResults: \(TerminalText.safe(results.results))\n"
        if let failed = results.failed { text += "To plan again: \(TerminalText.safe(failed))\n" }
        return text
    }

    /// What the projects' results mean for the exit code.
    static func status(_ totals: Totals) -> ExitStatus {
        if totals[.unknown] > 0 { return .unknownOutcomes }
        // A project of which nothing could be learnt stays pending though the run came to its end.
        let trouble =
            totals[ProjectResult.failed] + totals[ProjectResult.blocked] + totals[ProjectResult.drifted]
            + totals[ProjectResult.pending]
        return trouble > 0 ? .someFailed : .done
    }
}

extension Revision {
    /// What to do next, as the job stands.
    func nextStep() throws -> NextStep {
        let isApproved = try isApproved()
        let isDraft = try !isApproved && !job.approvals().isEmpty
        return NextStep(
            job: job.path, isStarted: isApproved || isDraft, isHalted: try job.openHalt() != nil,
            isDraft: isDraft)
    }
}
