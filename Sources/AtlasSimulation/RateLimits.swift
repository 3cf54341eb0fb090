/// A group of endpoints that share a token bucket (Atlas's rate limit page, April 2026).
package enum EndpointSet: String, CaseIterable, Codable, Sendable {
    case encryption, roles, project, projects, organisationProjects, organisations, rateLimits

    /// The published numbers; the vendor calls them no contract, so every one can be overridden.
    package var publishedLimit: RateLimit {
        switch self {
        case .encryption, .roles: RateLimit(capacity: 2000, refill: 1000, seconds: 60)
        case .project, .projects: RateLimit(capacity: 1200, refill: 500, seconds: 60)
        case .organisationProjects: RateLimit(capacity: 500, refill: 250, seconds: 60)
        case .organisations, .rateLimits: RateLimit(capacity: 300, refill: 100, seconds: 60)
        }
    }

    /// The scope's name in `GET /rateLimits`.
    package var scope: String {
        switch self {
        case .encryption, .roles, .project: "GROUP"
        case .organisationProjects: "ORGANIZATION"
        case .projects, .organisations, .rateLimits: "USER"
        }
    }
}

/// A bucket that holds `capacity` requests and gets `refill` new ones every so many seconds.
package struct RateLimit: Codable, Hashable, Sendable {
    package var capacity: Int
    package var refill: Int
    package var seconds: Int

    package init(capacity: Int, refill: Int, seconds: Int) {
        self.capacity = capacity
        self.refill = refill
        self.seconds = seconds
    }
}

/// The levels of all buckets, one per endpoint set and scope.
package struct RateBuckets: Codable, Sendable {
    private struct Level: Codable {
        var tokens: Double
        var at: Int64
    }

    package struct Outcome: Equatable, Sendable {
        package var remaining: Int
        /// Whole seconds until the next token; nil when the request may go on.
        package var retryAfter: Int?
    }

    private var levels: [String: Level] = [:]

    package init() {}

    /// Takes one token, if there is one. `scope` is the project, organisation or user that owns the bucket.
    package mutating func take(_ set: EndpointSet, scope: String, limit: RateLimit, now: Int64) -> Outcome {
        let key = "\(set.rawValue) \(scope)"
        let capacity = Double(limit.capacity)
        let perMillisecond = Double(limit.refill) / (Double(limit.seconds) * 1000)
        var level = levels[key] ?? Level(tokens: capacity, at: now)
        level.tokens = min(capacity, level.tokens + Double(max(0, now - level.at)) * perMillisecond)
        level.at = max(level.at, now)
        defer { levels[key] = level }
        guard level.tokens >= 1 else {
            let wait = perMillisecond > 0 ? (1 - level.tokens) / perMillisecond / 1000 : 3600
            return Outcome(remaining: 0, retryAfter: Int(wait.rounded(.up)))
        }
        level.tokens -= 1
        return Outcome(remaining: Int(level.tokens), retryAfter: nil)
    }
}
