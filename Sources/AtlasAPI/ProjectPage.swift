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

    /// Whether more pages follow, by what the page says itself.
    package enum Next: Hashable, Sendable {
        /// A link is called `next`. Its address is not followed: pages are asked for by number.
        case yes
        case no
        /// There are no links that could tell.
        case untold
    }

    package var projects: [ListedProject]
    /// Entries that can't be understood, each in a few words: a project must not be missed in silence.
    package var unreadable: [String]
    /// Never asked for, and an estimate when it comes all the same; nil when it does not.
    package var totalCount: Int?
    package var next: Next

    package init(
        projects: [ListedProject], unreadable: [String] = [], totalCount: Int? = nil, next: Next
    ) {
        self.projects = projects
        self.unreadable = unreadable
        self.totalCount = totalCount
        self.next = next
    }

    /// All of them.
    package var entries: Int { projects.count + unreadable.count }

    /// As many as a page has when more follow, whatever its links say.
    package var isFull: Bool { entries >= Self.size }

    /// nil when it is no list.
    package init?(_ json: JSONValue) {
        switch json["results"] {
        case .array(let results)?:
            projects = []
            unreadable = []
            for (index, result) in results.enumerated() {
                if let listed = ListedProject(result) {
                    projects.append(listed)
                } else {
                    let id = result["id"]?.string.map { ", id \(AtlasError.short($0, 40))" } ?? ""
                    unreadable.append("entry \(index + 1)\(id): no readable id, name or organisation")
                }
            }
        // A page after the last one, as some servers write it.
        case .null?: (projects, unreadable) = ([], [])
        default: return nil
        }
        totalCount = json["totalCount"]?.quantity.flatMap { Int(exactly: $0) }
        // Atlas's pages always have a link to themselves.
        next = PageLinks(json).hasNext.map { $0 ? .yes : .no } ?? .untold
    }
}
