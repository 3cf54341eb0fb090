import TargetFiles
import JobRunner
import JobStore
import MigrationCore
import Reporting
import TargetFiles

/// What `plan`, `show` and the question before `apply` say of a plan.
struct PlanOutput {
    var revision: Revision
    var jobPath: String

    private var job: Job { revision.job }

    /// `connection`: the flags that a plan was made with.
    ///
    /// The settings are those that were approved; before that, those that `apply` without flags would take.
    func summary(_ totals: Totals, _ connection: ConnectionOptions? = nil, now: Int64) throws -> String {
        let target = try StoredTarget.parse(try job.origin(), path: jobPath)
        let settings =
            try revision.settings()
            ?? RunSettings.first(
                connection, nil, target.settings, PlanNature(job, totals))
        let waves = try revision.wavesToCome(settings.waves, changes: totals.toDo)
        let hasRoles = target.target["roleId"] != nil
        // Look and check read the state, a target with a role its roles too.
        let estimate = PlanEstimate(
            changes: totals.toDo, readsPerChange: hasRoles ? 3 : 2, waves: waves, settings: settings)
        return PlanText(nextStep: try revision.nextStep()).summary(
            job: try facts(), totals: totals, unread: totals[.unread] > 0 ? try revision.unreadCauses() : [],
            estimate: estimate, waves: waves, settings: settings,
            plannedAt: try revision.plannedAt(), now: now)
    }

    func facts() throws -> JobFacts {
        let origin = try job.origin()
        let runs = try job.runs().filter { !$0.command.hasPrefix("plan") && !$0.command.hasPrefix("verify") }
        var facts = JobFacts(
            path: jobPath, target: origin.targetName, organisation: origin.organisation,
            address: origin.address,
            planDigest: try revision.planDigest(), createdAt: origin.createdAt,
            startedAt: runs.first?.startedAt,
            endedAt: runs.last?.endedAt, end: runs.last?.endedHow)
        // A retry's plan is approved by its own digest.
        facts.approvable = try revision.isApproved() ? job.approvable() : facts.planDigest
        facts.history = try job.history(isRunning: try job.runner() != nil).events
        return facts
    }

    /// The first rows that would change, field by field.
    func samples(_ count: Int) throws -> [Prose] {
        let text = ShowText(nextStep: try revision.nextStep())
        return try revision.firstChanges(count).map { "\(lines: text.row($0).trimmingSuffix("\n"))" }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
