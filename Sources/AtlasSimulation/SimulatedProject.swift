/// One project ("group") of the simulated organisation, with what happened to it.
package struct SimulatedProject: Codable, Sendable {
    package enum Access: String, Codable, Sendable {
        case open
        /// Deleted since the sheet was written: 404.
        case deleted
        /// Belongs to another organisation: 401.
        case otherOrganisation
        /// The credentials have no role in it: 401.
        case forbidden
    }

    /// Reads that still show the state from before a change.
    package struct StaleReads: Codable, Sendable {
        package var state: SimulatedEncryption
        package var left: Int
    }

    package let id: String
    /// Its tag `env`; a third of the projects are `test`, the others `prod`.
    package var environment: String { StableHash.of(0, id, "env") % 3 == 0 ? "test" : "prod" }
    package var name: String
    package var organisation: String
    package var createdAt: Int64
    package var access: Access
    package var encryption: SimulatedEncryption
    package let original: SimulatedEncryption
    package var roles: [SimulatedRole]
    /// Regions with private endpoints; `requirePrivateNetworking` can't be given up while there are any.
    package var privateEndpointRegions: [String] = []

    /// Authenticated requests so far, by method: the ordinals that faults are drawn by.
    package var counts: [String: Int] = [:]
    package var patchesSeen = 0
    package var patchesApplied = 0
    /// PATCHes that were applied and answered with a 429: they cost a client no attempt.
    package var patchesLimited = 0
    package var lastChangedBy: String?
    package var violations: [String] = []
    package var stale: StaleReads?
    /// Reads that still say `valid: false`.
    package var invalidReadsLeft = 0
    /// Whether the last PATCH ended without a definite answer and nobody has looked since.
    package var isUnsettled = false

    package init(
        id: String, name: String, organisation: String, createdAt: Int64, access: Access = .open,
        encryption: SimulatedEncryption, roles: [SimulatedRole] = []
    ) {
        self.id = id
        self.name = name
        self.organisation = organisation
        self.createdAt = createdAt
        self.access = access
        self.encryption = encryption
        self.roles = roles
        original = encryption
        markUsedRoles()
    }

    /// Makes `featureUsages` follow the encryption settings.
    package mutating func markUsedRoles() {
        let used = Set(encryption.enabled.values.compactMap(\.roleID))
        for index in roles.indices { roles[index].servesEncryption = used.contains(roles[index].id) }
    }
}
