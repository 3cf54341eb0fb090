import TargetFiles
package import AtlasAPI

/// A project's encryption at rest, as the inventory shows it.
package struct Posture: Hashable, Sendable {
    /// How the project's provider proves itself to the cloud.
    package enum Auth: String, CaseIterable, Sendable {
        /// A stored secret: service account key, access key or client secret.
        case `static`
        case role
        /// No provider is on.
        case none
        /// More than one provider is on; each may differ.
        case several
        case unreadable
    }

    /// What the project's list has of the provider's roles.
    package enum RoleStanding: Hashable, Sendable {
        /// The role that is set or would be, or else the only one; Atlas's word for how far it is.
        case one(String)
        /// The role that is set is not in the list.
        case notListed
        /// None is set, and which of them would be is a person's choice.
        case several(Int)
    }

    /// Those that are on.
    package var providers: [Provider] = []
    package var auth: Auth
    /// nil: no provider is on, or nothing is known.
    package var isValid: Bool?
    /// nil: nothing is known.
    package var searchNodes: Bool?
    /// The cloud's name of the key.
    package var key: String?
    /// The role that is set.
    package var role: RoleID?
    /// nil: there is none.
    package var roleStanding: RoleStanding?
    package var serviceAccount: String?
    /// What `roleId: auto` would choose without the sheet's say: the role that is set, or else the only usable one.
    package var candidate: RoleID?
}

extension Posture {
    package init(_ survey: Survey) {
        switch survey {
        case .unreadable: self.init(auth: .unreadable)
        case .read(let state, let roles): self.init(HiddenRole.reveal(in: state, roles: roles), roles)
        }
    }

    private init(_ state: EncryptionState, _ roles: [CloudRole]) {
        let providers = state.enabled.map(\.provider)
        self.init(
            providers: providers, auth: providers.count > 1 ? .several : .none,
            searchNodes: state.searchNodes == true)
        guard !providers.isEmpty else { return }
        isValid = state.enabled.allSatisfy(\.isValid)
        guard let settings = state.single else { return }
        auth = settings.roleID == nil ? .static : .role
        key = settings.values[settings.provider.keyField]?.description
        role = settings.roleID
        let ours = roles.filter { $0.provider == settings.provider }
        let usable = ours.filter(\.isUsable)
        candidate = role ?? (usable.count == 1 ? usable[0].id : nil)
        // Of the role that is set or would be; where none would do, of the only one there is.
        guard let shown = ours.first(where: { $0.id == candidate }) ?? (ours.count == 1 ? ours[0] : nil)
        else {
            roleStanding = role != nil ? .notListed : ours.isEmpty ? nil : .several(ours.count)
            return
        }
        roleStanding = .one(shown.status)
        serviceAccount = shown.identity
    }
}
