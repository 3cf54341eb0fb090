import TargetFiles
import AtlasAPI
import MigrationCore
import Testing

/// Goal: each project gets the class and reason of the contract's section 3, in its order. Method: a table with every
/// row, and rows where two apply.
@Suite struct PlanDecisionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var target = Sample.googleRole()
        var state = Sample.google()
        var roles = [Sample.Role(id: Sample.role)]
        var filter = Filter()
        var given: String?
        var planClass: PlanClass
        var reason: Reason?
        var detail: String?
        var testDescription: String { name }
    }

    static let ready = Sample.Role(id: Sample.role)
    static let other = Sample.Role(id: Sample.otherRole)
    static let notReady = Sample.Role(id: Sample.role, usable: false)
    static let foreign = Sample.Role(id: Sample.role, provider: .awsKms)
    static let nothing = EncryptionState(enabled: [], searchNodes: nil)
    static let both = EncryptionState(
        enabled: Sample.aws().enabled + Sample.google().enabled, searchNodes: nil)
    static let search = ResolvedTarget(provider: nil, searchNodes: true)
    static let secret = {
        var target = ResolvedTarget(provider: .googleCloudKms)
        target.secrets = ["serviceAccountKey": .environment("K")]
        return target
    }()
    static let withRole = Sample.google(role: Sample.role)

    static let rows = [
        Row(name: "static to role", planClass: .irreversible),
        Row(name: "the sheet's name is right", given: "live", planClass: .irreversible),
        Row(name: "another name", given: "Live", planClass: .blocked, reason: .nameMismatch, detail: "Live"),
        Row(
            name: "name before providers", state: both, given: "x", planClass: .blocked, reason: .nameMismatch
        ),
        Row(
            name: "name before noop", state: withRole, given: "x", planClass: .blocked, reason: .nameMismatch),
        Row(
            name: "two providers", state: both, planClass: .blocked, reason: .severalProviders,
            detail: "awsKms, googleCloudKms"),
        Row(
            name: "two before where", state: both, filter: Filter(provider: .azureKeyVault),
            planClass: .blocked, reason: .severalProviders),
        Row(name: "has a role, auto", state: withRole, planClass: .noop),
        Row(name: "has any role, auto", state: Sample.google(role: Sample.otherRole), planClass: .noop),
        Row(
            name: "has the role", target: Sample.googleRole(.id(Sample.role)), state: withRole,
            planClass: .noop),
        Row(name: "noop without a list", state: withRole, roles: [], planClass: .noop),
        Row(
            name: "noop, key not valid", state: Sample.google(role: Sample.role, valid: false),
            planClass: .blocked, reason: .keyNotValid),
        Row(name: "noop before where", state: withRole, filter: Filter(auth: .static), planClass: .noop),
        Row(
            name: "search nodes are on", target: search, state: Sample.google(search: true), planClass: .noop),
        Row(
            name: "search nodes off, null", target: ResolvedTarget(provider: nil, searchNodes: false),
            planClass: .noop),
        Row(name: "a secret is never noop", target: secret, planClass: .irreversible),
        Row(name: "where: other provider", filter: Filter(provider: .awsKms), planClass: .excluded),
        Row(name: "where: role", filter: Filter(auth: .role), planClass: .excluded),
        Row(
            name: "where: static", target: search, state: withRole, filter: Filter(auth: .static),
            planClass: .excluded),
        Row(name: "where on nothing", state: nothing, filter: Filter(auth: .static), planClass: .excluded),
        Row(
            name: "where matches", filter: Filter(provider: .googleCloudKms, auth: .static),
            planClass: .irreversible),
        Row(
            name: "where before mismatch", state: Sample.azure(), filter: Filter(auth: .role),
            planClass: .excluded),
        Row(
            name: "other provider", state: Sample.azure(), planClass: .blocked, reason: .providerMismatch,
            detail: "azureKeyVault"),
        Row(
            name: "mismatch before validity", state: Sample.azure(valid: false), planClass: .blocked,
            reason: .providerMismatch),
        Row(name: "none", state: nothing, planClass: .blocked, reason: .providerNotEnabled),
        Row(
            name: "none, search nodes", target: search, state: nothing, planClass: .blocked,
            reason: .providerNotEnabled),
        Row(
            name: "key not valid", state: Sample.google(valid: false), planClass: .blocked,
            reason: .keyNotValid),
        Row(
            name: "validity before role", state: Sample.google(valid: false), roles: [], planClass: .blocked,
            reason: .keyNotValid),
        Row(name: "no role at all", roles: [], planClass: .blocked, reason: .roleMissing),
        Row(name: "only another cloud's", roles: [foreign], planClass: .blocked, reason: .roleMissing),
        Row(
            name: "empty cell", target: Sample.googleRole(.missing), planClass: .blocked, reason: .roleMissing
        ),
        Row(
            name: "empty cell, has one", target: Sample.googleRole(.missing), state: withRole,
            planClass: .blocked, reason: .roleMissing),
        Row(
            name: "given, not listed", target: Sample.googleRole(.id(Sample.role)), roles: [other],
            planClass: .blocked, reason: .roleNotInProject),
        Row(
            name: "given, another cloud's", target: Sample.googleRole(.id(Sample.role)), roles: [foreign],
            planClass: .blocked, reason: .roleNotInProject),
        Row(
            name: "given, not ready", target: Sample.googleRole(.id(Sample.role)), roles: [notReady],
            planClass: .blocked, reason: .roleNotReady, detail: "IN_PROGRESS"),
        Row(name: "auto, not ready", roles: [notReady], planClass: .blocked, reason: .roleNotReady),
        Row(
            name: "auto, two usable", roles: [ready, other], planClass: .blocked, reason: .roleAmbiguous,
            detail: Sample.otherRole.text),
        Row(name: "auto, one of two usable", roles: [notReady, other], planClass: .irreversible),
        Row(
            name: "given, of two", target: Sample.googleRole(.id(Sample.otherRole)), roles: [ready, other],
            planClass: .irreversible),
        Row(
            name: "role to role", target: Sample.googleRole(.id(Sample.otherRole)), state: withRole,
            roles: [ready, other], planClass: .reversible),
        Row(
            name: "secret after a role", target: secret, state: withRole, planClass: .blocked, reason: .oneWay
        ),
        Row(name: "search nodes", target: search, planClass: .reversible),
    ]

    /// What a job holds as the plan of a project is what its target makes of it, and nothing else is.
    @Test(arguments: rows) func makesItsOwnChangeAndNoOther(row: Row) throws {
        let decision = PlanDecision(target: row.target, filter: row.filter, givenName: row.given)
        guard
            let change = Sample.decide(
                row.target, row.state, roles: row.roles, filter: row.filter, name: row.given
            ).change
        else { return }
        #expect(decision.makes(change))
        let provider = change.provider
        func with(_ changes: [FieldChange], role: RoleID?) -> PlannedChange {
            PlannedChange(provider: provider, before: change.before, changes: changes, role: role)
        }
        let more = FieldChange(
            path: "\(provider.rawValue).keyVersionResourceID", before: .absent, after: .value(.text("evil")))
        let search = FieldChange(path: "enabledForSearchNodes", before: .absent, after: .value(.bool(true)))
        for added in [more, search] where !change.changes.contains(where: { $0.path == added.path }) {
            #expect(!decision.makes(with(change.changes + [added], role: change.role)), "\(added)")
        }
        for index in change.changes.indices {
            var changes = change.changes
            changes[index].after = .secret(reference: "${env:EVIL}")
            #expect(!decision.makes(with(changes, role: change.role)), "\(change.changes[index])")
            changes.remove(at: index)
            #expect(!decision.makes(with(changes, role: change.role)), "\(change.changes[index])")
        }
        let role = try #require(RoleID("0123456789abcdef01234567"))
        if row.target.role != .auto { #expect(!decision.makes(with(change.changes, role: role))) }
        var elsewhere = Filter()
        elsewhere.provider = Provider.allCases.first { $0 != provider }
        #expect(!PlanDecision(target: row.target, filter: elsewhere, givenName: nil).makes(change))
    }

    @Test(arguments: rows) func decides(row: Row) {
        let item = Sample.decide(
            row.target, row.state, roles: row.roles, filter: row.filter, name: row.given)
        #expect(item.planClass == row.planClass && item.reason == row.reason)
        #expect(row.detail.map { item.detail?.contains($0) == true } ?? true)
        #expect((item.change != nil) == item.planClass.isChange)
        #expect(item.live == row.state && item.liveName == "live" && item.organisation == Sample.organisation)
    }

    @Test func autoTakesTheUsableRoleAndKeepsAPresentOne() {
        let chosen = Sample.decide(Sample.googleRole(), Sample.google(), roles: [Self.notReady, Self.other])
        #expect(chosen.change?.role == Sample.otherRole)
        var target = Sample.googleRole()
        target.searchNodes = true
        let kept = Sample.decide(target, Self.withRole, roles: [Self.ready, Self.other])
        #expect(kept.planClass == .reversible && kept.change?.role == Sample.role)
        #expect(kept.change?.changes.map(\.path) == ["enabledForSearchNodes"])
    }

    @Test func aHiddenAWSRoleIsSeenByItsUse() {
        let hidden = Sample.aws(access: nil)
        let target = ResolvedTarget(provider: .awsKms, role: .auto)
        let serving = Sample.Role(id: Sample.role, provider: .awsKms, serves: true)
        let idle = Sample.Role(id: Sample.otherRole, provider: .awsKms)
        let seen = Sample.decide(target, hidden, roles: [serving, idle])
        #expect(seen.planClass == .noop && seen.live?.single?.roleID == Sample.role)
        // Two that serve tell nothing, nor does one beside an access key.
        var second = serving
        second.id = Sample.otherRole
        #expect(Sample.decide(target, hidden, roles: [serving, second]).reason == .roleAmbiguous)
        let plain = Sample.decide(target, Sample.aws(), roles: [serving])
        #expect(plain.planClass == .irreversible && plain.live?.single?.roleID == nil)
        let google = Sample.decide(
            Sample.googleRole(), Sample.google(), roles: [Sample.Role(id: Sample.role, serves: true)])
        #expect(google.planClass == .irreversible)
    }
}
