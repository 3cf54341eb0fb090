import AtlasSimulation
import Testing

/// Goal: a report of a part of the fleet is held against that part, and nothing that was touched or asked for can be
/// missing from it. Method: a fleet that nobody changed, and one project of it that somebody did.
@Suite struct ReportCheckTests {
    private let fleet = Fleet(count: 4, seed: 1, scenario: .googleStatic)

    private func check(_ rows: [Int], sheet: [Int]? = nil, touched: Int? = nil) throws -> ReportCheck {
        var fleet = Fleet(seed: 1)
        for (index, id) in self.fleet.order.enumerated() {
            var project = try #require(self.fleet[id])
            if index == touched { project.patchesSeen = 1 }
            fleet.append(project)
        }
        let report =
            "project_id,project_name,result,reason,verified\n"
            + rows.map { "\(fleet.order[$0]),x,pending,,none\n" }.joined()
        let sheet = sheet.map { rows in
            "project_id\n" + rows.map { "\(fleet.order[$0])\n" }.joined()
        }
        return try ReportCheck(report: report, sheet: sheet, fleet: fleet, wanted: ["roleId"], now: 0)
    }

    @Test func aPartOfTheFleet() throws {
        #expect(try check([0, 2]).isRight)
        #expect(try check([0, 2]).projectCount == 2)
        #expect(try check([0, 2], sheet: [0, 2]).isRight)
        #expect(try check([0, 1, 2, 3], sheet: [3, 2, 1, 0]).isRight)
    }

    @Test func whatIsMissing() throws {
        let lost = try check([0, 2], sheet: [0, 1, 2])
        #expect(!lost.isRight && lost.rightCount == 2 && lost.projectCount == 3)
        #expect(lost.lines.flatMap(\.mistakes) == ["not in the report"])
        #expect(try !check([0, 2], touched: 3).isRight)
        #expect(try !check([0, 2], sheet: [0, 2], touched: 3).isRight)
        #expect(try !check([]).isRight, "a report of nothing proves nothing")
    }

    /// A project of the sheet that Atlas does not know has to be accounted for, too.
    @Test func aStrangerInTheSheet() throws {
        let report = "project_id,project_name,result,reason,verified\n\(fleet.order[0]),x,pending,,none\n"
        let stranger = String(repeating: "a", count: 24)
        let sheet = "project_id\n\(fleet.order[0].uppercased())\n"
        let known = try ReportCheck(report: report, sheet: sheet, fleet: fleet, wanted: ["roleId"], now: 0)
        #expect(known.isRight, "ids in either case: \(known.lines)")
        let more = try ReportCheck(
            report: report, sheet: sheet + stranger + "\n", fleet: fleet, wanted: ["roleId"], now: 0)
        #expect(!more.isRight && more.projectCount == 2 && more.rightCount == 1)
        #expect(more.lines.last?.project == stranger && more.lines.last?.mistakes == ["not in the report"])
    }

    @Test func whatNobodyAskedFor() throws {
        let more = try check([0, 1, 2], sheet: [0, 2])
        #expect(!more.isRight && more.lines.flatMap(\.mistakes) == ["not in the sheet"])
    }
}
