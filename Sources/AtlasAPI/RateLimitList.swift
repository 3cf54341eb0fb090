/// What keyshift needs of `GET /rateLimits`.
package struct RateLimitList: Hashable, Sendable {
    /// A token bucket for a set of endpoints.
    package struct Limit: Hashable, Sendable {
        /// Requests that may come at once.
        package var capacity: Int
        /// So many more in each `refillSeconds`.
        package var refill: Int
        package var refillSeconds: Int
        /// What has a bucket of its own, in Atlas's word; nil when it does not say.
        package var scope: String?

        init?(_ set: JSONValue) {
            func number(_ name: String) -> Int? {
                set[name]?["value"]?.number.flatMap { Int(exactly: $0) }
            }
            guard let capacity = number("capacity"), let refill = number("refillRate"),
                let seconds = number("refillDurationSeconds")
            else { return nil }
            self.capacity = capacity
            self.refill = refill
            refillSeconds = seconds
            scope = set["scope"]?.string
        }
    }

    /// nil when none is named for it, or what is named can't be read.
    package var encryptionAtRest: Limit?

    /// nil when it is no list.
    package init?(_ json: JSONValue) {
        guard let sets = json["results"]?.array else { return nil }
        let ours = sets.first { set in
            (set["endpoints"]?.array ?? []).contains {
                $0["path"]?.string?.hasSuffix("/encryptionAtRest") == true
            }
        }
        encryptionAtRest = ours.flatMap(Limit.init)
    }
}
