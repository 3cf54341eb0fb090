import Foundation

/// What is really so at the simulator.
struct Truth: Decodable {
    var organisation: String
    var tokensIssued: Int
    var projects: [Project]

    struct Project: Decodable {
        var id: String
        var name: String
        var access: String
        var encryption: Encryption
        var original: Encryption
        var fingerprint: String
        var originalFingerprint: String
        var roles: [Role]
        var patchesSeen: Int
        var patchesApplied: Int
        var violations: [String]

        /// Nobody has touched it, and nobody has tried to.
        var isUntouched: Bool { fingerprint == originalFingerprint && patchesSeen == 0 }
    }

    struct Encryption: Decodable, Equatable {
        var awsKms: Settings
        var azureKeyVault: Settings
        var googleCloudKms: Settings
        var enabledForSearchNodes: Bool?

        /// The same to Atlas, for which absent and false are equal.
        func isLike(_ other: Encryption) -> Bool {
            enabled == other.enabled
                && (enabledForSearchNodes ?? false) == (other.enabledForSearchNodes ?? false)
        }

        var enabled: [Settings] { [awsKms, azureKeyVault, googleCloudKms].filter(\.enabled) }
    }

    struct Settings: Decodable, Equatable {
        var enabled: Bool
        var valid: Bool
        var roleId: String?
        var accessKeyID: String?
        var clientID: String?
        var keyVersionResourceID: String?
        var customerMasterKeyID: String?
        var keyIdentifier: String?
        var region: String?
        var requirePrivateNetworking: Bool?

        /// Without what a switch from static credentials to a role may change.
        var withoutAuth: Settings {
            var rest = self
            (rest.roleId, rest.accessKeyID, rest.clientID) = (nil, nil, nil)
            return rest
        }
    }

    struct Role: Decodable {
        var roleId: String?
        var _id: String?

        var id: String? { roleId ?? _id }
    }

    var violations: [String] {
        projects.flatMap { project in project.violations.map { "\(project.id): \($0)" } }
    }
    subscript(id: String) -> Project? { projects.first { $0.id == id } }
}

/// A line of the simulator's request log.
struct Request: Decodable {
    var sequence: Int
    var time: Int64
    var method: String
    var path: String
    var project: String?
    var ordinal: Int?
    var authenticated: Bool
    var status: Int
    var code: String?
    var delivery: String
    var fault: String?
    var aftermath: [String]
    var before: String?
    var after: String?
    var applied: Bool
    var overlapped: Bool

    var isEncryption: Bool { path.hasSuffix("/encryptionAtRest") }
    /// A read of the settings whose answer arrived, as far as the server can tell.
    var isGoodRead: Bool {
        method == "GET" && isEncryption && authenticated && status == 200 && delivery == "answered"
            && !isForeign
    }
    /// Somebody else answered in the server's place: a gateway or a sign-in page.
    var isForeign: Bool { fault.map { $0.hasPrefix("sign-in") || $0.hasPrefix("gateway") } ?? false }
    var isChange: Bool { method == "PATCH" && isEncryption && authenticated }
}
