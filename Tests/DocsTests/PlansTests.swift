import AtlasAPI
import Foundation
import FleetCSV
import TargetFiles
import Testing

/// The target files that ship with keyshift, each with its sample CSV.
@Suite struct PlansTests {
    struct Plan: CustomTestStringConvertible, Sendable {
        var name: String
        /// What the simulated projects are like.
        var scenario: String
        /// The field that the target changes.
        var wanted = "roleId"
        var isOneWay = true
        var testDescription: String { name }
    }

    static let plans = [
        Plan(name: "google-role", scenario: "google-static"),
        Plan(name: "aws-role", scenario: "aws-static"),
        Plan(name: "azure-role", scenario: "azure-static"),
        Plan(
            name: "search-nodes", scenario: "search-nodes-off", wanted: "enabledForSearchNodes",
            isOneWay: false),
    ]

    @Test func everyTargetFileIsTested() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: ThisPackage.plans.path)
        let names = Self.plans.map(\.name)
        #expect(Set(files) == Set(names.map { "\($0).yaml" } + names.map { "\($0).csv" }))
    }

    @Test(arguments: plans)
    func fitsItsSample(plan: Plan) throws {
        let target = try TargetFile.parse(ThisPackage.text("plans/\(plan.name).yaml"))
        var (reader, rows) = (FleetReader(), [FleetRow]())
        try reader.feed(Array(ThisPackage.text("plans/\(plan.name).csv").utf8)) { row, _ in rows.append(row) }
        reader.finish { row, _ in rows.append(row) }
        #expect(reader.problems.isEmpty)
        #expect(rows.count >= 3 && Set(rows.map(\.id)).count == rows.count)
        #expect(target.problems(columns: try #require(reader.header).columns).isEmpty)
        for row in rows {
            guard case .resolved = target.target.resolve({ row[$0] }) else {
                Issue.record("row \(row.ordinal) does not fit the target")
                continue
            }
        }
    }

    @Test(arguments: plans)
    func changesEveryProjectOfItsSample(plan: Plan) throws {
        let session = try ShellSession(fleet: "\(plan.name).csv")
        defer { session.remove() }
        let count = try ThisPackage.text("plans/\(plan.name).csv").split(separator: "\n").count - 1
        let confirmation = plan.isOneWay ? " --confirm-irreversible \(count)" : ""
        let ended = try session.run(
            ShellSession.simulator(scenario: plan.scenario) + [
                "keyshift plan fleet.csv --target plans/\(plan.name).yaml --job fleet.job",
                "keyshift apply fleet.job --yes --rate none\(confirmation)",
                "keyshift report fleet.job --format csv -o report.csv",
            ] + ShellSession.comparison(report: "report.csv", wanted: plan.wanted))
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.output.contains("\(count) of \(count) projects accounted for"), "\(ended)")
        let report = try String(
            contentsOf: session.folder.appending(path: "report.csv"), encoding: .utf8)
        #expect(report.components(separatedBy: ",changed,").count - 1 == count)
    }
}
