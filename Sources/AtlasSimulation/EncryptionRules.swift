import AtlasAPI

/// What a PATCH does to a project: the rules of the resource, each with the answer that refuses its breach.
package struct EncryptionRules: Sendable {
    package struct Change: Sendable {
        package var state: SimulatedEncryption
        /// What a careful client would not have sent although the API takes it.
        package var violations: [String] = []
    }

    package var project: SimulatedProject
    package var now: Int64
    /// Whether a body without `enabledForSearchNodes` switches it off. What Atlas does is not known.
    package var resetsOmittedSearchNodes: Bool

    package init(project: SimulatedProject, now: Int64, resetsOmittedSearchNodes: Bool = false) {
        self.project = project
        self.now = now
        self.resetsOmittedSearchNodes = resetsOmittedSearchNodes
    }

    /// The state after the change; throws the refusal of the first rule that is broken.
    package func apply(_ patch: EncryptionPatch) throws(Refusal) -> Change {
        var change = Change(state: project.encryption)
        for (provider, fields) in patch.providers where fields[FieldName.enabled] == .bool(false) {
            try disable(provider, &change)
        }
        let wanted = patch.providers.filter { $0.fields[FieldName.enabled] != .bool(false) }
        if wanted.count > 1 {
            throw .badRequest(
                "INVALID_ENCRYPTION_AT_REST_PROVIDER", "Only one encryption at rest provider can be enabled.")
        }
        if let (provider, fields) = wanted.first { try enable(provider, fields, &change) }
        if let searchNodes = patch.searchNodes {
            change.state.searchNodes = searchNodes
        } else if change.state.searchNodes == true {
            change.violations.append("left out enabledForSearchNodes, which is true")
            if resetsOmittedSearchNodes { change.state.searchNodes = false }
        }
        return change
    }

    /// `enabled: false` removes the provider's settings. The API allows it; keyshift must never send it.
    private func disable(_ provider: Provider, _ change: inout Change) throws(Refusal) {
        guard change.state.enabled[provider.rawValue] != nil else { return }
        if !project.privateEndpointRegions.isEmpty {
            throw .badRequest(
                "CANNOT_DISABLE_ENCRYPTION_AT_REST_DUE_TO_PRIVATE_ENDPOINTS",
                "Encryption at Rest cannot be disabled when private endpoints are present.")
        }
        change.state.enabled[provider.rawValue] = nil
        change.violations.append("DISABLED \(provider.rawValue): its settings are gone")
    }

    private func enable(
        _ provider: Provider, _ fields: [String: JSONValue], _ change: inout Change
    ) throws(Refusal) {
        if change.state.enabled.keys.contains(where: { $0 != provider.rawValue }) {
            throw Refusal(
                status: 409, code: "CANNOT_CHANGE_ENCRYPTION_AT_REST_PROVIDER",
                detail: "The encryption at rest provider cannot be changed while another one is enabled.")
        }
        let live = change.state.enabled[provider.rawValue]
        if live == nil, fields[FieldName.enabled] == nil {
            throw .badRequest("ENCRYPTION_AT_REST_NOT_ENABLED", "Encryption at Rest is not enabled.")
        }
        if live?.valid == false {
            throw .badRequest(
                "ENCRYPTION_AT_REST_SETTINGS_INVALID",
                "The current encryption at rest settings are invalid; restore access to the key first.")
        }
        try checkRole(provider, fields)
        try checkSecrets(provider, fields, live: live)
        try checkPrivateNetworking(fields, live: live)
        var values = live?.values ?? [:]
        for (name, value) in fields where name != FieldName.enabled {
            if provider.field(named: name)?.isSecret == false { values[name] = value }
        }
        // With AWS the access key goes; Azure's two ids keep coming back (Terraform provider PR #4140).
        if fields[FieldName.roleID] != nil { values["accessKeyID"] = nil }
        try checkComplete(provider, values, hasSecret: live != nil || hasSecret(provider, fields))
        note(provider, fields, live: live, in: &change)
        change.state.enabled[provider.rawValue] = SimulatedEncryption.Settings(values: values)
    }

    /// The role must be in this project's list and usable.
    private func checkRole(_ provider: Provider, _ fields: [String: JSONValue]) throws(Refusal) {
        guard let id = fields[FieldName.roleID]?.string else { return }
        guard let role = project.roles.first(where: { $0.id == id && $0.provider == provider }) else {
            throw .notFound("Cloud Provider Access role with id \(id)")
        }
        if !role.isUsable(now: now) {
            throw .badRequest(
                "CLOUD_PROVIDER_ACCESS_ROLE_NOT_AUTHORIZED",
                "The specified Cloud Provider Access role (\(id)) has not been authorized.", [.string(id)])
        }
    }

    /// One way: after a `roleId` has been set, static credentials are not taken any more (OpenAPI document).
    private func checkSecrets(
        _ provider: Provider, _ fields: [String: JSONValue], live: SimulatedEncryption.Settings?
    ) throws(Refusal) {
        guard hasSecret(provider, fields) else { return }
        let names = provider.fields.filter { $0.isSecret && fields[$0.name] != nil }.map(\.name)
        guard live?.roleID != nil || fields[FieldName.roleID] != nil else { return }
        let code =
            switch provider {
            case .awsKms: "AWS_KMS_CREDENTIALS_AUTH_DEPRECATED"
            case .azureKeyVault: "AZURE_KEY_VAULT_CREDENTIALS_DEPRECATED"
            case .googleCloudKms: "INVALID_ATTRIBUTE"
            }
        throw .badRequest(
            code, "Static credentials (\(names.joined(separator: ", "))) are not accepted with a role.",
            names.map { .string($0) })
    }

    private func checkPrivateNetworking(
        _ fields: [String: JSONValue], live: SimulatedEncryption.Settings?
    ) throws(Refusal) {
        guard live?.values["requirePrivateNetworking"] == .bool(true),
            !project.privateEndpointRegions.isEmpty,
            fields["requirePrivateNetworking"] != .bool(true)
        else { return }
        let regions = project.privateEndpointRegions.joined(separator: ", ")
        throw .badRequest(
            "CANNOT_DISABLE_ENCRYPTION_AT_REST_REQUIRE_PRIVATE_NETWORKING_WHILE_PRIVATE_ENDPOINTS_EXIST",
            "Cannot disable requirePrivateNetworking field when there are private endpoints. "
                + "Remove private endpoints in region(s) \(regions) to disable requirePrivateNetworking.",
            project.privateEndpointRegions.map { .string($0) })
    }

    /// First enabling needs every field; later changes start from what is there.
    private func checkComplete(
        _ provider: Provider, _ values: [String: JSONValue], hasSecret: Bool
    ) throws(Refusal) {
        var needed: [String]
        switch provider {
        case .awsKms: needed = ["customerMasterKeyID", "region"]
        case .azureKeyVault:
            needed = [
                "azureEnvironment", "subscriptionID", "resourceGroupName", "keyVaultName", "keyIdentifier",
            ]
        case .googleCloudKms: needed = ["keyVersionResourceID"]
        }
        if values[FieldName.roleID] == nil, !hasSecret { needed.append(FieldName.roleID) }
        let missing = needed.filter { values[$0] == nil }
        if missing.isEmpty { return }
        throw .badRequest(
            "MISSING_ATTRIBUTES",
            "The required attributes \(missing.joined(separator: ", ")) were not specified.",
            missing.map { .string($0) })
    }

    private func hasSecret(_ provider: Provider, _ fields: [String: JSONValue]) -> Bool {
        provider.fields.contains { $0.isSecret && fields[$0.name] != nil }
    }

    private func note(
        _ provider: Provider, _ fields: [String: JSONValue], live: SimulatedEncryption.Settings?,
        in change: inout Change
    ) {
        guard let live else {
            change.violations.append("ENABLED \(provider.rawValue), which was off")
            return
        }
        for field in provider.fields where fields[field.name] != nil {
            if field.isStaticIdentity, fields[FieldName.roleID] != nil {
                change.violations.append("sent \(field.name) beside roleId")
            }
            let isNewRole = fields[FieldName.roleID].map { $0.string != live.roleID } == true
            if field.isKeyVersion, isNewRole, fields[field.name] != live.values[field.name] {
                change.violations.append("changed \(field.name) in the same call as the credentials")
            }
        }
        if live.values["requirePrivateNetworking"] == .bool(true), fields["requirePrivateNetworking"] == nil {
            change.violations.append("left out requirePrivateNetworking, which is true")
        }
    }
}
