import AtlasAPI

/// A project's encryption at rest in the words of the inventory's columns.
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

    /// The enabled provider's name in the API, `none`, the names joined by `+`, or `unreadable`.
    package var provider: String
    package var auth: Auth
    /// `true`, `false`, `unreadable`, or empty when no provider is on.
    package var valid: String
    /// `on`, `off` or `unreadable`.
    package var searchNodes: String
    /// The cloud's name of the key.
    package var key = ""
    package var roleID = ""
    package var roleStatus = ""
    package var serviceAccount = ""
    /// What `roleId: auto` would choose without the sheet's say: the role that is set, or else the only usable one.
    package var candidateRoleID = ""

    /// The names of the columns that `cells` fills, in order.
    package static let columns = [
        "provider", "auth", "valid", "search_nodes", "key", "role_id", "role_status", "service_account",
        "candidate_role_id",
    ]

    package var cells: [String] {
        [
            provider, auth.rawValue, valid, searchNodes, key, roleID, roleStatus, serviceAccount,
            candidateRoleID,
        ]
    }
}

extension Posture {
    package init(_ survey: Survey) {
        switch survey {
        case .unreadable:
            self.init(
                provider: "unreadable", auth: .unreadable, valid: "unreadable", searchNodes: "unreadable")
        case .read(let state, let roles): self.init(HiddenRole.reveal(in: state, roles: roles), roles)
        }
    }

    private init(_ state: EncryptionState, _ roles: [CloudRole]) {
        let names = state.enabled.map(\.provider.rawValue)
        self.init(
            provider: names.isEmpty ? "none" : names.joined(separator: "+"),
            auth: names.count > 1 ? .several : .none, valid: "",
            searchNodes: state.searchNodes == true ? "on" : "off")
        guard !names.isEmpty else { return }
        valid = String(state.enabled.allSatisfy(\.isValid))
        guard let settings = state.single else { return }
        auth = settings.roleID == nil ? .static : .role
        key = settings.values[settings.provider.keyField]?.description ?? ""
        let ours = roles.filter { $0.provider == settings.provider }
        let usable = ours.filter(\.isUsable)
        let candidate = settings.roleID ?? (usable.count == 1 ? usable[0].id : nil)
        roleID = settings.roleID?.text ?? ""
        candidateRoleID = candidate?.text ?? ""
        // Of the role that is set or would be; where none would do, of the only one there is.
        guard let shown = ours.first(where: { $0.id == candidate }) ?? (ours.count == 1 ? ours[0] : nil)
        else {
            roleStatus = settings.roleID != nil ? "not listed" : ours.isEmpty ? "" : "\(ours.count) roles"
            return
        }
        roleStatus = shown.status
        serviceAccount = shown.identity ?? ""
    }
}
