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
    /// What `--approve` takes; nil: nothing.
    package var approvable: String?
    /// Milliseconds since 1970 UTC.
    package var createdAt: Int64
    /// Of the last run; nil before the first.
    package var startedAt: Int64?
    package var endedAt: Int64?
    /// How the last run ended, in the job's words; nil while it goes on.
    package var end: String?
    /// Every start, end, approval, halt and acceptance, in the order of their times.
    package var history: [Event] = []

    package struct Event: Sendable {
        /// Milliseconds since 1970 UTC.
        package var at: Int64
        /// `run`, `end`, `approval`, `halt`, `acceptance`
        package var kind: String
        /// nil where nobody did it.
        package var user: String?
        package var text: String

        package init(at: Int64, kind: String, user: String?, text: String) {
            self.at = at
            self.kind = kind
            self.user = user
            self.text = text
        }

        var json: String {
            JSONText.object {
                $0.add("at", WireDate.text(milliseconds: at))
                $0.add("kind", kind)
                $0.add("user", user)
                $0.add("text", text)
            }
        }

        /// A line for people, safe for a terminal.
        package var line: String { "\(WireDate.text(milliseconds: at))  \(TerminalText.safe(text))" }
    }

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
            $0.add("approve", approvable)
            $0.add("created_at", WireDate.text(milliseconds: createdAt))
            $0.add("started_at", startedAt.map(WireDate.text))
            $0.add("ended_at", endedAt.map(WireDate.text))
            $0.add("end", end)
            $0.add("history", raw: "[" + history.map(\.json).joined(separator: ",") + "]")
        }
    }
}
