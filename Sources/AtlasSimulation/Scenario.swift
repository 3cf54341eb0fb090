import AtlasAPI

/// A ready mix of projects.
package enum Scenario: String, CaseIterable, Sendable {
    /// Google static key, one usable role each.
    case googleStatic = "google-static"
    /// An organisation as found in life: most are like the first, the others have all that can be wrong.
    case googleMixed = "google-mixed"
    /// AWS access key, one usable role each; some with private endpoints.
    case awsStatic = "aws-static"
    /// Azure client secret, one usable role each; some with private endpoints.
    case azureStatic = "azure-static"
    /// All three clouds on a role, search nodes off.
    case searchNodesOff = "search-nodes-off"
    /// All three clouds on static credentials with a usable role each.
    case mixed

    /// Of every hundred projects each kind gets its exact share, in an order that depends on the seed.
    func kind(number: Int, seed: UInt64) -> Circumstance {
        // 37 has no divisor in common with 100, so a hundred numbers in a row meet every slot once.
        let slot = (number * 37 + Int(StableHash.of(seed, "slots") % 100)) % 100
        switch self {
        case .googleStatic: return .ready(.googleCloudKms)
        case .awsStatic: return .ready(.awsKms)
        case .azureStatic: return .ready(.azureKeyVault)
        case .mixed: return .ready([.googleCloudKms, .awsKms, .azureKeyVault][slot % 3])
        case .searchNodesOff: return .onRole([.googleCloudKms, .awsKms, .azureKeyVault][slot % 3])
        case .googleMixed: return Self.googleMix(slot)
        }
    }

    private static func googleMix(_ slot: Int) -> Circumstance {
        switch slot {
        case 0..<60: .ready(.googleCloudKms)
        case 60..<73: .onRole(.googleCloudKms)
        case 73..<77: .withoutRole
        case 77..<80: .roleInProgress
        case 80..<84: .twoRoles
        case 84..<87: .ready(.awsKms)
        case 87..<89: .ready(.azureKeyVault)
        case 89..<93: .off
        case 93..<95: .keyNotValid
        case 95..<96: .severalProviders
        case 96..<97: .deleted
        case 97..<98: .otherOrganisation
        case 98..<99: .forbidden
        default: .withoutRole
        }
    }
}
