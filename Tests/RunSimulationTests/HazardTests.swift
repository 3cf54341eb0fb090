import TargetFiles
import AtlasAPI
import AtlasSimulation
import MigrationCore
import Reporting
import RunSimulation
import Testing

/// Goal: no hazard of the ticket collection (roles of other projects, keys that don't work, somebody else's hands) leads
/// to a PATCH that should not have been sent, and each is named with what to do. Method: one project of a simulated fleet
/// gets the hazard, before the plan or between plan and apply.
@Suite struct HazardTests {
    struct Hazard: Sendable, CustomTestStringConvertible {
        var name: String
        var result: ProjectResult
        var reason: Reason?
        /// What the target asks for; a role by default.
        var target = HazardTests.role
        var beforePlan: @Sendable (inout SimulatedProject, _ other: SimulatedProject) -> Void = { _, _ in }
        var beforeApply: @Sendable (inout SimulatedProject) -> Void = { _ in }
        var faults: [String: [String?]] = [:]
        var sendsPatch = false
        var testDescription: String { name }
    }

    static let role = ResolvedTarget(provider: .googleCloudKms, role: .auto)
    static let google = Provider.googleCloudKms.rawValue

    static let hazards = [
        Hazard(
            name: "a role of another project", result: .blocked, reason: .roleNotInProject,
            target: ResolvedTarget(
                provider: .googleCloudKms,
                role: RoleID("65aaaaaaaaaaaaaaaaaaaaaa").map { .id($0) } ?? .missing)),
        Hazard(
            name: "no role", result: .blocked, reason: .roleMissing,
            beforePlan: { project, _ in project.roles = [] }),
        Hazard(
            name: "a role that is not ready", result: .blocked, reason: .roleNotReady,
            beforePlan: { project, _ in project.roles[0].readyAt = nil }),
        Hazard(
            name: "two roles", result: .blocked, reason: .roleAmbiguous,
            beforePlan: { project, other in project.roles.append(other.roles[0]) }),
        Hazard(
            name: "a role that goes between plan and apply", result: .drifted, reason: .roleChanged,
            beforeApply: { $0.roles = [] }),
        Hazard(
            name: "a role that is no longer ready", result: .drifted, reason: .roleChanged,
            beforeApply: { $0.roles[0].readyAt = nil }),
        Hazard(
            name: "a key that does not work before the plan", result: .blocked, reason: .keyNotValid,
            beforePlan: { project, _ in project.encryption.enabled[google]?.valid = false }),
        Hazard(
            name: "a key that stops working before apply", result: .blocked, reason: .keyNotValid,
            beforeApply: { $0.encryption.enabled[google]?.valid = false }),
        Hazard(
            name: "a key that does not work after the change", result: .failed, reason: .notValidAfterChange,
            faults: ["PATCH": ["never-valid"]], sendsPatch: true),
        Hazard(
            name: "another key version since the plan", result: .drifted, reason: .stateChanged,
            beforeApply: {
                $0.encryption.enabled[google]?.values["keyVersionResourceID"] = .string("projects/x/y")
            }),
        Hazard(
            name: "search nodes switched since the plan", result: .drifted, reason: .stateChanged,
            beforeApply: { $0.encryption.searchNodes = true }),
        Hazard(
            name: "somebody else has done it", result: .unchanged, reason: nil,
            beforeApply: { project in
                project.encryption.enabled[google]?.values[FieldName.roleID] = .string(project.roles[0].id)
            }),
        Hazard(
            name: "somebody else's edit during the change", result: .failed, reason: .collateralChange,
            faults: ["PATCH": ["foreign-edit"]], sendsPatch: true),
        Hazard(
            name: "deleted before the plan", result: .blocked, reason: .notFound,
            beforePlan: { project, _ in project.access = .deleted }),
        Hazard(
            name: "deleted before apply", result: .failed, reason: .notFound,
            beforeApply: { $0.access = .deleted }),
        Hazard(
            name: "of another organisation", result: .blocked, reason: .noAccess,
            beforePlan: { project, _ in project.access = .otherOrganisation }),
        Hazard(
            name: "no longer ours", result: .failed, reason: .noAccess,
            beforeApply: { $0.access = .forbidden }),
        Hazard(
            name: "two providers on", result: .blocked, reason: .severalProviders,
            beforePlan: { project, _ in
                project.encryption.enabled[Provider.awsKms.rawValue] = .init(values: [:])
            }),
        Hazard(
            name: "another provider", result: .blocked, reason: .providerMismatch,
            target: ResolvedTarget(provider: .azureKeyVault, role: .auto)),
        Hazard(
            name: "no provider", result: .blocked, reason: .providerNotEnabled,
            beforePlan: { project, _ in project.encryption.enabled = [:] }),
    ]

    @Test(arguments: hazards) func isNamedAndLeftAlone(hazard: Hazard) throws {
        var input = SimulatedCase(calm: 5)
        input.projects = 4
        input.scenario = .googleStatic
        input.storm = .calm
        (input.hasHazards, input.hidesAWSRole, input.deaths) = (false, false, [])
        input.target = hazard.target
        input.settings.maxFailures = .count(10)
        input.settings.verifyPatience = .seconds(5)
        let ids = Fleet(count: 4, seed: 5, scenario: .googleStatic).order
        // Neither the first, which has a slow start of its own, nor the last.
        let id = ids[1]
        input.scripts = [id: hazard.faults]
        let run = try SimulatedRun(input)
        let other = try #require(run.atlas.fleet[ids[2]])
        run.edit { atlas in atlas.editProject(id) { hazard.beforePlan(&$0, other) } }
        try run.playPlan()
        run.edit { atlas in atlas.editProject(id) { hazard.beforeApply(&$0) } }
        #expect(try run.playApply() == [])

        let row = try #require(run.job.rows.first { $0.project.text == id })
        let reason = row.outcome?.reason ?? row.item?.reason
        #expect(row.result == hazard.result && reason == hazard.reason, "\(row.result) \(reason as Any)")
        #expect(run.atlas.fleet[id]?.patchesSeen == (hazard.sendsPatch ? 1 : 0))
        guard let reason = hazard.reason else { return }
        let step = NextStep(job: "fleet.job").sentence(result: hazard.result, reason: reason)
        #expect((step ?? "").count > 30, "\(step ?? "no sentence")")
        #expect(row.outcome?.detail ?? row.item?.detail ?? "" != "", "the detail names what was seen")
    }

    @Test func aRoleThatBecomesReadyIsTaken() throws {
        var input = SimulatedCase(calm: 6)
        input.projects = 2
        input.scenario = .googleStatic
        input.storm = .calm
        (input.hasHazards, input.hidesAWSRole, input.deaths) = (false, false, [])
        input.target = Self.role
        let run = try SimulatedRun(input)
        let id = run.job.rows[0].project.text
        run.edit { $0.editProject(id) { $0.roles[0].readyAt = nil } }
        try run.playPlan()
        #expect(run.job.rows[0].item?.reason == .roleNotReady)
        let again = try SimulatedRun(input)
        try again.playPlan()
        #expect(try again.playApply() == [] && again.job.rows[0].result == .changed)
    }

    /// A body without it would be refused; every field that a read shows is carried over.
    @Test func privateEndpointsKeepPrivateNetworking() throws {
        var input = SimulatedCase(calm: 7)
        input.projects = 6
        input.scenario = .awsStatic
        input.storm = .calm
        (input.hasHazards, input.hidesAWSRole, input.deaths) = (false, false, [])
        input.target = ResolvedTarget(provider: .awsKms, role: .auto)
        let run = try SimulatedRun(input)
        for row in run.job.rows {
            run.edit { atlas in
                atlas.editProject(row.project.text) { project in
                    project.privateEndpointRegions = ["US_EAST_1"]
                    project.encryption.enabled[Provider.awsKms.rawValue]?.values["requirePrivateNetworking"] =
                        .bool(true)
                }
            }
        }
        try run.playPlan()
        #expect(try run.playApply() == [])
        for row in run.job.rows {
            #expect(row.result == .changed, "\(row.project)")
            let settings = run.atlas.fleet[row.project.text]?.encryption.enabled[Provider.awsKms.rawValue]
            #expect(settings?.values["requirePrivateNetworking"] == .bool(true))
        }
    }
}
