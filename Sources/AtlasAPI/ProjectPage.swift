/// A project as the lists name it (`GET /groups`, `GET /orgs/{id}/groups`).
package struct ListedProject: Hashable, Sendable {
    package var project: Project
    package var tags: [String: String]

    init?(_ json: JSONValue) {
        guard let project = Project(json) else { return nil }
        self.project = project
        tags = (json["tags"]?.array ?? []).reduce(into: [:]) { tags, tag in
            if let key = tag["key"]?.string, let value = tag["value"]?.string { tags[key] = value }
        }
    }
}

/// One page of a list of projects.
package struct ProjectPage: Hashable, Sendable {
    /// The most that Atlas gives at a time.
    package static let size = 500

    package var projects: [ListedProject]
    /// Atlas calls it an estimate; nil when it was not given.
    package var totalCount: Int?
    /// Whether `links` holds `next`. Its address is not followed: pages are asked for by number.
    package var hasNext: Bool

    package init(projects: [ListedProject], totalCount: Int?, hasNext: Bool) {
        self.projects = projects
        self.totalCount = totalCount
        self.hasNext = hasNext
    }

    /// nil when it is no list, or an entry can't be understood: a project must not be missed in silence.
    package init?(_ json: JSONValue) {
        guard let results = json["results"]?.array else { return nil }
        projects = []
        for result in results {
            guard let listed = ListedProject(result) else { return nil }
            projects.append(listed)
        }
        totalCount = json["totalCount"]?.number.flatMap { Int(exactly: $0) }
        hasNext = (json["links"]?.array ?? []).contains { $0["rel"]?.string == "next" }
    }
}
