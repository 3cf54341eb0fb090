import TargetFiles
import AtlasAPI
import MigrationCore

/// Projects, states and roles to test with.
enum Sample {
    static let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"
    static let role = id("aa", RoleID.self)
    static let otherRole = id("bb", RoleID.self)
    static let organisation = id("0f", OrganisationID.self)

    static func id<Kind: Sendable>(_ end: String, _: HexID<Kind>.Type) -> HexID<Kind> {
        HexID(String(repeating: "6", count: 24 - end.count) + end)!
    }

    static func project(_ number: Int) -> ProjectID {
        let digits = String(number, radix: 16)
        return ProjectID(String(repeating: "0", count: 24 - digits.count) + digits)!
    }

    static func json(_ text: String) -> JSONValue { JSONValue(parsing: Array(text.utf8))! }

    static func settings(
        _ provider: Provider, _ values: [String: FieldValue], valid: Bool = true
    ) -> ProviderSettings { ProviderSettings(provider: provider, values: values, isValid: valid) }

    static func state(
        _ provider: Provider, _ values: [String: FieldValue], valid: Bool = true, search: Bool? = nil
    ) -> EncryptionState {
        EncryptionState(enabled: [settings(provider, values, valid: valid)], searchNodes: search)
    }

    static func google(
        role: RoleID? = nil, key: String = Sample.key, valid: Bool = true, search: Bool? = nil
    ) -> EncryptionState {
        var values: [String: FieldValue] = ["keyVersionResourceID": .text(key)]
        values["roleId"] = role.map { .text($0.text) }
        return state(.googleCloudKms, values, valid: valid, search: search)
    }

    static func azure(role: RoleID? = nil, valid: Bool = true, search: Bool? = nil) -> EncryptionState {
        var values: [String: FieldValue] = [
            "clientID": .text("c"), "tenantID": .text("t"), "keyVaultName": .text("v"),
            "requirePrivateNetworking": .bool(true),
        ]
        values["roleId"] = role.map { .text($0.text) }
        return state(.azureKeyVault, values, valid: valid, search: search)
    }

    static func aws(role: RoleID? = nil, access: String? = "AKIA000000000000") -> EncryptionState {
        var values: [String: FieldValue] = [
            "customerMasterKeyID": .text("cmk"), "region": .text("US_EAST_1"),
            "requirePrivateNetworking": .bool(false),
        ]
        values["roleId"] = role.map { .text($0.text) }
        values["accessKeyID"] = access.map { .text($0) }
        return state(.awsKms, values)
    }

    /// As `GET …/encryptionAtRest` gives it.
    static func wire(_ state: EncryptionState) -> JSONValue {
        guard case .object(var members) = state.normalised else { return .null }
        for settings in state.enabled {
            guard case .object(var object)? = members[settings.provider.rawValue] else { continue }
            object["valid"] = .bool(settings.isValid)
            members[settings.provider.rawValue] = .object(object)
        }
        // Those that are off are in every answer too.
        for provider in Provider.allCases where members[provider.rawValue] == nil {
            members[provider.rawValue] = .object(["enabled": .bool(false), "valid": .bool(false)])
        }
        return .object(members)
    }

    struct Role {
        var id: RoleID
        var provider: Provider = .googleCloudKms
        var usable = true
        var serves = false
        var made = "2020-01-01T00:00:00Z"
    }

    static func rolesJSON(_ roles: [Role]) -> JSONValue {
        var lists: [String: [JSONValue]] = [
            "awsIamRoles": [], "azureServicePrincipals": [], "gcpServiceAccounts": [],
        ]
        for role in roles {
            let id = JSONValue.string(role.id.text)
            var entry: [String: JSONValue] = ["createdDate": .string(role.made)]
            if role.serves {
                entry["featureUsages"] = .array([.object(["featureType": .string("ENCRYPTION_AT_REST")])])
            }
            switch role.provider {
            case .awsKms:
                entry["roleId"] = id
                entry["authorizedDate"] = role.usable ? .string(role.made) : .null
                lists["awsIamRoles"]?.append(.object(entry))
            case .azureKeyVault:
                entry["_id"] = id
                lists["azureServicePrincipals"]?.append(.object(entry))
            case .googleCloudKms:
                entry["roleId"] = id
                entry["status"] = .string(role.usable ? "COMPLETE" : "IN_PROGRESS")
                lists["gcpServiceAccounts"]?.append(.object(entry))
            }
        }
        return .object(lists.mapValues { .array($0) })
    }

    static func roles(_ roles: [Role]) -> [CloudRole] { CloudRole.list(rolesJSON(roles), needed: nil) ?? [] }

    static func live(_ name: String = "live", project: ProjectID = project(1)) -> Project {
        Project(
            .object([
                "id": .string(project.text), "orgId": .string(organisation.text), "name": .string(name),
            ]))!
    }

    static func googleRole(_ role: WantedRole = .auto) -> ResolvedTarget {
        ResolvedTarget(provider: .googleCloudKms, role: role)
    }

    static func decide(
        _ target: ResolvedTarget, _ state: EncryptionState, roles: [Role] = [], filter: Filter = Filter(),
        name: String? = nil
    ) -> PlanItem {
        PlanDecision(target: target, filter: filter, givenName: name)
            .decide(project: live(), state: state, roles: target.role == nil ? nil : Sample.roles(roles))
    }

    /// Google static → role; reads the roles first.
    static let toRole = decide(googleRole(), google(), roles: [Role(id: role)]).change!
    /// Search nodes on; one GET is a look.
    static let toSearch = decide(ResolvedTarget(provider: nil, searchNodes: true), google()).change!
    /// New AWS keys: a field that can be read and one that can't.
    static let toSecret: PlannedChange = {
        var target = ResolvedTarget(provider: .awsKms)
        target.values = ["accessKeyID": .text("AKIA111111111111")]
        target.secrets = ["secretAccessKey": .environment("KEY")]
        return decide(target, aws()).change!
    }()
}
