import AtlasAPI

/// The requests that are under way, and whose they are.
struct Flights: Sendable {
    enum Owner: Hashable, Sendable {
        case project(ordinal: Int)
        case access(Access.Call)
    }

    private var owners: [RequestID: Owner] = [:]
    private var last = 0
    /// Of projects.
    private(set) var ofProjects = 0

    var count: Int { owners.count }

    mutating func begin(_ owner: Owner) -> RequestID {
        last += 1
        let id = RequestID(last)
        owners[id] = owner
        if case .project = owner { ofProjects += 1 }
        return id
    }

    /// - Returns: whose it was.
    mutating func end(_ id: RequestID) -> Owner {
        guard let owner = owners.removeValue(forKey: id) else {
            preconditionFailure("request \(id) ended, and none such is under way")
        }
        if case .project = owner { ofProjects -= 1 }
        return owner
    }
}
