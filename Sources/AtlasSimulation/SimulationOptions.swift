/// How the simulated Atlas behaves, apart from its projects and faults.
package struct SimulationOptions: Codable, Sendable {
    package var credentials = SimulatedCredentials()
    /// Life of a bearer token, in seconds.
    package var tokenLife = 3600
    /// Life of a digest nonce, in seconds.
    package var nonceLife = 300
    /// Uses of a digest nonce; nil: any number.
    package var nonceUses: Int?
    /// Milliseconds until a project's first Google role is `COMPLETE`. In life 33 to 39 seconds.
    package var roleDelay: Int64 = 5000
    /// Leaves `roleId` out of AWS's object in GET, as the specification's `writeOnly` would have it.
    package var hidesAWSRole = false
    /// Switches `enabledForSearchNodes` off when a PATCH leaves it out, to catch a client that forgets it.
    package var resetsOmittedSearchNodes = false
    /// Leaves `Retry-After` out of the 429s of the token buckets.
    package var omitsRetryAfter = false
    /// Limits other than the published ones, by the endpoint set's name.
    package var limits: [String: RateLimit] = [:]
    /// Milliseconds until an answer leaves, drawn by the seed.
    package var latency: ClosedRange<Int64> = 0...0
    /// A date for the headers `Sunset` and `Deprecation` of every answer.
    package var sunset: String?
    /// How many reads a `stale` or `not-valid` fault spoils.
    package var spoiledReads = 2

    package init() {}

    package func limit(_ set: EndpointSet) -> RateLimit { limits[set.rawValue] ?? set.publishedLimit }
}
