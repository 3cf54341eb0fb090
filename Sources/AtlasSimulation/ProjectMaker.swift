import AtlasAPI

/// What a made-up project is like at first.
enum Circumstance: Hashable, Sendable {
    /// Static credentials and one usable role.
    case ready(Provider)
    case onRole(Provider)
    /// The rest are on Google's static key, if not said otherwise.
    case withoutRole
    case roleInProgress
    case twoRoles
    case off
    case keyNotValid
    case severalProviders
    case deleted
    case otherOrganisation
    case forbidden
}

/// Makes up one project; everything is drawn from the seed and the project's number.
struct ProjectMaker {
    var id: String
    var name: String
    var roleID: String
    private let organisation: String
    private let createdAt: Int64
    private var random: Dice

    init(seed: UInt64, number: Int, organisation: String) {
        random = Dice(seed: StableHash.of(seed, "project", String(number)))
        id = random.hex(24)
        roleID = random.hex(24)
        self.organisation = organisation
        // From 2023-01-01 on, a minute apart: the model has no clock to ask.
        createdAt = 1_672_531_200_000 + Int64(number) * 60_000
        name = Self.name(number, &random)
    }

    mutating func project(_ kind: Circumstance) -> SimulatedProject {
        var state = SimulatedEncryption(searchNodes: random.below(5) == 0 ? nil : random.below(3) == 0)
        var roles: [SimulatedRole] = []
        var access = SimulatedProject.Access.open
        let google = Provider.googleCloudKms
        switch kind {
        case .ready(let provider):
            state.enabled[provider.rawValue] = settings(provider, role: nil)
            roles = [role(provider, id: roleID)]
        case .onRole(let provider):
            state.enabled[provider.rawValue] = settings(provider, role: roleID)
            state.searchNodes = random.below(4) == 0 ? nil : false
            roles = [role(provider, id: roleID)]
        case .withoutRole: state.enabled[google.rawValue] = settings(google, role: nil)
        case .roleInProgress:
            state.enabled[google.rawValue] = settings(google, role: nil)
            roles = [role(google, id: roleID)]
            roles[0].readyAt = nil
        case .twoRoles:
            state.enabled[google.rawValue] = settings(google, role: nil)
            roles = [role(google, id: roleID), role(google, id: random.hex(24))]
        case .off: roles = [role(google, id: roleID)]
        case .keyNotValid:
            state.enabled[google.rawValue] = settings(google, role: nil)
            state.enabled[google.rawValue]?.valid = false
            roles = [role(google, id: roleID)]
        case .severalProviders:
            state.enabled[google.rawValue] = settings(google, role: nil)
            state.enabled[Provider.awsKms.rawValue] = settings(.awsKms, role: nil)
            roles = [role(google, id: roleID)]
        case .deleted, .otherOrganisation, .forbidden:
            state.enabled[google.rawValue] = settings(google, role: nil)
            roles = [role(google, id: roleID)]
            access = kind == .deleted ? .deleted : kind == .forbidden ? .forbidden : .otherOrganisation
        }
        var project = SimulatedProject(
            id: id, name: name, organisation: access == .otherOrganisation ? random.hex(24) : organisation,
            createdAt: createdAt, access: access, encryption: state, roles: roles)
        if state.enabled.values.contains(where: { $0.values["requirePrivateNetworking"] == .bool(true) }) {
            project.privateEndpointRegions = ["US_EAST_1"]
        }
        return project
    }

    private mutating func settings(_ provider: Provider, role: String?) -> SimulatedEncryption.Settings {
        var values: [String: JSONValue]
        switch provider {
        case .googleCloudKms:
            let key = "projects/kms-\(random.hex(4))/locations/europe-west1/keyRings/atlas/cryptoKeys/data"
            values = ["keyVersionResourceID": .string("\(key)/cryptoKeyVersions/\(1 + random.below(4))")]
        case .awsKms:
            values = [
                "customerMasterKeyID": .string("arn:aws:kms:us-east-1:123456789012:key/\(random.uuid())"),
                "region": .string("US_EAST_1"), "requirePrivateNetworking": .bool(random.below(5) == 0),
            ]
            if role == nil { values["accessKeyID"] = .string("AKIA" + random.hex(16).uppercased()) }
        case .azureKeyVault:
            let vault = "vault-\(random.hex(6))"
            values = [
                "azureEnvironment": .string("AZURE"), "clientID": .string(random.uuid()),
                "tenantID": .string(random.uuid()), "subscriptionID": .string(random.uuid()),
                "resourceGroupName": .string("rg-\(random.hex(4))"), "keyVaultName": .string(vault),
                "keyIdentifier": .string("https://\(vault).vault.azure.net/keys/atlas/\(random.hex(32))"),
                "requirePrivateNetworking": .bool(random.below(5) == 0),
            ]
        }
        if let role { values[FieldName.roleID] = .string(role) }
        return SimulatedEncryption.Settings(values: values)
    }

    private mutating func role(_ provider: Provider, id: String) -> SimulatedRole {
        let identity =
            switch provider {
            case .googleCloudKms: SimulatedRole.googleIdentity(&random)
            case .awsKms: "arn:aws:iam::123456789012:role/atlas-\(random.hex(6))"
            case .azureKeyVault: random.uuid()
            }
        return SimulatedRole(
            id: id, provider: provider, createdAt: createdAt, readyAt: createdAt, identity: identity)
    }

    /// Names within what Atlas allows (letters of any script, digits, `-_.(),:&@+'`), awkward ones included:
    /// commas need quoting in a sheet, and a leading `+`, `-` or `@` is a formula to a spreadsheet.
    private static func name(_ number: Int, _ random: inout Dice) -> String {
        let team = random.pick(["payments", "search", "ledger", "media", "identity", "orders", "risk"])
        let place = random.pick(["eu", "us", "apac"])
        let tail = "\(number + 1)"
        return switch number % 20 {
        case 7: "\(team), \(place) (\(tail))"
        case 11: "Zürich \(team) & co \(tail)"
        case 13: "O'Brien's \(team) \(tail)"
        case 16: "東京-\(team)-\(tail)"
        case 18: "+\(team)@\(place):\(tail)"
        default: "\(team)-\(place)-\(tail)"
        }
    }
}
