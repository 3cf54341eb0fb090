import AtlasAPI
import MigrationCore

/// What a PATCH body may hold, worked out anew from what the plan showed, apart from the product's own merge.
enum BodyRule {
    static func problems(_ body: JSONValue?, _ change: PlannedChange) -> [String] {
        guard let members = body?.object, let before = change.before.single,
            let object = members[change.provider.rawValue]?.object
        else { return ["a PATCH without the project's provider"] }
        var problems: [String] = []
        let asked = Dictionary(uniqueKeysWithValues: change.changes.map { ($0.path, $0.after) })
        for key in members.keys where key != change.provider.rawValue && key != FieldName.searchNodes {
            problems.append("\(key) is in the body")
        }
        if object[FieldName.enabled] != .bool(true) { problems.append("enabled is not true in the body") }
        for (name, value) in object where name != FieldName.enabled {
            let path = StateFacts.path(change.provider, name)
            let allowed = asked[path].map { json($0) } ?? before.values[name].map(\.json)
            let isAskedSecret = if case .secret? = asked[path] { true } else { false }
            // A secret is what the reference stood for.
            let planned = isAskedSecret ? .string(SimulatedSecrets.value) : allowed
            if value != planned { problems.append("\(path) is not as planned in the body") }
            if value == .null { problems.append("\(path) is null in the body") }
        }
        let nodes =
            asked[FieldName.searchNodes].map { json($0) } ?? change.before.searchNodes.map(JSONValue.bool)
        if members[FieldName.searchNodes] != nodes {
            problems.append("\(FieldName.searchNodes) is not as planned in the body")
        }
        let unsent = change.changes.filter { field in
            guard field.after != .absent, let dot = field.path.firstIndex(of: ".") else { return false }
            return object[String(field.path[field.path.index(after: dot)...])] == nil
        }
        let lost = before.values.keys.filter { name in
            let isIdentity = change.provider.field(named: name)?.isStaticIdentity == true
            return object[name] == nil && !(isIdentity && object[FieldName.roleID] != nil)
        }
        problems += lost.map { "\($0) is not carried over in the body" }
        return problems + unsent.map { "\($0.path) is missing in the body" }
    }

    private static func json(_ value: FieldChange.Value) -> JSONValue? {
        switch value {
        case .absent: nil
        case .value(let value): value.json
        case .secret(let reference): .string(reference)
        }
    }
}
