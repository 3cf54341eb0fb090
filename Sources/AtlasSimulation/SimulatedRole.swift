package import AtlasAPI

/// A cloud provider access role of one project.
package struct SimulatedRole: Codable, Hashable, Sendable {
    package var id: String
    package var providerName: String
    /// Milliseconds since 1970.
    package var createdAt: Int64
    /// When it can be used: Google's `COMPLETE`, AWS's `authorizedDate`. nil: not by itself.
    package var readyAt: Int64?
    /// The cloud's name of the identity: service account, role ARN, service principal.
    package var identity: String
    package var servesEncryption = false

    package init(
        id: String, provider: Provider, createdAt: Int64, readyAt: Int64?, identity: String,
        servesEncryption: Bool = false
    ) {
        self.id = id
        providerName = provider.roleProviderName
        self.createdAt = createdAt
        self.readyAt = readyAt
        self.identity = identity
        self.servesEncryption = servesEncryption
    }

    package var provider: Provider? { Provider.allCases.first { $0.roleProviderName == providerName } }

    package func isUsable(now: Int64) -> Bool {
        provider == .azureKeyVault || readyAt.map { $0 <= now } == true
    }

    /// The entry in the list, in its provider's shape; Azure's names itself `_id`.
    package func json(project: String, now: Int64) -> JSONValue {
        var random = Dice(seed: StableHash.of(0, id))
        let isReady = isUsable(now: now)
        let usage = JSONValue.object([
            "featureType": .string("ENCRYPTION_AT_REST"),
            "featureId": .object(["groupId": .string(project)]),
        ])
        var members: [String: JSONValue] = [
            "providerName": .string(providerName), "createdDate": .string(ServerDate.rfc3339(createdAt)),
            "featureUsages": .array(servesEncryption ? [usage] : []),
        ]
        switch provider {
        case .awsKms?:
            members["roleId"] = .string(id)
            members["atlasAWSAccountArn"] = .string("arn:aws:iam::299602853325:root")
            members["atlasAssumedRoleExternalId"] = .string(random.uuid())
            members["iamAssumedRoleArn"] = isReady ? .string(identity) : .null
            members["authorizedDate"] =
                isReady ? .string(ServerDate.rfc3339(readyAt ?? createdAt)) : .null
        case .azureKeyVault?:
            members["_id"] = .string(id)
            members["atlasAzureAppId"] = .string(random.uuid())
            members["servicePrincipalId"] = .string(identity)
            members["tenantId"] = .string(random.uuid())
            members["lastUpdatedDate"] = .string(ServerDate.rfc3339(createdAt))
        case .googleCloudKms?, nil:
            members["roleId"] = .string(id)
            members["status"] = .string(isReady ? "COMPLETE" : "IN_PROGRESS")
            members["gcpServiceAccountForAtlas"] = isReady ? .string(identity) : .null
        }
        return .object(members)
    }

    /// The address of a Google service account, in the documented form.
    package static func googleIdentity(_ random: inout Dice) -> String {
        "mongodb-atlas-\(random.hex(16))@p-\(random.hex(24)).iam.gserviceaccount.com"
    }
}
