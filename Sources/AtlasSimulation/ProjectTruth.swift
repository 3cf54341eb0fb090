import AtlasAPI

/// What really became of one project, and what a report may say of it.
struct ProjectTruth {
    let project: SimulatedProject
    let now: Int64

    /// Names of the fields that differ from the start. Ids that belong to static credentials go with them.
    var changedFields: Set<String> {
        let (before, after) = (project.original, project.encryption)
        var changed: Set<String> = []
        if (before.searchNodes ?? false) != (after.searchNodes ?? false) {
            changed.insert(FieldName.searchNodes)
        }
        for provider in Provider.allCases {
            let (old, new) = (before.enabled[provider.rawValue], after.enabled[provider.rawValue])
            if (old == nil) != (new == nil) { changed.insert("\(provider.rawValue).enabled") }
            guard let old, let new else { continue }
            for field in provider.fields where !(field.isStaticIdentity && new.roleID != nil) {
                if old.values[field.name] != new.values[field.name] { changed.insert(field.name) }
            }
        }
        return changed
    }

    var words: String {
        switch project.access {
        case .deleted: return "deleted"
        case .otherOrganisation: return "in another organisation"
        case .forbidden: return "no access"
        case .open: break
        }
        var words = Self.posture(project.original)
        if Self.posture(project.encryption) != words { words += " → \(Self.posture(project.encryption))" }
        return words + (project.patchesSeen == 0 ? ", no PATCH" : ", \(project.patchesApplied) applied")
    }

    private static func posture(_ state: SimulatedEncryption) -> String {
        let providers = Provider.allCases.compactMap { provider -> String? in
            guard let settings = state.enabled[provider.rawValue] else { return nil }
            let cloud = provider.roleProviderName
            return cloud + (settings.roleID == nil ? " static" : " role")
                + (settings.valid ? "" : ", not valid")
        }
        let text = providers.isEmpty ? "off" : providers.joined(separator: " + ")
        return state.searchNodes == true ? text + " + search nodes" : text
    }

    /// What is wrong with this row; empty when it says what is so.
    func mistakes(_ row: ReportedRow, wanted: Set<String>) -> [String] {
        var mistakes = project.violations
        func require(_ isSo: Bool, _ mistake: String) {
            if !isSo { mistakes.append(mistake) }
        }
        let changed = changedFields
        switch row.result {
        case "changed":
            require(project.patchesApplied > 0, "no change was applied")
            require(changed == wanted, "changed: \(Self.list(changed)), wanted: \(Self.list(wanted))")
            require(hasWanted(wanted), "not as wanted")
            if row.verified == "valid" { require(isValid, "the key does not work") }
            let isOneWay =
                wanted.contains(FieldName.roleID)
                && project.original.enabled.values.contains { $0.roleID == nil }
            require((row["class"] == "irreversible") == isOneWay, "the class is '\(row["class"])'")
        case "unchanged":
            require(changed.isEmpty && project.patchesSeen == 0, "not left alone")
            require(hasWanted(wanted), "not as wanted")
        case "excluded", "blocked":
            require(changed.isEmpty && project.patchesSeen == 0, "not left alone")
            require(agrees(row.reason), "the reason does not hold")
        case "pending", "drifted":
            require(changed.isDisjoint(with: wanted), "the change was applied")
        case "failed":
            let tookEffect = ["not_valid_after_change", "collateral_change"].contains(row.reason)
            require(changed.isDisjoint(with: wanted) != tookEffect, "the reason does not hold")
        case "unknown": require(project.patchesSeen > 0, "nothing was sent, so nothing can be unknown")
        default: mistakes.append("'\(row.result)' is no result")
        }
        return mistakes
    }

    /// The live name once the project was read; until then the sheet's.
    func mistakesOfName(_ row: ReportedRow, given: String?) -> [String] {
        let isUnread =
            row["class"] == "unread" || ["not_found", "no_access", "read_failed"].contains(row.reason)
        let names = [project.name] + (isUnread ? [given ?? ""] : [])
        return names.contains(row.name)
            ? [] : ["the name is '\(row.name)', and it is called '\(project.name)'"]
    }

    private var isValid: Bool { project.encryption.enabled.values.allSatisfy(\.valid) }

    private func hasWanted(_ wanted: Set<String>) -> Bool {
        let settings = project.encryption.enabled.values
        if wanted.contains(FieldName.searchNodes), project.encryption.searchNodes != true { return false }
        guard wanted.contains(FieldName.roleID) else { return true }
        return settings.count == 1
            && settings.allSatisfy { settings in
                project.roles.contains { $0.id == settings.roleID && $0.isUsable(now: now) }
            }
    }

    /// Whether the server's own state bears out why a project was left alone.
    private func agrees(_ reason: String) -> Bool {
        let enabled = project.original.enabled
        let roles = project.roles.filter { $0.provider == project.original.provider }
        let usable = roles.count { $0.isUsable(now: now) }
        return switch reason {
        case "not_found": project.access == .deleted
        case "no_access": project.access == .otherOrganisation || project.access == .forbidden
        case "several_providers": enabled.count > 1
        case "provider_not_enabled": enabled.isEmpty
        case "key_not_valid": enabled.values.contains { !$0.valid }
        case "role_missing", "role_not_ready": usable == 0
        case "role_ambiguous": usable > 1
        default: project.access == .open
        }
    }

    private static func list(_ names: Set<String>) -> String {
        names.isEmpty ? "nothing" : names.sorted().joined(separator: ", ")
    }
}
