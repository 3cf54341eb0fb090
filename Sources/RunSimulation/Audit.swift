import AtlasAPI
import AtlasSimulation
import MigrationCore

/// Compares what a run says with what the simulated Atlas knows, when all is over.
struct Audit {
    var run: SimulatedRun

    func problems() -> [String] {
        var problems: [String] = []
        for row in run.job.rows {
            guard let project = run.atlas.fleet[row.project.text] else {
                problems.append("\(row.project): not in the fleet")
                continue
            }
            problems += expected(row, project).map { "\(row.project) \(row.result.rawValue): \($0)" }
            problems += judge(row, project).map { "\(row.project) \(row.result.rawValue): \($0)" }
            // Next to somebody else's edits a stale read can make us leave out what was just switched on.
            problems += (run.input.hasHazards ? [] : project.violations).map {
                "\(row.project): the server saw: \($0)"
            }
        }
        return problems
    }

    /// Whether the run came to what the target means for the project.
    private func expected(_ row: MemoryJob.Row, _ project: SimulatedProject) -> [String] {
        // Somebody else's hands and a hidden role make another plan right.
        guard !run.input.hasHazards, !run.input.hidesAWSRole, run.input.scripts.isEmpty else { return [] }
        let oracle = PlanOracle(target: run.input.target, times: [run.begunAt, run.endedAt])
        let isUnread = row.item?.reason == .readFailed && !run.input.weather.outages.isEmpty
        switch oracle.expectation(project) {
        case nil: return []
        case .asWanted?: return row.result == .unchanged || isUnread ? [] : ["it was as wanted"]
        case .leftAlone?: return row.result == .blocked ? [] : ["it had to be left alone"]
        case .changed(let state)?:
            if row.result != .changed {
                return row.item?.change != nil || isUnread ? [] : ["it had to be changed"]
            }
            return project.encryption.isLike(state) ? [] : ["the server does not have what the target means"]
        }
    }

    private func judge(_ row: MemoryJob.Row, _ project: SimulatedProject) -> [String] {
        var problems: [String] = []
        let untouched = project.patchesApplied == 0
        switch row.result {
        case .changed:
            // Somebody else may have made it so after an unanswered PATCH of ours; nobody can tell these apart.
            if untouched, !run.input.hasHazards { problems.append("no PATCH of ours was applied") }
            if !isWanted(row, project), !run.input.hasHazards {
                problems.append("the server does not have it")
            }
        case .unchanged, .excluded:
            if !untouched { problems.append("a PATCH was applied") }
        case .blocked:
            if project.patchesApplied > 0 { problems.append("a PATCH was applied") }
        case .drifted:
            if !run.input.hasHazards { problems.append("nobody else changed it") }
        case .failed:
            // An outage may outlast the reads of a project while too few others are read to show that it is one.
            let isOutage = row.outcome?.reason == .readFailed && !run.input.weather.outages.isEmpty
            let isAfterwards = [.notValidAfterChange, .collateralChange].contains(row.outcome?.reason)
            if !untouched, isOutage || (!isAfterwards && !run.input.hasHazards) {
                problems.append("a PATCH was applied")
            }
            if !run.input.hasHazards, !isOutage {
                problems.append("\(reason(row)), and every fault passes")
            }
        case .unknown:
            if !run.input.hasHazards, !run.input.hidesAWSRole {
                problems.append("\(reason(row)), and every fault passes")
            }
        case .pending:
            problems.append("left undone; the run ended with \(run.end.map { "\($0)" } ?? "a death")")
        }
        // What a gate could not read is not changed by that.
        if let reason = row.outcome?.reason, row.outcome?.result == .drifted,
            [.notFound, .noAccess, .readFailed].contains(reason)
        {
            problems.append("drifted by a read that told nothing")
        }
        // A wave's gate corrects the result of a project that is no longer right.
        let settled = row.outcomes.filter { $0.result != .unknown }
        let isCorrected = run.input.hasHazards && settled.count == 2 && settled[0].result.isDone
        if settled.count > 1, !isCorrected { problems.append("more than one result") }
        return problems
    }

    private func reason(_ row: MemoryJob.Row) -> String {
        [row.outcome?.reason?.rawValue, row.outcome?.errorCode, row.outcome?.detail].compactMap { $0 }
            .joined(separator: " ")
    }

    private func isWanted(_ row: MemoryJob.Row, _ project: SimulatedProject) -> Bool {
        guard let change = row.item?.change else { return false }
        let json = project.encryption.answer(hidesAWSRole: false)
        return EncryptionState(json).map { change.isWanted($0) } ?? false
    }
}
