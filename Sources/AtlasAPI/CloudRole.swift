/// A role of `GET …/cloudProviderAccess`: an identity of Atlas in the customer's cloud, bound to one project.
package struct CloudRole: Hashable, Sendable {
    package var id: RoleID
    package var provider: Provider
    /// Google `COMPLETE`, AWS authorised, Azure listed.
    package var isUsable: Bool
    /// The state in the API's words, for people.
    package var status: String
    /// RFC 3339, as it came.
    package var createdAt: String?
    /// Whether `featureUsages` lists `ENCRYPTION_AT_REST`.
    package var servesEncryption: Bool
    /// The cloud's own name of the identity: service account, role ARN or service principal.
    package var identity: String?
}

extension CloudRole {
    /// It will be usable without anybody's doing.
    package var isBeingMade: Bool { provider == .googleCloudKms && status == "IN_PROGRESS" }

    /// Decodes the three lists; nil when one is not a list or an entry of ours can't be understood.
    package static func list(_ json: JSONValue) -> [CloudRole]? {
        guard json.object != nil else { return nil }
        var roles: [CloudRole] = []
        for (provider, key) in lists {
            switch json[key] {
            case nil, .null?: continue
            case .array(let items)?:
                for item in items {
                    guard let role = CloudRole(provider, item) else { return nil }
                    roles.append(role)
                }
            default: return nil
            }
        }
        return roles
    }

    private static let lists: [(Provider, String)] = [
        (.awsKms, "awsIamRoles"), (.azureKeyVault, "azureServicePrincipals"),
        (.googleCloudKms, "gcpServiceAccounts"),
    ]

    private init?(_ provider: Provider, _ json: JSONValue) {
        // Azure's entries name themselves `_id`, the others `roleId`.
        let name = provider == .azureKeyVault ? "_id" : "roleId"
        guard let id = json[name]?.string.flatMap({ RoleID($0) }) else { return nil }
        self.id = id
        self.provider = provider
        createdAt = json["createdDate"]?.string
        servesEncryption = (json["featureUsages"]?.array ?? []).contains {
            $0["featureType"]?.string == "ENCRYPTION_AT_REST"
        }
        switch provider {
        case .awsKms:
            isUsable = json["authorizedDate"]?.string != nil
            status = isUsable ? "authorised" : "not authorised"
            identity = json["iamAssumedRoleArn"]?.string
        case .azureKeyVault:
            isUsable = true
            status = "listed"
            identity = json["servicePrincipalId"]?.string
        case .googleCloudKms:
            status = json["status"]?.string ?? "no status"
            isUsable = status == "COMPLETE"
            identity = json["gcpServiceAccountForAtlas"]?.string
        }
    }
}
