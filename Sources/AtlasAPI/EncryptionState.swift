/// A value of a schema field: all of them are texts or booleans.
package enum FieldValue: Hashable, Sendable, CustomStringConvertible {
    case text(String)
    case bool(Bool)

    package var description: String {
        switch self {
        case .text(let value): value
        case .bool(let value): String(value)
        }
    }

    package var json: JSONValue {
        switch self {
        case .text(let value): .string(value)
        case .bool(let value): .bool(value)
        }
    }

    /// nil for what no field can hold.
    package init?(_ json: JSONValue) {
        switch json {
        case .string(let text): self = .text(text)
        case .bool(let flag): self = .bool(flag)
        default: return nil
        }
    }

    /// Absent, null and false are the same to Atlas and so to every comparison here.
    package var isFalse: Bool { self == .bool(false) }
}

/// One provider object that is enabled, without its `enabled` and `valid`.
package struct ProviderSettings: Hashable, Sendable {
    package var provider: Provider
    /// Values by field name; null and absent fields are not in it.
    package var values: [String: FieldValue]
    /// Whether Atlas could use the key at its last look; only `true` counts as working.
    package var isValid: Bool

    package init(provider: Provider, values: [String: FieldValue], isValid: Bool) {
        self.provider = provider
        self.values = values
        self.isValid = isValid
    }

    /// Enabled without a role means static credentials; the API has no field that says it.
    package var roleID: RoleID? {
        if case .text(let text)? = values[FieldName.roleID] { RoleID(text) } else { nil }
    }
}

/// What `GET …/encryptionAtRest` says, normalised: providers that are off are left out, nulls too.
package struct EncryptionState: Hashable, Sendable {
    /// The enabled providers, in name order; in life one or none.
    package var enabled: [ProviderSettings]
    /// nil when the answer did not have it (older projects), which means off.
    package var searchNodes: Bool?

    package init(enabled: [ProviderSettings], searchNodes: Bool?) {
        self.enabled = enabled
        self.searchNodes = searchNodes
    }

    /// The settings when exactly one provider is on.
    package var single: ProviderSettings? { enabled.count == 1 ? enabled[0] : nil }

    /// Whether a provider is on whose key Atlas can't use; where none is on there is no key to restore.
    package var hasDeadKey: Bool { enabled.contains { !$0.isValid } }
}

extension EncryptionState {
    /// Decodes an answer; nil when it is not an object or a known field has a wrong type: a state that can't
    /// be read must not be taken for an empty one.
    package init?(_ json: JSONValue) {
        guard let members = json.object else { return nil }
        enabled = []
        for provider in Provider.allCases {
            switch ProviderSettings.decode(provider, members[provider.rawValue] ?? .null) {
            case .off: continue
            case .on(let settings): enabled.append(settings)
            case .malformed: return nil
            }
        }
        switch members[FieldName.searchNodes] {
        case nil, .null?: searchNodes = nil
        case .bool(let value)?: searchNodes = value
        default: return nil
        }
    }

    /// The state as kept in a job: without `valid`, keys sorted, so that equal states are equal texts.
    package var normalised: JSONValue {
        var members: [String: JSONValue] = [:]
        for settings in enabled {
            members[settings.provider.rawValue] = .object(
                settings.values.mapValues(\.json).merging([FieldName.enabled: .bool(true)]) { $1 })
        }
        if let searchNodes { members[FieldName.searchNodes] = .bool(searchNodes) }
        return .object(members)
    }
}

extension ProviderSettings {
    fileprivate enum Decoded {
        case on(ProviderSettings)
        case off
        case malformed
    }

    fileprivate static func decode(_ provider: Provider, _ json: JSONValue) -> Decoded {
        if json == .null { return .off }
        guard let object = json.object else { return .malformed }
        switch object[FieldName.enabled] {
        case .bool(true)?: break
        case nil, .null?, .bool(false)?: return .off
        default: return .malformed
        }
        var values: [String: FieldValue] = [:]
        for field in provider.fields
        where !field.isSecret && !field.isReadOnly && field.name != FieldName.enabled {
            switch (object[field.name], field.kind) {
            case (nil, _), (.null?, _): continue
            case (.bool(let value)?, .boolean): values[field.name] = .bool(value)
            // Taken for no role, it would turn a project that has one into one with static credentials.
            case (.string(let value)?, .objectID) where RoleID(value) == nil: return .malformed
            case (.string(let value)?, let kind) where kind != .boolean: values[field.name] = .text(value)
            default: return .malformed
            }
        }
        let isValid: Bool
        switch object[FieldName.valid] {
        case nil, .null?: isValid = false
        case .bool(let value)?: isValid = value
        default: return .malformed
        }
        return .on(ProviderSettings(provider: provider, values: values, isValid: isValid))
    }
}
