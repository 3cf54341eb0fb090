package import AtlasAPI

/// What reports say of the job itself; the caller gathers it.
package struct JobFacts: Sendable {
    /// The file's path as the user gave it.
    package var path: String
    package var target: String
    package var organisation: OrganisationID?
    package var address: String
    /// nil while projects are unread.
    package var planDigest: String?
    /// Milliseconds since 1970 UTC.
    package var createdAt: Int64
    /// Of the last run; nil before the first.
    package var startedAt: Int64?
    package var endedAt: Int64?
    /// How the last run ended, in the job's words; nil while it goes on.
    package var end: String?

    package init(
        path: String, target: String, organisation: OrganisationID?, address: String, planDigest: String?,
        createdAt: Int64, startedAt: Int64? = nil, endedAt: Int64? = nil, end: String? = nil
    ) {
        self.path = path
        self.target = target
        self.organisation = organisation
        self.address = address
        self.planDigest = planDigest
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.end = end
    }

    /// The last part of the path.
    package var name: String { path.split(separator: "/").last.map { String($0) } ?? path }

    var json: String {
        JSONText.object {
            $0.add("name", name)
            $0.add("path", path)
            $0.add("target", target)
            $0.add("organisation", organisation?.text)
            $0.add("address", address)
            $0.add("plan_digest", planDigest)
            $0.add("created_at", WireDate.text(milliseconds: createdAt))
            $0.add("started_at", startedAt.map(WireDate.text))
            $0.add("ended_at", endedAt.map(WireDate.text))
            $0.add("end", end)
        }
    }
}
