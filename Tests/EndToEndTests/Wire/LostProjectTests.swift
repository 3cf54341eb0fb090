import Foundation
import Testing

/// A project that answers 404 or 401 is blocked or failed with its code, and the others go on; by a mixed fleet, and by
/// a project deleted between plan and apply.
@Suite(.aFewAtATime) struct LostProjectTests {
    @Test func blockedAtPlan() async throws {
        let rig = try await Rig(["--projects", "100", "--scenario", "google-mixed"])
        try await rig.plan()
        let ended = try await rig.apply(expecting: 3)
        #expect(ended.out.contains("not_found"))
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        let expected = [
            "deleted": ("not_found", "404", "GROUP_NOT_FOUND"), "forbidden": ("no_access", "401", nil),
            "otherOrganisation": ("no_access", "401", nil),
        ]
        for (row, project) in zip(audit.rows, audit.truth.projects) {
            guard let (reason, status, code) = expected[project.access] else { continue }
            #expect(row["result"] == "blocked" && row["reason"] == reason, "\(row)")
            #expect(row["http_status"] == status && row["error_code"]?.isEmpty == false, "\(row)")
            if let code { #expect(row["error_code"] == code) }
        }
        // The fleet's sheet names a role where the project has two, and `auto` takes it.
        #expect(audit.counts["changed"] == 64)
        let reasons = Set(audit.rows.compactMap { $0["reason"] }.filter { !$0.isEmpty })
        #expect(
            reasons == [
                "not_found", "no_access", "role_missing", "role_not_ready", "several_providers",
                "key_not_valid",
            ])
    }

    @Test func deletedBetweenPlanAndApply() async throws {
        let rig = try await Rig(["--projects", "10", "--state", "state.json"])
        try await rig.plan()
        try await rig.setAccess(of: try rig.ids()[3], to: "deleted")
        try await rig.setAccess(of: try rig.ids()[5], to: "forbidden")
        try await rig.apply(expecting: 3)
        let rows = try rig.results()
        #expect(rows[3]["result"] == "failed" && rows[3]["reason"] == "not_found", "\(rows[3])")
        #expect(rows[3]["http_status"] == "404" && rows[3]["error_code"] == "GROUP_NOT_FOUND", "\(rows[3])")
        #expect(rows[5]["result"] == "failed" && rows[5]["reason"] == "no_access", "\(rows[5])")
        #expect(rows[5]["http_status"] == "401", "\(rows[5])")
        #expect(rows.filter { $0["result"] == "changed" }.count == 8)
        #expect(try rig.simulator.truth().violations == [])
    }
}
