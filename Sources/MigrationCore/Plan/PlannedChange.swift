package import AtlasAPI

/// What the plan settled for one project that is to be changed; immutable from then on.
package struct PlannedChange: Hashable, Sendable {
    /// The provider that is enabled and goes into the body.
    package let provider: Provider
    /// The live state at plan time.
    package let before: EncryptionState
    /// What changes, and nothing else may.
    package let changes: [FieldChange]
    /// The PATCH body as JSON; secret fields hold their reference in place of the value. It says what follows from
    /// `before` and `changes`, so that what is sent is what was shown, and is sent in these bytes, which the plan's
    /// digest seals.
    package let body: String
    /// The role that the target sets; checked again at every look.
    package let role: RoleID?

    package init(provider: Provider, before: EncryptionState, changes: [FieldChange], role: RoleID?) {
        let body = Merge.body(provider: provider, before: before, changes: changes).canonicalText()
        self.init(provider: provider, before: before, changes: changes, role: role, body: body)
    }

    /// `body`: a text of the same value as the body that follows from the rest.
    init(
        provider: Provider, before: EncryptionState, changes: [FieldChange], role: RoleID?, body: String
    ) {
        self.provider = provider
        self.before = before
        self.changes = changes
        self.role = role
        self.body = body
    }

    /// With a secret in the body no read can tell whether the change took.
    package var hasSecret: Bool { changes.contains(where: \.isSecret) }

    /// Whether every readable field that the plan changes reads as wanted.
    package func isWanted(_ live: EncryptionState) -> Bool { taken(in: live).count == changes.count }

    /// The paths that the plan changes and that read as wanted, with those of secrets, which no read shows.
    package func taken(in live: EncryptionState) -> Set<String> {
        let facts = StateFacts(live)
        return Set(
            changes.filter { change in
                switch change.after {
                case .secret: true
                case .absent: facts[change.path] == nil
                case .value(let value): facts[change.path] == (value.isFalse ? nil : value)
                }
            }.map(\.path))
    }

    /// The paths that differ from the state at plan time.
    package func drift(of live: EncryptionState) -> [String] {
        StateFacts(live).differences(from: StateFacts(before))
    }

    /// The paths that nobody asked to change and that differ from the state at plan time. The ids of former
    /// static credentials don't count once there is a role.
    package func collateral(in live: EncryptionState) -> [String] {
        let asked = Set(changes.map(\.path))
        let hasRole = live.enabled.first { $0.provider == provider }?.roleID != nil
        return drift(of: live).filter { path in
            guard !asked.contains(path) else { return false }
            guard hasRole, let dot = path.firstIndex(of: ".") else { return true }
            let field = provider.field(named: String(path[path.index(after: dot)...]))
            return field?.isStaticIdentity != true
        }
    }

    /// The same as texts, each with the value before and now.
    package func collateralTexts(in live: EncryptionState) -> [String] {
        collateral(in: live).map { path in
            let before = StateFacts(before)[path]?.description ?? "not set"
            return "\(path): before \(before), now \(StateFacts(live)[path]?.description ?? "not set")"
        }
    }

    /// The readable fields that do not read as wanted, each with the value wanted and the one now.
    package func missing(in live: EncryptionState) -> [String] {
        let taken = taken(in: live)
        return changes.filter { !taken.contains($0.path) }.map { change in
            let wanted = if case .value(let value) = change.after { value.description } else { "not set" }
            return
                "\(change.path): wanted \(wanted), now \(StateFacts(live)[change.path]?.description ?? "not set")"
        }
    }
}
