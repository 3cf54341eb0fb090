import AtlasAPI
import AtlasSimulation
import Foundation
import JobStore
import Testing

@testable import KeyshiftCommands
@testable import RunSimulation

/// A migration from sheet to report, command by command.
struct MigrationTests {
    @Test func fromPlanToVerify() throws {
        let rig = try Rig(12)
        try rig.plan()
        let shown = try rig.run("show @fleet.job", expecting: 0)
        #expect(shown.out.contains("googleCloudKms.roleId") && shown.out.contains("12"))
        let json = try rig.run("show @fleet.job --format json", expecting: 0)
        #expect(JSONValue(parsing: Array(json.out.utf8))?["projects"]?.array?.count == 12)
        let one = try rig.run("show @fleet.job --project \(rig.projects[0].id)", expecting: 0)
        #expect(one.out.contains(rig.projects[0].id) && !one.out.contains(rig.projects[1].id))
        try rig.run("show @fleet.job --project \(String(repeating: "0", count: 24))", expecting: 65)
        try rig.run("show @fleet.job --project x", expecting: 64)

        let applied = try rig.run("apply @fleet.job --yes --confirm-irreversible 12 --verbose", expecting: 0)
        #expect(applied.out.contains("changed") && applied.err.contains("PATCH /api/atlas"))
        #expect(applied.err.contains("Wave 2 begins."))
        #expect(rig.projects.allSatisfy { $0.patchesApplied == 1 && $0.violations.isEmpty })
        #expect(try rig.text("fleet.results.csv").contains(",changed,irreversible,,valid,"))
        #expect(!rig.has("fleet.failed.csv"))

        try rig.run("resume @fleet.job", expecting: 0)
        #expect(rig.projects.allSatisfy { $0.patchesSeen == 1 })
        let verified = try rig.run("verify @fleet.job", expecting: 0)
        #expect(verified.out.contains("12 right, 0 not"))
        #expect(try rig.run("retry @fleet.job", expecting: 0).err.contains("No project"))
        #expect(
            try rig.run("undo @fleet.job --job @back.job", expecting: 3).err.contains("no job was written"))
        #expect(!rig.has("back.job"))
    }

    @Test func statusAndReportsOfAFinishedJob() throws {
        let rig = try Rig(3)
        try rig.plan()
        try rig.run("apply @fleet.job --yes --confirm-irreversible 3 --waves 1,rest", expecting: 0)
        let text = try rig.run("status @fleet.job", expecting: 0).out
        for words in ["3 changed", "no run holds it", "wave 1: passed", "apply: completed (exit 0)"] {
            #expect(text.contains(words), "\(text)")
        }
        let status = try #require(
            JSONValue(parsing: Array(rig.run("status @fleet.job --format json").out.utf8)))
        #expect(status["totals"]?["changed"]?.number == 3 && status["running"]?.bool == false)
        #expect(status["runs"]?.array?.last?["exit_code"]?.number == 0)
        #expect(status["approvals"]?.array?.first?["how"]?.string == "--yes --confirm-irreversible 3")

        #expect(try rig.run("report @fleet.job", expecting: 0).out.contains("History"))
        let csv = try rig.run("report @fleet.job --format csv", expecting: 0).out
        #expect(csv.hasPrefix("project_id,project_name,result,") && csv.split(separator: "\n").count == 4)
        let json = try #require(
            JSONValue(parsing: Array(rig.run("report @fleet.job --format json").out.utf8)))
        #expect(json["totals"]?["changed"]?.number == 3)
        try rig.run("report @fleet.job --format csv -o @report.csv", expecting: 0)
        #expect(try rig.text("report.csv") == csv)
        #expect(try rig.run("report @fleet.job --format csv -o -", expecting: 0).out == csv)
    }

    @Test func thereAndBack() throws {
        let rig = try Rig(5, .searchNodesOff, target: Target.searchNodes)
        try rig.plan("--detailed-exitcode", expecting: 2)
        try rig.run("undo @fleet.job --job @back.job", expecting: 0)
        #expect(!rig.has("back.job"))
        try rig.run("apply @fleet.job --yes --quiet", expecting: 0)
        #expect(rig.projects.allSatisfy { $0.encryption != $0.original })
        try rig.run("undo @fleet.job --job @fleet.job", expecting: 64)
        #expect(try rig.run("undo @fleet.job --job @back.job", expecting: 0).out.contains("5"))
        try rig.run("apply @back.job --yes", expecting: 0)
        #expect(rig.projects.allSatisfy { $0.encryption == $0.original })
        let verified = try rig.run("verify @fleet.job -o @again.csv", expecting: 2)
        #expect(verified.out.contains("0 right, 5 not") && verified.err.contains("To plan again"))
        #expect(try rig.text("again.csv") == (try rig.text("fleet.csv")))
        let streamed = try rig.run("verify @fleet.job -o -", expecting: 2)
        #expect(streamed.out == (try rig.text("fleet.csv")) && streamed.err.contains("0 right, 5 not"))
    }

    @Test func anOfflinePlanIsCompletedLater() throws {
        let rig = try Rig(2)
        try rig.plan("--offline")
        try rig.run("apply @fleet.job --yes --confirm-irreversible 2", expecting: 7)
        try rig.run("resume @fleet.job", expecting: 7)
        rig.environment["MONGODB_ATLAS_CLIENT_ID"] = nil
        rig.environment["MONGODB_ATLAS_CLIENT_SECRET"] = nil
        try rig.plan("--offline")
        try rig.plan(expecting: 78)
        let other = try Rig(2)
        rig.environment = other.environment
        try rig.plan()
        try rig.run("resume @fleet.job", expecting: 7)
        try rig.write("fleet.csv", "project_id\n\(rig.projects[0].id)\n")
        #expect(
            try rig.run("plan @fleet.csv --target @target.yaml --job @fleet.job", expecting: 7).err
                .contains("the CSV"))
    }

    @Test func watchEndsWhenNoRunHoldsTheJob() throws {
        let rig = try Rig(1)
        try rig.plan()
        var lock = Optional(try RunLock(job: rig.path("fleet.job")))
        var pauses: [Duration] = []
        rig.pause = {
            pauses.append($0)
            lock = nil
        }
        let ended = try rig.run("status @fleet.job --watch", expecting: 0)
        #expect(pauses == [.seconds(1)] && lock == nil)
        #expect(ended.out.contains("running: pid") && ended.out.contains("no run holds it"))
    }

    @Test func aHeldJobIsRefused() throws {
        let rig = try Rig(1)
        try rig.plan()
        let lock = try RunLock(job: rig.path("fleet.job"))
        defer { withExtendedLifetime(lock) {} }
        for line in ["apply @fleet.job --yes", "resume @fleet.job", "retry @fleet.job", "verify @fleet.job"] {
            try rig.run(line, expecting: 8)
        }
    }

    /// Address and organisation are the job's for good.
    @Test func aJobIsOfOneAddressAndOrganisation() throws {
        let rig = try Rig(1)
        rig.environment["MONGODB_ATLAS_ORG_ID"] = rig.transport.atlas.fleet.organisation
        try rig.plan()
        rig.environment["MONGODB_ATLAS_ORG_ID"] = String(repeating: "a", count: 24)
        #expect(try rig.run("verify @fleet.job", expecting: 7).err.contains("MONGODB_ATLAS_ORG_ID"))
        rig.environment["MONGODB_ATLAS_BASE_URL"] = "https://cloud.mongodb.com"
        #expect(try rig.run("verify @fleet.job", expecting: 7).err.contains("https://cloud.mongodb.com"))
    }
}
