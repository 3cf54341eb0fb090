import CurlTransport
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// What `plan`, `show` and the question before `apply` say of a plan.
struct PlanOutput {
    var job: JobFile
    var jobPath: String

    /// Of the revision at hand.
    func summary(_ totals: Totals, settings: RunSettings) throws -> String {
        let hasRoles = try StoredTarget.parse(try job.origin(), path: jobPath).target["roleId"] != nil
        // Look and check read the state, a target with a role its roles too.
        let estimate = PlanEstimate(
            changes: totals.toDo, readsPerChange: hasRoles ? 3 : 2, settings: settings)
        return PlanText(nextStep: try job.nextStep()).summary(
            job: try facts(), totals: totals, estimate: estimate, settings: settings,
            plannedAt: try job.plannedAt(), now: SystemClock.wallMilliseconds())
    }

    func facts() throws -> JobFacts {
        let origin = try job.origin()
        let runs = try job.runs().filter { !$0.command.hasPrefix("plan") && !$0.command.hasPrefix("verify") }
        var facts = JobFacts(
            path: jobPath, target: origin.targetName, organisation: origin.organisation,
            address: origin.address,
            planDigest: try job.planDigest(), createdAt: origin.createdAt, startedAt: runs.first?.startedAt,
            endedAt: runs.last?.endedAt, end: runs.last?.endedHow)
        facts.history =
            JobHistory(
                runs: try job.runs(), approvals: try job.approvals(), halts: try job.halts(),
                isRunning: try job.runner() != nil
            ).events
        return facts
    }

    /// The first rows that would change, field by field.
    func samples(_ count: Int) throws -> [Prose] {
        let text = ShowText(nextStep: try job.nextStep())
        return try job.firstChanges(count).map { "\(lines: text.row($0).trimmingSuffix("\n"))" }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
