import AtlasAPI

/// A place of the API that the simulator knows; ids are not checked yet.
enum Route: Hashable, Sendable {
    case token
    case revoke
    case projects
    case organisations
    case organisationProjects(String)
    case project(String)
    case encryption(String)
    case roles(String)
    case role(String, String)
    case rateLimits

    init?(path: String) {
        switch path {
        case "/api/oauth/token": self = .token
        case "/api/oauth/revoke": self = .revoke
        default:
            let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count >= 5, parts[1...3] == ["api", "atlas", "v2"] else { return nil }
            switch (parts[4], parts.count) {
            case ("groups", 5): self = .projects
            case ("groups", 6): self = .project(parts[5])
            case ("groups", 7) where parts[6] == "encryptionAtRest": self = .encryption(parts[5])
            case ("groups", 7) where parts[6] == "cloudProviderAccess": self = .roles(parts[5])
            case ("groups", 8) where parts[6] == "cloudProviderAccess": self = .role(parts[5], parts[7])
            case ("orgs", 5): self = .organisations
            case ("orgs", 7) where parts[6] == "groups": self = .organisationProjects(parts[5])
            case ("rateLimits", 5): self = .rateLimits
            default: return nil
            }
        }
    }

    /// The project in the path, as written there.
    var project: String? {
        switch self {
        case .project(let id), .encryption(let id), .roles(let id), .role(let id, _): id
        default: nil
        }
    }

    /// What ordinals and faults are counted by: the project, or the list's own word.
    var subject: String {
        switch self {
        case .token, .revoke: "oauth"
        case .projects, .organisationProjects: "groups"
        case .organisations: "orgs"
        case .rateLimits: "rateLimits"
        case .project(let id), .encryption(let id), .roles(let id), .role(let id, _): id
        }
    }

    var methods: [String] {
        switch self {
        case .token, .revoke: ["POST"]
        case .encryption: ["GET", "PATCH"]
        case .roles: ["GET", "POST"]
        case .role: ["GET", "PATCH"]
        case .projects, .organisations, .organisationProjects, .project, .rateLimits: ["GET"]
        }
    }

    /// The endpoint set and the owner of its bucket; nil for OAuth, which has a limiter of its own.
    var bucket: (set: EndpointSet, scope: String)? {
        switch self {
        case .token, .revoke: nil
        case .projects: (.projects, "user")
        case .organisations: (.organisations, "user")
        case .organisationProjects(let id): (.organisationProjects, id)
        case .project(let id): (.project, id)
        case .encryption(let id): (.encryption, id)
        case .roles(let id), .role(let id, _): (.roles, id)
        case .rateLimits: (.rateLimits, "user")
        }
    }

    /// The one resource version of this place.
    var version: String { self == .rateLimits ? "2025-03-12" : "2023-01-01" }
}
