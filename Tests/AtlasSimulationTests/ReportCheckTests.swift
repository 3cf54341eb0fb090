import AtlasSimulation
import Testing

/// Goal: a report of a part of the fleet is held against that part, word by word, and nothing that was touched or asked
/// for can be missing from it. Method: a fleet that nobody changed, one project of it that somebody did, and right rows
/// with one cell changed at a time.
@Suite struct ReportCheckTests {
    private let fleet = Fleet(count: 4, seed: 1, scenario: .googleStatic)
    private static let now: Int64 = 1_800_000_000_000
    private static let header =
        "project_id,project_name,result,class,reason,verified,http_status,error_code,detail,attempts,wave,"
        + "started_at,finished_at,next_step"

    /// A row of a project that nobody has touched.
    private func row(_ index: Int, _ change: (inout [String: String]) -> Void = { _ in }) throws -> String {
        let id = fleet.order[index]
        var cells = [
            "project_id": id, "project_name": try #require(fleet[id]).name, "result": "pending",
            "class": "irreversible", "verified": "none", "attempts": "0", "next_step": "Run keyshift resume.",
        ]
        change(&cells)
        let names = Self.header.split(separator: ",").map(String.init)
        return (names + cells.keys.filter { !names.contains($0) }.sorted()).map { cells[$0] ?? "" }
            .joined(separator: ",") + "\n"
    }

    private func check(
        _ rows: [String], sheet: String? = nil, more: String = "", touched: Int? = nil
    ) throws -> ReportCheck {
        var fleet = Fleet(seed: 1)
        for (index, id) in self.fleet.order.enumerated() {
            var project = try #require(self.fleet[id])
            if index == touched { project.patchesSeen = 1 }
            fleet.append(project)
        }
        return try ReportCheck(
            report: Self.header + more + "\n" + rows.joined(), sheet: sheet, fleet: fleet, wanted: ["roleId"],
            now: Self.now)
    }

    private func check(_ rows: [Int], sheet: [Int]? = nil, touched: Int? = nil) throws -> ReportCheck {
        let sheet = sheet.map { "project_id\n" + $0.map { "\(fleet.order[$0])\n" }.joined() }
        return try check(rows.map { try row($0) }, sheet: sheet, touched: touched)
    }

    @Test func aPartOfTheFleet() throws {
        let part = try check([0, 2])
        #expect(part.isRight && part.projectCount == 2, "\(part.lines)")
        #expect(try check([0, 2], sheet: [0, 2]).isRight)
        #expect(try check([0, 1, 2, 3], sheet: [3, 2, 1, 0]).isRight)
    }

    @Test func whatIsMissing() throws {
        let lost = try check([0, 2], sheet: [0, 1, 2])
        #expect(!lost.isRight && lost.rightCount == 2 && lost.projectCount == 3)
        #expect(lost.missingCount == 1 && lost.extraCount == 0)
        #expect(lost.lines.flatMap(\.mistakes) == ["not in the report"])
        #expect(try !check([0, 2], touched: 3).isRight)
        #expect(try !check([0, 2], sheet: [0, 2], touched: 3).isRight)
        #expect(try !check([Int]()).isRight, "a report of nothing proves nothing")
    }

    /// A project of the sheet that Atlas does not know has to be accounted for, too.
    @Test func aStrangerInTheSheet() throws {
        let stranger = String(repeating: "a", count: 24)
        let sheet = "project_id\n\(fleet.order[0].uppercased())\n"
        let known = try check([try row(0)], sheet: sheet)
        #expect(known.isRight, "ids in either case: \(known.lines)")
        let lost = try check([try row(0)], sheet: sheet + stranger + "\n")
        #expect(!lost.isRight && lost.projectCount == 2 && lost.rightCount == 1 && lost.missingCount == 1)
        #expect(lost.lines.last?.project == stranger && lost.lines.last?.mistakes == ["not in the report"])
        let blocked = try row(1) {
            $0["project_id"] = stranger
            ($0["project_name"], $0["result"], $0["class"], $0["reason"]) = (
                "", "blocked", "blocked", "not_found"
            )
        }
        let told = try check([try row(0), blocked], sheet: sheet + stranger + "\n")
        #expect(told.isRight, "\(told.lines)")
        #expect(try !check([try row(0), blocked], sheet: sheet).isRight, "it is not in the sheet")
        #expect(try !check([try row(0), blocked]).isRight, "it is not in the fleet")
        let claimed = blocked.replacing("blocked,blocked,not_found", with: "excluded,excluded,")
        #expect(try !check([try row(0), claimed], sheet: sheet + stranger + "\n").isRight)
    }

    @Test func whatNobodyAskedFor() throws {
        let more = try check([0, 1, 2], sheet: [0, 2])
        #expect(
            !more.isRight && more.lines.flatMap(\.mistakes) == ["not in the sheet"] && more.extraCount == 1)
        let twice = try check([0, 0], sheet: [0])
        #expect(!twice.isRight && twice.extraCount == 1 && twice.missingCount == 0)
    }

    static let forgeries: [[String: String]] = [
        ["project_name": "another"], ["project_name": ""], ["attempts": ""], ["attempts": "-1"],
        ["attempts": "x"],
        ["attempts": "2"], ["verified": "valid"], ["verified": "accepted"], ["verified": ""],
        ["class": "noop"],
        ["class": "blocked"], ["class": ""], ["next_step": ""], ["result": "changed"],
        ["result": "unchanged"],
        ["result": "excluded"], ["result": "blocked"], ["result": "unknown"], ["result": "failed"],
        ["result": "nonsense"], ["result": "failed", "reason": "refused", "attempts": "0"],
        ["started_at": "yesterday"], ["started_at": "2999-01-01T00:00:00.000Z"],
        ["started_at": "2026-11-30T10:00:00.000+01:00"], ["finished_at": "2026-11-30T10:00:00.000Z"],
        [
            "result": "drifted", "reason": "state_changed", "started_at": "2026-11-30T10:00:01.000Z",
            "finished_at": "2026-11-30T10:00:00.000Z",
        ],
        ["result": "drifted", "reason": "state_changed", "started_at": "2026-11-30T10:00:01.000Z"],
    ]

    @Test(arguments: forgeries) func eachWordCounts(change: [String: String]) throws {
        let forged = try row(0) { $0.merge(change) { $1 } }
        let check = try check([forged, try row(1)])
        #expect(!check.isRight && check.rightCount == 1, "\(change)")
    }

    @Test func wordsThatFit() throws {
        let drifted = try row(0) {
            ($0["result"], $0["reason"]) = ("drifted", "state_changed")
            $0["started_at"] = "2026-11-30T10:00:00.000Z"
            $0["finished_at"] = "2026-11-30T10:00:00.000Z"
        }
        let check = try check([drifted])
        #expect(check.isRight, "\(check.lines)")
    }

    @Test func theSheetsOwnCells() throws {
        let sheet =
            "project_id,team,detail,wave\n\(fleet.order[0]),\"a, b\",null,3\n\(fleet.order[1]),,'=x,\n"
        func rows(_ changes: [String: String]) throws -> [String] {
            [
                try row(0) {
                    $0.merge(["csv.detail": "null", "csv.wave": "3", "team": "\"a, b\"", "wave": "3"]) { $1 }
                    $0.merge(changes) { $1 }
                },
                try row(1) { $0.merge(["csv.detail": "'=x", "csv.wave": "", "team": ""]) { $1 } },
            ]
        }
        let more = ",csv.detail,csv.wave,team"
        let right = try check(try rows([:]), sheet: sheet, more: more)
        #expect(right.isRight, "\(right.lines)")
        for change in [["team": "a"], ["csv.detail": ""], ["csv.wave": "4"], ["wave": "2"]] {
            #expect(try !check(try rows(change), sheet: sheet, more: more).isRight, "\(change)")
        }
        #expect(try !check([0, 1].map { try row($0) }, sheet: sheet).isRight, "the columns lack")
    }

    @Test func aReportWithoutItsColumns() throws {
        let short = "project_id,project_name,result\n\(fleet.order[0]),x,pending\n"
        let check = try ReportCheck(report: short, fleet: fleet, wanted: ["roleId"], now: Self.now)
        #expect(!check.isRight && check.lines.flatMap(\.mistakes).contains("no column attempts"))
    }
}
