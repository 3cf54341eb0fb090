import TargetFiles
import AtlasAPI
import AtlasSimulation
import MigrationCore

/// What the target should mean for a project, worked out anew from the server's own state: apart from the plan,
/// so that a run that leaves everything alone, or changes something else, is found.
struct PlanOracle {
    enum Expectation: Hashable {
        case asWanted
        case leftAlone
        /// The settings that the project must end with.
        case changed(SimulatedEncryption)
    }

    var target: ResolvedTarget
    /// Roles become ready with time; at any moment of the run.
    var times: [Int64]

    /// nil when it depends on the moment.
    func expectation(_ project: SimulatedProject) -> Expectation? {
        let all = Set(times.map { expectation(project, now: $0) })
        return all.count == 1 ? all.first : nil
    }

    private func expectation(_ project: SimulatedProject, now: Int64) -> Expectation {
        let before = project.original
        guard project.access == .open, before.enabled.count == 1, let (name, settings) = before.enabled.first,
            settings.valid, target.provider == nil || target.provider?.rawValue == name
        else { return .leftAlone }
        var after = before
        if target.searchNodes == true { after.searchNodes = true }
        if target.role != nil, settings.roleID == nil {
            let usable = project.roles.filter { $0.provider?.rawValue == name && $0.isUsable(now: now) }
            guard usable.count == 1 else { return .leftAlone }
            after.enabled[name]?.values[FieldName.roleID] = .string(usable[0].id)
            for field in Provider(rawValue: name)?.fields ?? [] where field.isStaticIdentity {
                after.enabled[name]?.values[field.name] = nil
            }
        }
        if !target.secrets.isEmpty { return settings.roleID == nil ? .changed(after) : .leftAlone }
        let isSame =
            after.enabled == before.enabled && (after.searchNodes ?? false) == (before.searchNodes ?? false)
        return isSame ? .asWanted : .changed(after)
    }
}

extension SimulatedEncryption {
    /// The same to Atlas: absent, null and false are equal, and ids of static credentials mean nothing beside a role.
    func isLike(_ other: SimulatedEncryption) -> Bool {
        func plain(_ settings: Settings, _ name: String) -> [String: JSONValue] {
            settings.values.filter { field, value in
                let isIdentity = Provider(rawValue: name)?.field(named: field)?.isStaticIdentity == true
                return value != .null && value != .bool(false) && !(isIdentity && settings.roleID != nil)
            }
        }
        return (searchNodes ?? false) == (other.searchNodes ?? false)
            && Set(enabled.keys) == Set(other.enabled.keys)
            && enabled.allSatisfy { name, settings in
                other.enabled[name].map { plain(settings, name) == plain($0, name) } ?? false
            }
    }
}
