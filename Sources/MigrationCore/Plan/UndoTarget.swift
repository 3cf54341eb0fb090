package import TargetFiles
package import AtlasAPI

/// What `undo` puts back in one project: the values from before our change, and only where ours still stand.
///
/// Not everything can go back: a role that replaced static credentials can't be taken away again, a secret was never
/// known, and Atlas has no way to unset a field.
package struct UndoTarget: Hashable, Sendable {
    /// A field, the value to put back, and the value of ours that must still be there.
    package struct Step: Hashable, Sendable {
        package var path: String
        package var value: FieldValue
        package var ours: FieldValue?
    }

    package var provider: Provider
    package var steps: [Step]
    /// The fields that can't go back and why, one line each.
    package var kept: [String]

    /// From what a run changed.
    package init(undoing change: PlannedChange) {
        provider = change.provider
        steps = []
        kept = []
        let leavesStatic = change.before.enabled.first { $0.provider == change.provider }?.roleID == nil
        for field in change.changes {
            switch (field.before, field.after) {
            case (_, .secret): kept.append("\(field.path): the secret from before is not known to keyshift")
            case (_, .absent):
                kept.append("\(field.path): Atlas takes no static credentials again once a role is set")
            case (.absent, .value(let ours)) where field.path == FieldName.searchNodes:
                steps.append(Step(path: field.path, value: .bool(false), ours: ours))
            case (.absent, .value) where leavesStatic && field.path.hasSuffix("." + FieldName.roleID):
                kept.append("\(field.path): the way back from a role to static credentials is closed")
            case (.absent, .value(let ours)):
                if case .bool(true) = ours {
                    steps.append(Step(path: field.path, value: .bool(false), ours: ours))
                } else {
                    kept.append("\(field.path): it was not set before, and Atlas can't unset it")
                }
            case (.value(let before), .value(let ours)):
                steps.append(Step(path: field.path, value: before, ours: ours))
            case (.secret, _): break
            }
        }
    }

    /// What is to be planned for the project.
    package var resolved: ResolvedTarget {
        var target = ResolvedTarget(provider: nil)
        for step in steps {
            if step.path == FieldName.searchNodes {
                target.searchNodes = step.value == .bool(true)
            } else if let name = step.path.split(separator: ".").last.map({ String($0) }) {
                target.provider = provider
                if name == FieldName.roleID, let id = RoleID(step.value.description) {
                    target.role = .id(id)
                } else {
                    target.values[name] = step.value
                }
            }
        }
        return target
    }
}

extension UndoTarget {
    package var json: JSONValue {
        .object([
            "provider": .string(provider.rawValue), "kept": .array(kept.map { .string($0) }),
            "steps": .array(
                steps.map {
                    .object([
                        "path": .string($0.path), "value": $0.value.json, "ours": $0.ours?.json ?? .null,
                    ])
                }),
        ])
    }

    package init?(_ json: JSONValue) {
        guard let provider = json["provider"]?.string.flatMap({ Provider(rawValue: $0) }),
            let steps = json["steps"]?.array, let kept = json["kept"]?.array
        else { return nil }
        self.provider = provider
        self.kept = kept.compactMap(\.string)
        self.steps = steps.compactMap { step in
            guard let path = step["path"]?.string, let value = step["value"].flatMap({ FieldValue($0) })
            else { return nil }
            return Step(path: path, value: value, ours: step["ours"].flatMap { FieldValue($0) })
        }
        guard self.steps.count == steps.count else { return nil }
    }
}
