/// A cloud key service, named as the API names its object in `encryptionAtRest`.
package enum Provider: String, CaseIterable, Sendable, Comparable {
    case awsKms
    case azureKeyVault
    case googleCloudKms

    /// The name for people.
    package var title: String {
        switch self {
        case .awsKms: "AWS KMS"
        case .azureKeyVault: "Azure Key Vault"
        case .googleCloudKms: "Google Cloud KMS"
        }
    }

    /// `providerName` in `cloudProviderAccess`.
    package var roleProviderName: String {
        switch self {
        case .awsKms: "AWS"
        case .azureKeyVault: "AZURE"
        case .googleCloudKms: "GCP"
        }
    }

    /// The field that names the customer's key.
    package var keyField: String {
        switch self {
        case .awsKms: "customerMasterKeyID"
        case .azureKeyVault: "keyIdentifier"
        case .googleCloudKms: "keyVersionResourceID"
        }
    }

    package static func < (left: Provider, right: Provider) -> Bool { left.rawValue < right.rawValue }
}
