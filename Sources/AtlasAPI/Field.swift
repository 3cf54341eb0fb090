/// One field of a provider object in the API's `encryptionAtRest` schema (facts from the OpenAPI document:
/// `AWSKMSConfiguration`, `AzureKeyVault`, `GoogleCloudKMS`, version 2023-01-01).
package struct Field: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case boolean
        /// A string of this many characters.
        case text(ClosedRange<Int>)
        case uuid
        /// 24 hex digits.
        case objectID
        case choice([String])
        /// `projects/…/cryptoKeyVersions/N`
        case googleKeyVersion
    }

    package enum Trait: Hashable, Sendable {
        /// Never comes back from GET; only by reference in a target file.
        case secret
        /// Only in answers.
        case readOnly
        /// Names the key's version, so it may not change in the call that changes the credentials.
        case keyVersion
        /// Belongs to the static credentials: dropped from every body that has a `roleId`.
        case staticIdentity
    }

    package let name: String
    package let kind: Kind
    // Each state that is read asks for these of each field.
    package let isSecret: Bool
    package let isReadOnly: Bool
    package let isKeyVersion: Bool
    package let isStaticIdentity: Bool

    init(_ name: String, _ kind: Kind, _ traits: Trait...) {
        self.name = name
        self.kind = kind
        isSecret = traits.contains(.secret)
        isReadOnly = traits.contains(.readOnly)
        isKeyVersion = traits.contains(.keyVersion)
        isStaticIdentity = traits.contains(.staticIdentity)
    }
}

package enum FieldName {
    package static let enabled = "enabled"
    package static let valid = "valid"
    package static let roleID = "roleId"
    package static let searchNodes = "enabledForSearchNodes"
}

extension Provider {
    /// Every field of this provider's object, in the order in which plans show them.
    package var fields: [Field] {
        switch self {
        case .awsKms: Self.awsFields
        case .azureKeyVault: Self.azureFields
        case .googleCloudKms: Self.googleFields
        }
    }

    package func field(named name: String) -> Field? { fields.first { $0.name == name } }

    private static let awsFields = [
        Field(FieldName.enabled, .boolean),
        Field("customerMasterKeyID", .text(1...2048)),
        Field("region", .choice(awsRegions)),
        Field(FieldName.roleID, .objectID),
        Field("accessKeyID", .text(16...128), .staticIdentity),
        Field("secretAccessKey", .text(1...65_536), .secret),
        Field("requirePrivateNetworking", .boolean),
        Field(FieldName.valid, .boolean, .readOnly),
    ]

    private static let azureFields = [
        Field(FieldName.enabled, .boolean),
        Field("azureEnvironment", .choice(["AZURE", "AZURE_CHINA", "AZURE_US_GOVERNMENT"])),
        Field("clientID", .uuid, .staticIdentity),
        Field("tenantID", .uuid, .staticIdentity),
        Field("secret", .text(1...65_536), .secret),
        Field(FieldName.roleID, .objectID),
        Field("subscriptionID", .uuid),
        Field("resourceGroupName", .text(1...2048)),
        Field("keyVaultName", .text(1...2048)),
        Field("keyIdentifier", .text(1...2048), .keyVersion),
        Field("requirePrivateNetworking", .boolean),
        Field(FieldName.valid, .boolean, .readOnly),
    ]

    private static let googleFields = [
        Field(FieldName.enabled, .boolean),
        Field("keyVersionResourceID", .googleKeyVersion, .keyVersion),
        Field(FieldName.roleID, .objectID),
        Field("serviceAccountKey", .text(1...65_536), .secret),
        Field(FieldName.valid, .boolean, .readOnly),
    ]

    /// The enumeration of `region` in the OpenAPI document.
    private static let awsRegions = [
        "US_GOV_WEST_1", "US_GOV_EAST_1", "US_EAST_1", "US_EAST_2", "US_WEST_1", "US_WEST_2", "CA_CENTRAL_1",
        "EU_NORTH_1", "EU_WEST_1", "EU_WEST_2", "EU_WEST_3", "EU_CENTRAL_1", "EU_CENTRAL_2", "AP_EAST_1",
        "AP_EAST_2", "AP_NORTHEAST_1", "AP_NORTHEAST_2", "AP_NORTHEAST_3", "AP_SOUTHEAST_1", "AP_SOUTHEAST_2",
        "AP_SOUTHEAST_3", "AP_SOUTHEAST_4", "AP_SOUTHEAST_5", "AP_SOUTHEAST_6", "AP_SOUTHEAST_7",
        "AP_SOUTH_1", "AP_SOUTH_2", "SA_EAST_1", "CN_NORTH_1", "CN_NORTHWEST_1", "ME_SOUTH_1", "ME_CENTRAL_1",
        "AF_SOUTH_1", "EU_SOUTH_1", "EU_SOUTH_2", "IL_CENTRAL_1", "CA_WEST_1", "MX_CENTRAL_1", "GLOBAL",
    ]
}

extension Field.Kind {
    /// Says what a value of this kind looks like, or nil when `text` is one.
    package func complaint(about text: String) -> String? {
        switch self {
        case .boolean: text == "true" || text == "false" ? nil : "true or false"
        case .text(let range):
            range.contains(text.unicodeScalars.count)
                ? nil : "a text of \(range.lowerBound) to \(range.upperBound) characters"
        case .uuid: Self.isUUID(text) ? nil : "a UUID (8-4-4-4-12 hex digits)"
        case .objectID: RoleID(text) == nil ? "an id of 24 hex digits" : nil
        case .choice(let words): words.contains(text) ? nil : "one of \(words.joined(separator: ", "))"
        case .googleKeyVersion:
            Self.isGoogleKeyVersion(text)
                ? nil : "projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N"
        }
    }

    private static func isUUID(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.joined().allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    }

    private static func isGoogleKeyVersion(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let words = ["projects", "locations", "keyRings", "cryptoKeys", "cryptoKeyVersions"]
        guard parts.count == 10, parts.allSatisfy({ !$0.isEmpty }) else { return false }
        return words.enumerated().allSatisfy { parts[$0.offset * 2] == $0.element }
    }
}
