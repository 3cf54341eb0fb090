import FleetCSV
import AtlasAPI
import Foundation
import JobStore
import MigrationCore

/// A folder that goes away with its owner, and a job in it.
final class Folder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/keyshift-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var job: String { path + "/fleet.job" }
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

    static let csv = """
        project_id,project_name,env
        \((1...6).map { "\(Made.project($0)),name \($0),e\($0)" }.joined(separator: "\n"))

        """

    static let origin = JobOrigin(
        createdAt: 1, address: "https://cloud.mongodb.com", organisation: nil, csvName: "a.csv",
        csvDigest: "sha256:1", columns: ["project_id", "project_name", "env"], targetName: "t",
        targetText: "{}",
        targetDigest: "sha256:2")

    /// A run that has begun, of a loaded job.
    func openJob(_ csv: String = Folder.csv) throws -> Run {
        let new = try Job.create(job + ".new")
        try Folder.load(csv, into: new)
        try new.close()
        try Job.publish(job + ".new", as: job)
        return try Job.open(job, for: .run).firstRevision.beginRun("apply", at: 10)
    }

    /// The lines at which duplicates stood before.
    @discardableResult static func load(
        _ csv: String, into file: Job, end: Job.LoadEnd = .commit(origin)
    ) throws -> [Int] {
        var duplicates: [Int] = []
        try file.load { loader in
            var reader = FleetReader()
            let sink: FleetReader.RowSink = { row, _ in
                if let line = try loader.insert(row) { duplicates.append(line) }
            }
            try reader.feed(Array(csv.utf8), to: sink)
            try reader.finish(to: sink)
            return end
        }
        return duplicates
    }
}

/// Things to put into a job.
enum Made {
    static let role = RoleID("6500000000000000000000aa")!
    static let organisation = OrganisationID("65000000000000000000000f")!

    static func project(_ number: Int) -> ProjectID {
        let digits = String(number, radix: 16)
        return ProjectID(String(repeating: "0", count: 24 - digits.count) + digits)!
    }

    static func google(role: RoleID? = nil) -> EncryptionState {
        var values: [String: FieldValue] = ["keyVersionResourceID": .text("k")]
        values["roleId"] = role.map { .text($0.text) }
        let settings = ProviderSettings(provider: .googleCloudKms, values: values, isValid: true)
        return EncryptionState(enabled: [settings], searchNodes: true)
    }

    static func item(_ planClass: PlanClass = .irreversible, _ reason: Reason? = nil) -> PlanItem {
        var item = PlanItem(planClass, reason, detail: reason.map { "why \($0.rawValue)" })
        item.liveName = "live"
        item.organisation = organisation
        item.live = google()
        guard planClass.isChange else { return item }
        guard planClass == .irreversible else {
            item.change = PlannedChange(
                provider: .googleCloudKms, before: google(),
                changes: [
                    FieldChange(
                        path: "enabledForSearchNodes", before: .value(.bool(true)),
                        after: .value(.bool(false)))
                ], role: nil)
            return item
        }
        item.change = PlannedChange(
            provider: .googleCloudKms, before: google(),
            changes: [
                FieldChange(
                    path: "googleCloudKms.roleId", before: .absent, after: .value(.text(role.text))),
                FieldChange(
                    path: "googleCloudKms.serviceAccountKey", before: .absent,
                    after: .secret(reference: "${env:K}")),
            ], role: role)
        return item
    }

    static func failure(_ status: Int?) -> Failure { Failure(status: status, code: "CODE", detail: "d") }

    static func outcome(_ result: ProjectResult, _ reason: Reason? = nil, attempts: Int = 1) -> Outcome {
        var outcome = Outcome(
            result, reason, verified: .accepted, failure: failure(500), detail: "text", attempts: attempts)
        outcome.startedAt = 100
        outcome.finishedAt = 200
        return outcome
    }
}

extension Job {
    func status(_ ordinal: Int) throws -> ProjectStatus? {
        var found: ProjectStatus?
        try forEachStatus { if $0.ordinal == ordinal { found = $0 } }
        return found
    }
}

extension Run {
    /// All that is open, whatever its standing.
    func openWork(after ordinal: Int, limit: Int) throws -> [WorkItem] {
        let items =
            try openWork(unknown: true, wave: nil, after: ordinal, limit: limit)
            + openWork(unknown: false, wave: nil, after: ordinal, limit: limit)
        return Array(items.sorted { $0.ordinal < $1.ordinal }.prefix(limit))
    }
}
