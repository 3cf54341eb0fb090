package import AtlasAPI

/// One field that the plan changes.
package struct FieldChange: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        case absent
        case value(FieldValue)
        /// A secret by its reference, as the target file wrote it: `${env:NAME}`.
        case secret(reference: String)
    }

    /// `googleCloudKms.roleId`, `enabledForSearchNodes`
    package var path: String
    package var before: Value
    package var after: Value

    package init(path: String, before: Value, after: Value) {
        self.path = path
        self.before = before
        self.after = after
    }

    package var isSecret: Bool { if case .secret = after { true } else { false } }
}
