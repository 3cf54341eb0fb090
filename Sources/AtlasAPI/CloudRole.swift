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

    /// Decodes the three lists, entry by entry: one without a readable id can't be chosen or used, and is left out, as
    /// are an entry of another cloud and a second one with the same id.
    /// nil when nobody can say that there is none: the list of `needed` is missing, or it (nil: any of them) is no
    /// list, or holds an entry that can't be read and no usable one.
    package static func list(_ json: JSONValue, needed: Provider?) -> [CloudRole]? {
        guard json.object != nil else { return nil }
        var roles: [CloudRole] = []
        for (provider, key) in lists {
            switch json[key] {
            // Atlas has all three in each answer: without the one that is asked for nobody can say that there is none.
            case nil, .null?:
                if provider == needed { return nil }
            case .array(let items)?:
                let own = items.filter {
                    ($0["providerName"]?.string ?? provider.roleProviderName) == provider.roleProviderName
                }
                let read = own.compactMap { CloudRole(provider, $0) }
                let isDark = read.count < own.count && !read.contains(where: \.isUsable)
                if isDark, needed == nil || needed == provider { return nil }
                for role in read where !roles.contains(where: { $0.id == role.id }) { roles.append(role) }
            default:
                guard let needed, needed != provider else { return nil }
            }
        }
        return roles
    }

    /// The members that hold them.
    static var listNames: [String] { lists.map(\.1) }

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
