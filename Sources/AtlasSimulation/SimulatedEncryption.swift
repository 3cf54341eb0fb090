package import AtlasAPI

/// The encryption settings of one project as the server holds them.
package struct SimulatedEncryption: Codable, Hashable, Sendable {
    package struct Settings: Codable, Hashable, Sendable {
        /// The provider object's fields without `enabled`, `valid` and secrets.
        package var values: [String: JSONValue]
        package var valid = true

        package init(values: [String: JSONValue], valid: Bool = true) {
            self.values = values
            self.valid = valid
        }

        /// Enabled without a role means static credentials.
        package var roleID: String? { values[FieldName.roleID]?.string }
    }

    /// Settings of the providers that are on, by the API's name; in life one or none.
    package var enabled: [String: Settings]
    /// nil for older projects, whose answers don't have the field.
    package var searchNodes: Bool?

    package init(enabled: [String: Settings] = [:], searchNodes: Bool? = nil) {
        self.enabled = enabled
        self.searchNodes = searchNodes
    }

    /// The provider that is on, the first by name when there are several.
    package var provider: Provider? { Provider.allCases.first { enabled[$0.rawValue] != nil } }

    /// The body of GET. Providers that are off come back as objects of nulls with `enabled: false`; secrets
    /// never come back.
    package func answer(hidesAWSRole: Bool, looksInvalid: Bool = false) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for provider in Provider.allCases {
            var object: [String: JSONValue] = [:]
            let settings = enabled[provider.rawValue]
            for field in provider.fields where !field.isSecret {
                object[field.name] = settings?.values[field.name] ?? .null
            }
            object[FieldName.enabled] = .bool(settings != nil)
            object[FieldName.valid] = .bool(!looksInvalid && settings?.valid == true)
            if hidesAWSRole, provider == .awsKms { object[FieldName.roleID] = nil }
            members[provider.rawValue] = .object(object)
        }
        if let searchNodes { members[FieldName.searchNodes] = .bool(searchNodes) }
        return .object(members)
    }

    /// The same state gives the same 16 digits in every process.
    package var fingerprint: String {
        var hash = StableHash()
        for (name, settings) in enabled.sorted(by: { $0.key < $1.key }) {
            hash.add(name)
            for (field, value) in settings.values.sorted(by: { $0.key < $1.key }) {
                hash.add(field)
                // Nearly all are texts, and this is asked for each request.
                hash.add(value.string ?? value.canonicalText())
            }
            hash.add(settings.valid ? "valid" : "not valid")
        }
        hash.add(searchNodes.map { $0 ? "nodes" : "no nodes" } ?? "unset")
        return hash.text
    }
}
