import Testing

/// Both flagship uses on all three clouds go through a storm to the simulator's truth, also when AWS hides its role and
/// when Atlas forgets what a PATCH leaves out; and so do the ready plans.
@Suite(.aFewAtATime) struct ProviderTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var scenario: String
        var target: String
        var flags: [String] = []
        var testDescription: String { ([scenario] + flags).joined(separator: " ") }
    }

    private static let cases = [
        Case(scenario: "aws-static", target: Target.awsRole),
        Case(scenario: "azure-static", target: Target.azureRole),
        Case(scenario: "google-static", target: Target.googleRole),
        Case(scenario: "search-nodes-off", target: Target.searchNodes),
        Case(scenario: "google-static", target: Target.googleRole, flags: ["--strict-carry-over"]),
        Case(scenario: "azure-static", target: Target.azureRole, flags: ["--strict-carry-over"]),
        Case(scenario: "aws-static", target: Target.awsRole, flags: ["--hide-aws-role"]),
        Case(scenario: "search-nodes-off", target: Target.searchNodes, flags: ["--hide-aws-role"]),
    ]

    @Test(arguments: cases) func inAStorm(_ one: Case) async throws {
        let rig = try await Rig(
            ["--projects", "30", "--storm", "stormy", "--seed", "11", "--scenario", one.scenario] + one.flags,
            target: one.target)
        try await rig.plan()
        var ended = try await rig.apply()
        if ended.code == 6 { ended = try await rig.resumeToTheEnd().last }
        #expect(ended.code == 0, "\(ended.testDescription)")
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        audit.changesFollowReads()
        #expect(audit.counts == ["changed": 30])
        for body in try rig.simulator.changeBodies() {
            for word in ["\"valid\"", "null", "serviceAccountKey", "\"secret\"", "secretAccessKey"] {
                #expect(!body.contains(word), "\(body)")
            }
            guard body.contains("roleId") else { continue }
            for word in ["accessKeyID", "clientID", "tenantID"] { #expect(!body.contains(word), "\(body)") }
        }
    }

    @Test func staticProjectsKeepTheirCredentialsForSearchNodes() async throws {
        let rig = try await Rig(
            ["--projects", "30", "--scenario", "mixed", "--strict-carry-over"], target: Target.searchNodes)
        try await rig.plan()
        try await rig.apply(expecting: 0)
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        #expect(try rig.irreversible == 0)
    }

    @Test(.enabled(if: Plans.areThere), arguments: ["google-role", "search-nodes", "aws-role", "azure-role"])
    func readyPlan(name: String) async throws {
        let scenario =
            [
                "google-role": "google-static", "search-nodes": "search-nodes-off", "aws-role": "aws-static",
                "azure-role": "azure-static",
            ][name] ?? ""
        let rig = try await Rig([
            "--fleet", "\(Plans.folder)/\(name).csv", "--scenario", scenario,
        ])
        let planned = try await rig.keyshift(
            ["plan", "\(Plans.folder)/\(name).csv", "--target", "\(Plans.folder)/\(name).yaml"]
                + ["--job", "fleet.job"] + Rig.quick)
        #expect(planned.code == 0, "\(planned.testDescription)")
        try await rig.apply(expecting: 0)
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        #expect((audit.counts["changed"] ?? 0) > 0)
    }
}
