package import AtlasAPI

/// AWS's `roleId` is write-only in the specification, although it comes back in practice (facts 2.2). Should it
/// not, the one role whose `featureUsages` lists encryption at rest is the evidence of it; static credentials
/// always show their `accessKeyID`.
package enum HiddenRole {
    package static func reveal(in state: EncryptionState, roles: [CloudRole]) -> EncryptionState {
        guard isHidden(in: state), let settings = state.single else { return state }
        let serving = roles.filter { $0.provider == settings.provider && $0.servesEncryption }
        guard serving.count == 1 else { return state }
        var revealed = state
        revealed.enabled[0].values[FieldName.roleID] = .text(serving[0].id.text)
        return revealed
    }

    package static func isHidden(in state: EncryptionState) -> Bool {
        guard let settings = state.single, settings.provider == .awsKms else { return false }
        return settings.roleID == nil && settings.values["accessKeyID"] == nil
    }
}
