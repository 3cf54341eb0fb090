package import AtlasAPI

/// The body of `PATCH …/encryptionAtRest`, checked against the schema and nothing else.
package struct EncryptionPatch: Sendable {
    /// The given provider objects, in name order.
    package var providers: [(provider: Provider, fields: [String: JSONValue])]
    package var searchNodes: Bool?

    /// Refuses what the schema does not know: other fields, wrong types, nulls, bad enum values (400
    /// `VALIDATION_ERROR`), `valid` (400 `ATTRIBUTE_READ_ONLY`) and a body without a provider object (400
    /// `MISSING_ENCRYPTION_AT_REST_PROVIDER`, Terraform provider PR #1962).
    package init(body: [UInt8]) throws(Refusal) {
        guard let json = JSONValue(parsing: body), let members = json.object else {
            throw .badRequest("MALFORMED_JSON", "Received JSON is malformed.")
        }
        providers = []
        var complaints: [Refusal.FieldComplaint] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            if name == FieldName.searchNodes {
                searchNodes = value.bool
                if value.bool == nil {
                    complaints.append(.init(field: name, description: "must be a boolean"))
                }
            } else if let provider = Provider(rawValue: name) {
                guard let fields = value.object else {
                    complaints.append(.init(field: name, description: "must be an object"))
                    continue
                }
                complaints += try Self.complaints(provider, fields)
                providers.append((provider, fields))
            } else {
                complaints.append(.init(field: name, description: "is not a field of this resource"))
            }
        }
        if !complaints.isEmpty { throw .validation(complaints) }
        if providers.isEmpty {
            throw .badRequest(
                "MISSING_ENCRYPTION_AT_REST_PROVIDER", "At least one encryption at rest provider is required."
            )
        }
    }

    private static func complaints(
        _ provider: Provider, _ fields: [String: JSONValue]
    ) throws(Refusal) -> [Refusal.FieldComplaint] {
        var complaints: [Refusal.FieldComplaint] = []
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            let path = "\(provider.rawValue).\(name)"
            guard let field = provider.field(named: name) else {
                complaints.append(.init(field: path, description: "is not a field of this object"))
                continue
            }
            if field.isReadOnly {
                throw .badRequest(
                    "ATTRIBUTE_READ_ONLY",
                    "Attribute \(path) is read-only and cannot be changed by the user.",
                    [.string(path)])
            }
            switch (value, field.kind) {
            case (.bool, .boolean): continue
            case (_, .boolean): complaints.append(.init(field: path, description: "must be a boolean"))
            case (.string(let text), let kind):
                if let wanted = kind.complaint(about: text) {
                    complaints.append(.init(field: path, description: "must be \(wanted)"))
                }
            case (.null, _): complaints.append(.init(field: path, description: "must not be null"))
            default: complaints.append(.init(field: path, description: "must be a string"))
            }
        }
        return complaints
    }

    /// A body for logs: every secret field's value is replaced, whatever the rest looks like.
    package static func redacted(_ json: JSONValue) -> JSONValue {
        switch json {
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, value in
                        (name, secretNames.contains(name) ? .string("<redacted>") : redacted(value))
                    }))
        case .array(let items): .array(items.map(redacted))
        default: json
        }
    }

    private static let secretNames = Set(
        Provider.allCases.flatMap { $0.fields.filter(\.isSecret).map(\.name) })
}
