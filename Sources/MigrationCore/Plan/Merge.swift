package import AtlasAPI

/// The merge rule (contract section 4.2): the enabled provider's object from the live state, with what the
/// target sets laid over it, and `enabledForSearchNodes` carried over when the live state has it.
///
/// Non-secret fields are all carried over, `requirePrivateNetworking` too (leaving it out gave a 400). Never in
/// a body: `valid`, null, a secret that the target does not set, `enabled: false`; and no body with a `roleId`
/// carries the ids of static credentials.
package enum Merge {
    package static func body(
        live: ProviderSettings, searchNodes: Bool?, wanted: WantedState
    ) -> JSONValue {
        var object = live.values.mapValues(\.json)
        object[FieldName.enabled] = .bool(true)
        for (name, value) in wanted.values { object[name] = value.json }
        if object[FieldName.roleID] != nil {
            for field in live.provider.fields where field.isStaticIdentity { object[field.name] = nil }
        }
        for (name, reference) in wanted.secretReferences { object[name] = .string(reference) }
        var body: [String: JSONValue] = [live.provider.rawValue: .object(object)]
        if let value = wanted.searchNodes ?? searchNodes { body[FieldName.searchNodes] = .bool(value) }
        return .object(body)
    }

    /// The body of a plan's changes: what is not among them stays as it is.
    package static func body(
        provider: Provider, before: EncryptionState, changes: [FieldChange]
    ) -> JSONValue {
        let live =
            before.enabled.first { $0.provider == provider }
            ?? ProviderSettings(provider: provider, values: [:], isValid: false)
        return body(
            live: live, searchNodes: before.searchNodes, wanted: WantedState(provider, changes))
    }

    /// The fields in which the body differs from the live state, in schema order, secrets by reference.
    package static func changes(
        live: ProviderSettings, searchNodes: Bool?, wanted: WantedState
    ) -> [FieldChange] {
        var changes: [FieldChange] = []
        let setsRole = (wanted.values[FieldName.roleID] ?? live.values[FieldName.roleID]) != nil
        for field in live.provider.fields {
            let path = StateFacts.path(live.provider, field.name)
            let before = live.values[field.name]
            if let reference = wanted.secretReferences[field.name] {
                changes.append(FieldChange(path: path, before: .absent, after: .secret(reference: reference)))
            } else if let after = wanted.values[field.name], !(field.isStaticIdentity && setsRole) {
                // With a role the ids of static credentials are neither sent nor compared.
                guard !same(before, after) else { continue }
                changes.append(FieldChange(path: path, before: value(before), after: .value(after)))
            } else if field.isStaticIdentity, setsRole, live.roleID == nil, before != nil {
                changes.append(FieldChange(path: path, before: value(before), after: .absent))
            }
        }
        if let after = wanted.searchNodes, after != (searchNodes ?? false) {
            changes.append(
                FieldChange(
                    path: FieldName.searchNodes, before: value(searchNodes.map(FieldValue.bool)),
                    after: .value(.bool(after))))
        }
        return changes
    }

    private static func same(_ before: FieldValue?, _ after: FieldValue) -> Bool {
        before == after || (before == nil && after.isFalse)
    }

    private static func value(_ value: FieldValue?) -> FieldChange.Value {
        value.map { .value($0) } ?? .absent
    }
}

/// The target for one project, with columns filled in and the role settled.
package struct WantedState: Hashable, Sendable {
    /// Non-secret fields of the provider, `roleId` among them.
    package var values: [String: FieldValue]
    /// Secret fields by their reference text.
    package var secretReferences: [String: String]
    package var searchNodes: Bool?

    package init(values: [String: FieldValue], secretReferences: [String: String], searchNodes: Bool?) {
        self.values = values
        self.secretReferences = secretReferences
        self.searchNodes = searchNodes
    }
}

extension WantedState {
    /// What a plan's changes want.
    init(_ provider: Provider, _ changes: [FieldChange]) {
        self.init(values: [:], secretReferences: [:], searchNodes: nil)
        for change in changes {
            if change.path == FieldName.searchNodes {
                searchNodes = change.after == .value(.bool(true))
                continue
            }
            let name = String(change.path.dropFirst(provider.rawValue.count + 1))
            switch change.after {
            // The ids of static credentials go when a role comes; the merge sees to it.
            case .absent: continue
            case .value(let value): values[name] = value
            case .secret(let reference): secretReferences[name] = reference
            }
        }
    }
}
