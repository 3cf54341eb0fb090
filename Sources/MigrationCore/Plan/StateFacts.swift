package import AtlasAPI

/// A state as flat facts, `googleCloudKms.roleId` → value: the form in which states are compared.
///
/// Absent, null and false are the same (facts 2.1), so `false` is left out; `valid` is no setting; and once a
/// provider has a role, the ids of its former static credentials mean nothing (Azure keeps returning them).
package struct StateFacts: Hashable, Sendable {
    package private(set) var values: [String: FieldValue] = [:]

    package init(_ state: EncryptionState) {
        for settings in state.enabled {
            let provider = settings.provider
            values[Self.path(provider, FieldName.enabled)] = .bool(true)
            for (name, value) in settings.values where !value.isFalse {
                if settings.roleID != nil, provider.field(named: name)?.isStaticIdentity == true { continue }
                values[Self.path(provider, name)] = value
            }
        }
        if state.searchNodes == true { values[FieldName.searchNodes] = .bool(true) }
    }

    package subscript(path: String) -> FieldValue? { values[path] }

    /// The paths at which two states differ, sorted.
    package func differences(from other: StateFacts) -> [String] {
        Set(values.keys).union(other.values.keys).filter { values[$0] != other.values[$0] }.sorted()
    }

    package static func path(_ provider: Provider, _ field: String) -> String {
        "\(provider.rawValue).\(field)"
    }
}
