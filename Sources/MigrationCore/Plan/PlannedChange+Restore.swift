package import AtlasAPI

/// A change as a job keeps it, in parts that anybody with the file could have edited one by one. They belong together,
/// and so one part tells when another is not what `plan` wrote.
extension PlannedChange {
    /// Static credentials that a role replaces never come back, and neither does a secret that is overwritten.
    package var planClass: PlanClass {
        let leavesStatic = before.enabled.first { $0.provider == provider }?.roleID == nil && role != nil
        return leavesStatic || hasSecret ? .irreversible : .reversible
    }

    /// Puts a kept change together again.
    ///
    /// `body`: the text that was kept, and is sent as it is; it says what the other parts say.
    /// - Throws: `Mismatch`, which names the first part that does not fit the others.
    package init(
        restoring provider: Provider, before: EncryptionState, changes: [FieldChange], role: RoleID?,
        body: String, planClass: PlanClass
    ) throws(Mismatch) {
        self.init(provider: provider, before: before, changes: changes, role: role, body: body)
        guard let settings = before.single, settings.provider == provider else {
            throw Mismatch(part: "provider")
        }
        let wanted = WantedState(provider, changes)
        // Order, values from before and what a role drops all follow from the rest.
        guard !changes.isEmpty,
            Merge.changes(live: settings, searchNodes: before.searchNodes, wanted: wanted) == changes
        else { throw Mismatch(part: "changes") }
        // Nothing a reader could take otherwise: no name stands twice (`JSONValue(parsing:)`), and bytes are compared,
        // since Swift's texts are equal in several forms of one letter.
        let value = Merge.body(provider: provider, before: before, changes: changes)
        guard JSONValue(parsing: Array(body.utf8))?.canonicalBytes() == value.canonicalBytes() else {
            throw Mismatch(part: "body")
        }
        let sent = value[provider.rawValue]?[FieldName.roleID]?.string
        let setsRole = changes.contains { $0.path == StateFacts.path(provider, FieldName.roleID) }
        guard role.map({ $0.text == sent }) ?? !setsRole else { throw Mismatch(part: "role") }
        guard self.planClass == planClass else { throw Mismatch(part: "class") }
    }

    package struct Mismatch: Error, Hashable {
        package var part: String
    }
}
