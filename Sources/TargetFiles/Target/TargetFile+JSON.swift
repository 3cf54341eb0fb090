package import AtlasAPI

extension TargetFile {
    /// The whole file as JSON that `parse` reads as the same target: equal targets give equal texts. Secrets
    /// stand in it as references only.
    package var canonicalJSON: JSONValue {
        var members: [String: JSONValue] = [
            "keyshift": .number(Double(Self.version)), "name": .string(name), "target": target.json,
        ]
        if let description { members["description"] = .string(description) }
        if let filter = filter.json { members["where"] = filter }
        if let settings = settings.json { members["settings"] = settings }
        return .object(members)
    }
}

extension Target {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [:]
        if let provider {
            let pairs = fields.map { ($0.field.name, $0.value.json) }
            members[provider.rawValue] = .object(Dictionary(pairs) { first, _ in first })
        }
        members[FieldName.searchNodes] = searchNodes?.json
        return .object(members)
    }
}

extension TargetValue {
    fileprivate var json: JSONValue {
        switch self {
        case .auto: .string("auto")
        case .bool(let value): .bool(value)
        case .template(let template): .string(template.source)
        case .secret(.environment(let name)): .string("${env:\(name)}")
        case .secret(.file(let path)): .string("${file:\(path.source)}")
        }
    }
}

extension Filter {
    fileprivate var json: JSONValue? {
        var members: [String: JSONValue] = [:]
        members["provider"] = provider.map { .string($0.rawValue) }
        members["auth"] = auth.map { .string($0.rawValue) }
        return members.isEmpty ? nil : .object(members)
    }
}

extension TargetSettings {
    fileprivate var json: JSONValue? {
        var members: [String: JSONValue] = [:]
        members["concurrency"] = concurrency.map { .number(Double($0)) }
        members["rate"] = rate.map { .string($0.description) }
        members["waves"] = waves.map { .string($0.description) }
        members["max-failures"] = maxFailures.map { .string($0.description) }
        return members.isEmpty ? nil : .object(members)
    }
}
