package import AtlasAPI

/// The plan's values as JSON texts in the job file, and back.
extension FieldChange {
    package var json: JSONValue {
        .object(["path": .string(path), "before": before.json, "after": after.json])
    }

    package init?(_ json: JSONValue) {
        guard let path = json["path"]?.string, let before = json["before"].flatMap(Value.init),
            let after = json["after"].flatMap(Value.init)
        else { return nil }
        self.init(path: path, before: before, after: after)
    }
}

extension FieldChange.Value {
    /// `null`, the value itself, or `{"secret": "${env:NAME}"}`.
    package var json: JSONValue {
        switch self {
        case .absent: .null
        case .value(let value): value.json
        case .secret(let reference): .object(["secret": .string(reference)])
        }
    }

    init?(_ json: JSONValue) {
        switch json {
        case .null: self = .absent
        case .bool(let value): self = .value(.bool(value))
        case .string(let value): self = .value(.text(value))
        case .object:
            guard let reference = json["secret"]?.string else { return nil }
            self = .secret(reference: reference)
        default: return nil
        }
    }
}
