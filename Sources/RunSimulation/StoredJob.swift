import FleetCSV
import AtlasAPI
import Foundation
import JobRunner
import JobStore
import MigrationCore

/// A real job file that takes the same records as the model in memory; they must agree at every start and at the end.
final class StoredJob: Journal {
    private let folder: URL
    private var file: Job
    private var run: Run?

    init(projects: [ProjectID], address: String = "http://atlas.invalid") throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "keyshift-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        file = try Job.create(folder.appendingPathComponent("fleet.job").path)
        let sheet = Array(("project_id\n" + projects.map { $0.text + "\n" }.joined()).utf8)
        try file.load { loader in
            var reader = FleetReader()
            func sink(_ row: FleetRow, _ problems: inout ProblemList) throws { _ = try loader.insert(row) }
            try sheet.withUnsafeBytes { try reader.feed($0, to: sink) }
            try reader.finish(to: sink)
            return .commit(
                JobOrigin(
                    createdAt: VirtualClock.epoch, address: address, organisation: nil, csvName: "fleet.csv",
                    csvDigest: "none", columns: ["project_id"], targetName: "target.yaml", targetText: "",
                    targetDigest: "none"))
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func commit(_ records: [JournalRecord]) throws { try current().commit(records) }

    private func current() throws -> Run {
        guard let run else { throw NoRun() }
        return run
    }

    private struct NoRun: Error {}

    /// A new process opens what the last one left: nothing was closed, folded in or tidied up.
    func begin(_ command: String, at time: Int64) throws {
        file = try Job.open(file.path, for: .run)
        // No history of ours may look like somebody else's work.
        try file.checkApprovals()
        run = try file.firstRevision.beginRun(command, at: time)
    }

    /// What a person does before the first PATCH.
    func approve(_ settings: RunSettings, at time: Int64) throws {
        try current().approve(
            digest: try file.firstRevision.sealPlan(), irreversible: 0, how: "simulated", at: time,
            settings: settings)
    }

    func acceptFailures(at time: Int64) throws { try current().acceptFailures(at: time) }

    func scope(_ settings: RunSettings, stopAfterWave: Int?) throws -> RunScope {
        try file.firstRevision.scope(settings, stopAfterWave: stopAfterWave)
    }

    func holds(at wall: Int64) throws -> [KeptHold] { try file.holds(at: wall) }

    func openWork() throws -> any RowSource { OpenWorkRows(try current()) }

    /// Where file, model and reports differ.
    func differences(from job: MemoryJob) throws -> [String] {
        var problems: [String] = []
        var index = 0
        try file.forEachStatus { status in
            let row = job.rows[index]
            index += 1
            if status.project != row.project || status.outcome.result != row.result
                || status.outcome.reason != (row.outcome == nil ? status.outcome.reason : row.outcome?.reason)
            {
                problems.append("\(row.project): \(row.result), and \(status.outcome.result) in the file")
            }
            if let outcome = row.outcome, status.outcome.result == outcome.result,
                status.outcome.verified != outcome.verified || status.outcome.httpStatus != outcome.httpStatus
                    || status.outcome.errorCode != outcome.errorCode
                    || status.outcome.detail != outcome.detail
                    || status.outcome.startedAt != outcome.startedAt
                    || status.outcome.finishedAt != outcome.finishedAt
            {
                problems.append("\(row.project): \(outcome), and \(status.outcome) in the file")
            }
            if status.outcome.attempts != row.history.attempts {
                problems.append(
                    "\(row.project): \(row.history.attempts) attempts, and in the file other ones")
            }
        }
        if index != job.rows.count { problems.append("\(index) of \(job.rows.count) projects in the file") }
        return problems + (try ReportAudit(file: file, job: job).problems())
    }
}
