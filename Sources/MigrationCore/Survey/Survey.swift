package import AtlasAPI

/// What was read of a project that nothing is to be done with.
package enum Survey: Hashable, Sendable {
    case read(EncryptionState, [CloudRole])
    case unreadable(Failure)
}
