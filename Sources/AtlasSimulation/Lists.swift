import AtlasAPI

extension SimulatedAtlas {
    func listOrganisations(_ visit: inout Visit) throws(Refusal) {
        let base = base(visit.request)
        let organisation = JSONValue.object([
            "id": .string(fleet.organisation), "name": .string(fleet.organisationName),
            "isDeleted": .bool(false),
            "links": .array([Self.link("self", "\(base)/api/atlas/v2/orgs/\(fleet.organisation)")]),
        ])
        let page = try Page(visit.request)
        visit.answer = .success(page.json([organisation], base: base) { $0 })
    }

    /// The projects that the credentials see, in the fleet's order.
    func listProjects(_ visit: inout Visit, prefix: String) throws(Refusal) {
        let base = base(visit.request)
        let visible = fleet.order.filter { id in
            guard let project = fleet.projects[id], project.access == .open else { return false }
            return project.name.lowercased().hasPrefix(prefix.lowercased())
        }
        let page = try Page(visit.request)
        let answer = page.json(visible, base: base) { id in
            fleet.projects[id].map { json(of: $0, base: base) } ?? .null
        }
        visit.answer = .success(answer)
    }

    func json(of project: SimulatedProject, base: String) -> JSONValue {
        .object([
            "id": .string(project.id), "name": .string(project.name), "orgId": .string(project.organisation),
            "clusterCount": .number(1), "created": .string(ServerDate.rfc3339(project.createdAt)),
            "tags": .array([Self.tag("env", project.environment)]), "withDefaultAlertsSettings": .bool(true),
            "links": .array([Self.link("self", "\(base)/api/atlas/v2/groups/\(project.id)")]),
        ])
    }

    func limitsList() -> JSONValue {
        let results = EndpointSet.allCases.map { set in
            let limit = options.limit(set)
            func number(_ value: Int) -> JSONValue {
                .object(["value": .number(Double(value)), "defaultValue": .null])
            }
            return JSONValue.object([
                "endpointSetId": .string(set.rawValue), "endpointSetName": .string(set.rawValue),
                "scope": .string(set.scope), "capacity": number(limit.capacity),
                "refillRate": number(limit.refill), "refillDurationSeconds": number(limit.seconds),
                "endpoints": .array(set == .encryption ? Self.encryptionEndpoints : []),
            ])
        }
        return .object(["results": .array(results), "totalCount": .number(Double(results.count))])
    }

    private static let encryptionEndpoints = ["GET", "PATCH"].map { method in
        JSONValue.object([
            "method": .string(method), "path": .string("/api/atlas/v2/groups/{groupId}/encryptionAtRest"),
        ])
    }

    /// The address that links begin with: the one the client used.
    func base(_ request: SimulatedRequest) -> String {
        let scheme = request.headers["X-Forwarded-Proto"] ?? "http"
        return request.headers["Host"].map { "\(scheme)://\($0)" } ?? "https://cloud.mongodb.com"
    }

    private static func tag(_ key: String, _ value: String) -> JSONValue {
        .object(["key": .string(key), "value": .string(value)])
    }

    static func link(_ relation: String, _ address: String) -> JSONValue {
        .object(["rel": .string(relation), "href": .string(address)])
    }
}

/// `itemsPerPage` (1 to 500, 100 by default), `pageNum` (from 1) and `includeCount` (true by default).
struct Page {
    private let size: Int
    private let number: Int
    private let includesCount: Bool
    private let path: String
    private let target: String

    init(_ request: SimulatedRequest) throws(Refusal) {
        let query = request.query
        func integer(_ name: String, _ range: ClosedRange<Int>, _ fallback: Int) throws(Refusal) -> Int {
            guard let text = query[name] else { return fallback }
            guard let value = Int(text), range.contains(value) else {
                throw .badRequest(
                    "INVALID_QUERY_PARAMETER", "Invalid query parameter \(name) specified.", [.string(name)])
            }
            return value
        }
        size = try integer("itemsPerPage", 1...500, 100)
        number = try integer("pageNum", 1...1_000_000, 1)
        includesCount = query["includeCount"] != "false"
        path = request.path
        target = request.target
    }

    func json<Item>(_ items: [Item], base: String, _ encode: (Item) -> JSONValue) -> JSONValue {
        let first = (number - 1) * size
        let shown = items.dropFirst(first).prefix(size)
        var links = [SimulatedAtlas.link("self", base + target)]
        if first + size < items.count {
            // The next link has the parameters in another order than the request (recorded answer).
            let query = "includeCount=\(includesCount)&itemsPerPage=\(size)&pageNum=\(number + 1)"
            links.append(SimulatedAtlas.link("next", "\(base)\(path)?\(query)"))
        }
        var members: [String: JSONValue] = ["links": .array(links), "results": .array(shown.map(encode))]
        if includesCount { members["totalCount"] = .number(Double(items.count)) }
        return .object(members)
    }
}
