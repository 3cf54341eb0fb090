import Foundation
import Testing

/// Reports agree with each other and with the truth, failed.csv is a fleet CSV again, and awkward cells survive.
@Suite(.aFewAtATime) struct ReportTests {
    private static let columns = [
        "project_id", "project_name", "result", "class", "reason", "verified", "http_status", "error_code",
        "detail", "attempts", "wave", "started_at", "finished_at", "next_step", "role_id", "environment",
        "team",
    ]

    private func run() async throws -> Rig {
        let rig = try await Rig(["--projects", "100", "--scenario", "google-mixed"])
        try await rig.plan()
        try await rig.apply(expecting: 3)
        return rig
    }

    @Test func formatsAgree() async throws {
        let rig = try await run()
        let csv = try await rig.keyshift(["report", "fleet.job", "--format", "csv"])
        #expect(try rig.folder.text("fleet.results.csv") == csv.out)
        let sheet = try Sheet(csv.out)
        #expect(sheet.header == Self.columns && sheet.rows.count == 100)
        let json = try await rig.keyshift(["report", "fleet.job", "--format", "json", "-o", "report.json"])
        #expect(json.code == 0 && json.out == "", "\(json.testDescription)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: rig.folder.bytes("report.json")) as? [String: Any])
        #expect(report["schema"] as? Int == 1)
        let totals = try #require(report["totals"] as? [String: Int])
        let counts = Dictionary(sheet.rows.map { ($0["result"] ?? "", 1) }, uniquingKeysWith: +)
        #expect(totals["projects"] == 100)
        #expect(totals.filter { $0.key != "projects" && $0.value > 0 } == counts)
        let projects = try #require(report["projects"] as? [[String: Any]])
        for (row, project) in zip(sheet.rows, projects) {
            for name in ["project_id", "project_name", "result", "class", "verified"] {
                #expect(row[name] == project[name] as? String, "\(row)")
            }
            #expect(row["reason"] == project["reason"] as? String ?? "", "\(row)")
        }
        let text = try await rig.keyshift(["report", "fleet.job"])
        for (result, count) in counts { #expect(text.out.contains("\(count)") && text.out.contains(result)) }
        let names = Dictionary(try rig.simulator.truth().projects.map { ($0.id, $0.name) }) { one, _ in one }
        for row in sheet.rows { #expect(row["project_name"] == names[row["project_id"] ?? ""], "\(row)") }
    }

    @Test func cellsAreGuarded() async throws {
        let rig = try await run()
        let text = try rig.folder.text("fleet.results.csv")
        // The fleet has names such as `+search@eu:19`.
        #expect(text.contains(",'+") && !text.contains(",+"))
        let time = try Regex(#"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"#)
        for row in try rig.results() where row["result"] == "changed" {
            #expect(row["finished_at"]?.wholeMatch(of: time) != nil, "\(row)")
            #expect(row["started_at"]?.wholeMatch(of: time) != nil, "\(row)")
        }
    }

    @Test func failedOnesPlanAgain() async throws {
        let rig = try await run()
        let failed = try Sheet(try rig.folder.text("fleet.failed.csv"))
        let original = try Sheet(try rig.folder.text("fleet.csv"))
        #expect(failed.header == original.header)
        let open = Set(["failed", "blocked", "drifted", "unknown"])
        let expected = Set(
            try rig.results().filter { open.contains($0["result"] ?? "") }.compactMap { $0["project_id"] })
        #expect(Set(failed.rows.compactMap { $0["project_id"] }) == expected)
        for row in failed.rows {
            #expect(row == original.rows.first { $0["project_id"] == row["project_id"] })
        }
        let words = ["plan", "fleet.failed.csv", "--target", "target.yaml", "--job", "again.job"]
        let again = try await rig.keyshift(words + Rig.quick)
        #expect(again.code == 0, "\(again.testDescription)")
        let count: Int? = try JobRows(rig.folder.file("again.job")).value("SELECT count(*) FROM project")
        #expect(count == expected.count)
    }

    @Test func failedFileGoesWhenNothingFailed() async throws {
        let rig = try await Rig(["--projects", "3"])
        try rig.folder.write("fleet.failed.csv", "old\n")
        try await rig.plan()
        try await rig.apply(expecting: 0)
        #expect(!rig.folder.has("fleet.failed.csv"))
    }

    @Test func outputThatCantBeMade() async throws {
        let rig = try await run()
        for format in ["csv", "json", "text"] {
            let ended = try await rig.keyshift([
                "report", "fleet.job", "--format", format, "-o", "none/report",
            ])
            #expect(ended.code == 73, "\(ended.testDescription)")
        }
        let ended = try await rig.keyshift(["resume", "fleet.job", "--events", "none/events"])
        #expect([0, 3, 73].contains(ended.code), "\(ended.testDescription)")
    }

    @Test func takenNamesAndOddCells() async throws {
        let rig = try await Rig(["--projects", "2"])
        let ids = try rig.ids()
        try rig.folder.write(
            "fleet.csv",
            "groupId,result,note\r\n\(ids[0]),mine,\"a \"\"b\"\",\r\nc\"\r\n\(ids[1].uppercased()),\"'=1+1\",-2\r\n"
        )
        try await rig.plan()
        try await rig.apply(expecting: 0)
        let sheet = try Sheet(try rig.folder.text("fleet.results.csv"))
        #expect(sheet.header.suffix(2) == ["csv.result", "note"])
        #expect(sheet.rows.map { $0["csv.result"] } == ["mine", "=1+1"], "\(sheet.rows)")
        #expect(sheet.rows.map { $0["project_id"] } == ids)
        #expect(sheet.rows[1]["note"] == "-2")
    }

    @Test func showOneProject() async throws {
        let rig = try await run()
        let id = try rig.ids()[0]
        let one = try await rig.keyshift(["show", "fleet.job", "--project", id])
        #expect(one.code == 0 && one.out.contains(id), "\(one.testDescription)")
        let json = try await rig.keyshift(["show", "fleet.job", "--format", "json"])
        #expect((try JSONSerialization.jsonObject(with: Data(json.out.utf8))) is [String: Any])
    }
}
