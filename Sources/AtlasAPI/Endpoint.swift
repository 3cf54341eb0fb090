/// A call of the Atlas Administration API v2 that keyshift makes.
package enum Endpoint: Hashable, Sendable {
    /// `GET /groups/{id}`: name and organisation.
    case project(ProjectID)
    /// `GET /groups/{id}/encryptionAtRest`. Not passive: makes Atlas check the key.
    case encryption(ProjectID)
    /// `PATCH /groups/{id}/encryptionAtRest`
    case changeEncryption(ProjectID)
    /// `GET /groups/{id}/cloudProviderAccess`
    case roles(ProjectID)
    /// `POST /groups/{id}/cloudProviderAccess`. Not idempotent: each one makes another role.
    case makeRole(ProjectID)
    /// `GET /groups`, or `GET /orgs/{id}/groups`: a page, counted from 1, of the projects that the credentials see.
    /// Never with their count: of a huge organisation Atlas can't give it in time, and then gives no page at all.
    case projects(OrganisationID?, page: Int)
    /// `GET /orgs?itemsPerPage=1`: whether the credentials work at all, and for which organisation.
    case identity

    /// `GET /rateLimits`: the limits that hold for these credentials.
    case limits

    /// The resource version asked for, as `Accept` and `Content-Type`.
    package var mediaType: String {
        let version = self == .limits ? "2025-03-12" : "2023-01-01"
        return "application/vnd.atlas.\(version)+json"
    }

    package var method: HTTPRequest.Method {
        switch self {
        case .changeEncryption: .patch
        case .makeRole: .post
        default: .get
        }
    }

    package var path: String {
        switch self {
        case .project(let id): "/api/atlas/v2/groups/\(id)"
        case .encryption(let id), .changeEncryption(let id): "/api/atlas/v2/groups/\(id)/encryptionAtRest"
        case .roles(let id), .makeRole(let id): "/api/atlas/v2/groups/\(id)/cloudProviderAccess"
        case .projects(let organisation, let page):
            "/api/atlas/v2/\(organisation.map { "orgs/\($0)/groups" } ?? "groups")"
                + "?itemsPerPage=\(ProjectPage.size)&pageNum=\(page)&includeCount=false"
        case .identity: "/api/atlas/v2/orgs?itemsPerPage=1"
        case .limits: "/api/atlas/v2/rateLimits?itemsPerPage=500"
        }
    }

    package func request(authorization: HTTPRequest.Authorization, body: [UInt8] = []) -> HTTPRequest {
        var headers = [(name: "Accept", value: mediaType)]
        if method != .get { headers.append((name: "Content-Type", value: mediaType)) }
        return HTTPRequest(method, path, headers: headers, body: body, authorization: authorization)
    }

    /// Atlas's rate limits are token buckets per (endpoint set, scope); those of one project are
    /// scoped to it, so one project's 429 says nothing of the others.
    package var bucket: RateBucket {
        switch self {
        case .project(let id): .project(id)
        case .encryption(let id), .changeEncryption(let id): .encryption(id)
        case .roles(let id), .makeRole(let id): .roles(id)
        case .projects, .identity, .limits: .organisations
        }
    }
}

/// An endpoint set and its scope (Atlas's rate limit page, April 2026).
package enum RateBucket: Hashable, Sendable {
    case project(ProjectID)
    case encryption(ProjectID)
    case roles(ProjectID)
    case organisations
    /// A limiter that is none of Atlas's token buckets (a proxy's, an address's): holds everything.
    case everything
}
