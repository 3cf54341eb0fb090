import AtlasAPI
import Foundation
import JobRunner
import JobStore
import MigrationCore
import Testing

/// Goal: a fleet is loaded whole or not at all, with every problem told, and its rows reach the engine. Method: small
/// files in a folder of their own.
@Suite struct FleetImportTests {
    static let target = """
        {"keyshift":1,"name":"t","target":{"googleCloudKms":{"roleId":"${role}"}}}
        """

    static func id(_ number: Int) -> String { "65000000000000000000000\(number)" }

    static func withFolder(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/keyshift-import-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    static func parsed() throws -> TargetFile {
        try TargetFile.parse(target)
    }

    static func load(_ csv: String, in folder: String) throws -> (
        JobFile, Result<FleetImport.Loaded, any Error>
    ) {
        try Data(csv.utf8).write(to: URL(fileURLWithPath: folder + "/a.csv"))
        let job = try JobFile.create(folder + "/job")
        let importer = FleetImport(path: folder + "/a.csv", target: try parsed(), separator: UInt8(ascii: ","))
        return (job, Result { try importer.load(into: job, origin: origin) })
    }

    static func origin(_ loaded: FleetImport.Loaded) -> JobOrigin {
        JobOrigin(
            createdAt: 1, address: "https://x", organisation: nil, csvName: "a.csv", csvDigest: loaded.digest,
            columns: loaded.columns, targetName: "t", targetText: target, targetDigest: "d")
    }

    @Test func allRowsAreLoadedAndReachTheEngine() throws {
        try Self.withFolder { folder in
            let role = Self.id(9)
            let csv = "project_id,role\n\(Self.id(1)),\(role)\n\(Self.id(2)),\n\(Self.id(3)),\(role)\n"
            let (job, result) = try Self.load(csv, in: folder)
            let loaded = try result.get()
            #expect(loaded.projects == 3 && loaded.columns == ["project_id", "role"])
            #expect(loaded.digest == Hex.digest(of: Array(csv.utf8)))
            let rows = UnreadRows(job, columns: loaded.columns, target: try Self.parsed(), separator: UInt8(ascii: ","))
            guard case .loadedReads(let first, false) = try rows.next(.rows(2, wave: nil)),
                case .loadedReads(let last, true) = try rows.next(.rows(2, wave: nil))
            else {
                Issue.record("not the pages")
                return
            }
            #expect(first.map(\.ordinal) == [1, 2] && last.map(\.ordinal) == [3])
            #expect(first.map(\.decision.target.role) == [RoleID(role).map { .id($0) }, .missing])
            guard case .loadedWork(let work, true) = try OpenWorkRows(job).next(.rows(5, wave: nil)) else {
                Issue.record("not the last page")
                return
            }
            #expect(work.isEmpty)
        }
    }

    @Test func everyProblemIsToldAndNothingKept() throws {
        try Self.withFolder { folder in
            let csv = "project_id,role\n\(Self.id(1)),x\nbad,\n\(Self.id(1)),\n"
            let (job, result) = try Self.load(csv, in: folder)
            guard case .failure(let error) = result,
                case .problems(let problems, let target)? = error as? FleetImport.Failure
            else {
                Issue.record("no problems")
                return
            }
            #expect(problems.kept.map(\.position.line) == [2, 3, 4] && target.isEmpty)
            #expect(try job.totals().projects == 0)
            #expect(throws: JobStoreError.self) { try job.origin() }
        }
    }

    @Test func aColumnThatTheSheetLacksIsTheTargetsMistake() throws {
        try Self.withFolder { folder in
            let (_, result) = try Self.load("project_id\n\(Self.id(1))\n\(Self.id(2))\n", in: folder)
            guard case .failure(let error) = result,
                case .problems(let problems, let target)? = error as? FleetImport.Failure
            else {
                Issue.record("no problems")
                return
            }
            #expect(problems.isEmpty && target.count == 1)
        }
    }

    @Test func noFileAndNoProjects() throws {
        try Self.withFolder { folder in
            let (_, result) = try Self.load("project_id,role\n", in: folder)
            guard case .failure(FleetImport.Failure.noProjects) = result else {
                Issue.record("\(result)")
                return
            }
            let job = try JobFile.create(folder + "/other")
            let importer = FleetImport(path: folder + "/none.csv", target: try Self.parsed(), separator: UInt8(ascii: ","))
            let error = #expect(throws: FleetImport.Failure.self) {
                try importer.load(into: job, origin: Self.origin)
            }
            guard case .missing? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}
