package import TargetFiles
package import AtlasAPI

/// Decides what a project is, from what was read of it: the contract's section 3, in its order.
package struct PlanDecision: Sendable {
    package var target: ResolvedTarget
    package var filter: Filter
    /// As the CSV has it; nil when it gives none.
    package var givenName: String?
    /// In a job of `undo`: what it puts back, and where ours must still stand.
    private var undo: UndoTarget?

    package init(undo: UndoTarget) {
        self.init(target: undo.resolved, filter: Filter(), givenName: nil)
        self.undo = undo
    }

    package init(target: ResolvedTarget, filter: Filter, givenName: String?) {
        self.target = target
        self.filter = filter
        self.givenName = givenName
    }

    /// Whether the roles are needed; only a target that sets a role asks for them.
    package var needsRoles: Bool { target.role != nil }

    /// `roles` is nil when the target sets none.
    package func decide(project: Project, state: EncryptionState, roles: [CloudRole]?) -> PlanItem {
        let live = HiddenRole.reveal(in: state, roles: roles ?? [])
        var item = judge(project: project, live: live, roles: roles ?? [])
        item.liveName = project.name
        item.organisation = project.organisation
        item.live = live
        return item
    }

    private func judge(project: Project, live: EncryptionState, roles: [CloudRole]) -> PlanItem {
        if let givenName, givenName != project.name {
            return .blocked(.nameMismatch, "the sheet says \"\(givenName)\", Atlas says \"\(project.name)\"")
        }
        guard live.enabled.count <= 1 else {
            let names = live.enabled.map(\.provider.rawValue).joined(separator: ", ")
            return .blocked(.severalProviders, "enabled: \(names)")
        }
        if let undo, let answer = judge(undo, live) { return answer }
        if isAsWanted(live) {
            var item =
                live.single?.isValid == true ? PlanItem(.noop) : .blocked(.keyNotValid, Self.keyNotValid)
            item.isAsWanted = true
            return item
        }
        guard matchesFilter(live.single) else { return PlanItem(.excluded) }
        guard let settings = live.single else {
            return .blocked(.providerNotEnabled, "no provider is enabled")
        }
        guard target.provider == nil || target.provider == settings.provider else {
            return .blocked(.providerMismatch, "enabled: \(settings.provider.rawValue)")
        }
        guard settings.isValid else { return .blocked(.keyNotValid, Self.keyNotValid) }
        switch settleRole(settings, roles) {
        case .blocked(let reason, let detail): return .blocked(reason, detail)
        case .settled(let role): return change(live, settings, role)
        }
    }

    /// nil when there is something to put back, and ours still stands there or has gone already.
    private func judge(_ undo: UndoTarget, _ live: EncryptionState) -> PlanItem? {
        guard !undo.steps.isEmpty else { return .blocked(.oneWay, undo.kept.joined(separator: "; ")) }
        let facts = StateFacts(live)
        func same(_ one: FieldValue?, _ other: FieldValue?) -> Bool {
            (one?.isFalse == true ? nil : one) == (other?.isFalse == true ? nil : other)
        }
        let foreign = undo.steps.filter {
            !same(facts[$0.path], $0.ours) && !same(facts[$0.path], $0.value)
        }
        guard !foreign.isEmpty else { return nil }
        let texts = foreign.map {
            "\($0.path): ours was \($0.ours?.description ?? "not set"), now \(facts[$0.path]?.description ?? "not set")"
        }
        return .blocked(.stateChanged, texts.joined(separator: "; "))
    }

    private static let keyNotValid = "Atlas says that it can't use the project's present key"

    /// Whether this is what comes of the state that the change begins from: such fields and such values. Which role
    /// `auto` takes is the project's list's to say; any will do.
    package func makes(_ change: PlannedChange) -> Bool {
        guard let settings = change.before.single, settings.provider == change.provider,
            target.provider == nil || target.provider == settings.provider, matchesFilter(settings),
            undo?.steps.isEmpty != true
        else { return false }
        switch target.role {
        case nil: guard change.role == nil else { return false }
        case .missing?: return false
        case .id(let id)?: guard change.role == id else { return false }
        case .auto?:
            guard let role = change.role, settings.roleID == nil || settings.roleID == role else {
                return false
            }
        }
        return self.change(change.before, settings, change.role).change?.changes == change.changes
    }

    /// A target with a secret is never as wanted: no read shows a secret.
    private func isAsWanted(_ live: EncryptionState) -> Bool {
        guard target.secrets.isEmpty, let settings = live.single else { return false }
        guard target.provider == nil || target.provider == settings.provider else { return false }
        switch target.role {
        case nil: break
        case .auto?: guard settings.roleID != nil else { return false }
        case .id(let id)?: guard settings.roleID == id else { return false }
        case .missing?: return false
        }
        let wanted = WantedState(
            values: target.values, secretReferences: [:], searchNodes: target.searchNodes)
        return Merge.changes(live: settings, searchNodes: live.searchNodes, wanted: wanted).isEmpty
    }

    /// What of a project that was as wanted no longer is; nil while all is. Its key is another question.
    package func difference(in live: EncryptionState) -> String? {
        guard let settings = live.single else { return "no single provider is enabled any more" }
        guard target.provider == nil || target.provider == settings.provider else {
            return "enabled is \(settings.provider.rawValue)"
        }
        guard !isAsWanted(live) else { return nil }
        let fields =
            target.values.keys.map { StateFacts.path(settings.provider, $0) }
            + (target.role == nil ? [] : [StateFacts.path(settings.provider, FieldName.roleID)])
            + (target.searchNodes == nil ? [] : [FieldName.searchNodes])
        let facts = StateFacts(live)
        return "not as the target wants it: "
            + fields.sorted().map { "\($0) is \(facts[$0]?.description ?? "not set")" }.joined(
                separator: ", ")
    }

    private func matchesFilter(_ settings: ProviderSettings?) -> Bool {
        if let provider = filter.provider, settings?.provider != provider { return false }
        switch filter.auth {
        case nil: return true
        case .static?: return settings != nil && settings?.roleID == nil
        case .role?: return settings?.roleID != nil
        }
    }

    private enum RoleChoice {
        /// nil: the target sets no role.
        case settled(RoleID?)
        case blocked(Reason, String)
    }

    private func settleRole(_ settings: ProviderSettings, _ roles: [CloudRole]) -> RoleChoice {
        if !target.secrets.isEmpty, let role = settings.roleID {
            return .blocked(.oneWay, "role \(role) is set; Atlas takes static credentials no more")
        }
        let ours = roles.filter { $0.provider == settings.provider }
        switch target.role {
        case nil: return .settled(nil)
        case .missing?: return .blocked(.roleMissing, "the sheet's role column is empty")
        case .id(let id)?:
            guard let role = ours.first(where: { $0.id == id }) else {
                return .blocked(.roleNotInProject, "\(id) is not in the project's list of roles")
            }
            guard role.isUsable else { return .blocked(.roleNotReady, "\(id) is \(role.status)") }
            return .settled(id)
        case .auto?:
            // A role that is already set stays, whatever else the list holds.
            if let present = settings.roleID { return .settled(present) }
            let usable = ours.filter(\.isUsable)
            if usable.count == 1 { return .settled(usable[0].id) }
            if usable.count > 1 {
                return .blocked(.roleAmbiguous, "candidates: \(Self.listed(usable))")
            }
            return ours.isEmpty
                ? .blocked(.roleMissing, "the project has no \(settings.provider.title) role")
                : .blocked(.roleNotReady, "not ready: \(Self.listed(ours))")
        }
    }

    private static func listed(_ roles: [CloudRole]) -> String {
        roles.map { "\($0.id) (\($0.identity ?? $0.status))" }.joined(separator: ", ")
    }

    private func change(_ live: EncryptionState, _ settings: ProviderSettings, _ role: RoleID?) -> PlanItem {
        var values = target.values
        if let role { values[FieldName.roleID] = .text(role.text) }
        let wanted = WantedState(
            values: values, secretReferences: target.secrets.mapValues(\.text),
            searchNodes: target.searchNodes)
        let changes = Merge.changes(live: settings, searchNodes: live.searchNodes, wanted: wanted)
        let change = PlannedChange(provider: settings.provider, before: live, changes: changes, role: role)
        var item = PlanItem(change.planClass)
        if let undo, !undo.kept.isEmpty {
            item.detail = "stays as it is: \(undo.kept.joined(separator: "; "))"
        }
        item.change = change
        return item
    }
}
