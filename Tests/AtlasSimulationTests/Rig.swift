import AtlasAPI
import AtlasSimulation

/// A small simulated Atlas under a clock that tests turn by hand; requests come with a good API key.
struct Rig {
    var atlas: SimulatedAtlas
    var now: Int64 = 1_800_000_000_000

    static let key = SimulatedRequest.Identity.apiKey(
        user: SimulatedCredentials().publicKey, password: Secret(SimulatedCredentials().privateKey))
    static let versioned = HTTPHeaders([
        ("Accept", Endpoint.identity.mediaType), ("Content-Type", Endpoint.identity.mediaType),
    ])

    init(
        _ scenario: Scenario = .googleStatic, count: Int = 3, seed: UInt64 = 1, faults: FaultPlan = .init(),
        options: SimulationOptions = .init()
    ) {
        atlas = SimulatedAtlas(
            fleet: Fleet(count: count, seed: seed, scenario: scenario), faults: faults, seed: seed,
            options: options)
    }

    init(project: SimulatedProject, options: SimulationOptions = .init()) {
        var fleet = Fleet(seed: 1)
        fleet.append(project)
        atlas = SimulatedAtlas(fleet: fleet, seed: 1, options: options)
    }

    /// The id of a project by its number from 0.
    func id(_ number: Int = 0) -> String { atlas.fleet.order[number] }

    func project(_ number: Int = 0) -> SimulatedProject? { atlas.fleet[id(number)] }

    func role(_ number: Int = 0) -> String { project(number)?.roles.first?.id ?? "" }

    func encryptionPath(_ number: Int = 0) -> String { "/api/atlas/v2/groups/\(id(number))/encryptionAtRest" }

    /// Sends and ends one request.
    @discardableResult
    mutating func send(
        _ method: String, _ path: String, _ body: String = "", headers: HTTPHeaders = Rig.versioned,
        identity: SimulatedRequest.Identity = Rig.key
    ) -> SimulatedResponse {
        let request = SimulatedRequest(
            method: method, target: path, headers: headers, body: Array(body.utf8), identity: identity)
        let response = atlas.handle(request, now: now)
        if let project = response.entry.project {
            atlas.finish(project: project, sequence: response.entry.sequence)
        }
        return response
    }

    mutating func get(_ number: Int = 0) -> SimulatedResponse { send("GET", encryptionPath(number)) }

    @discardableResult
    mutating func patch(_ number: Int = 0, _ body: String) -> SimulatedResponse {
        send("PATCH", encryptionPath(number), body)
    }

    /// The switch of a Google project to its role.
    @discardableResult
    mutating func toRole(_ number: Int = 0) -> SimulatedResponse {
        patch(number, #"{"googleCloudKms":{"enabled":true,"roleId":"\#(role(number))"}}"#)
    }
}

extension SimulatedResponse {
    var json: JSONValue { JSONValue(parsing: answer.body) ?? .null }
    var code: String? { json["errorCode"]?.string }
    /// Status and code in one word, for tables.
    var verdict: String { [String(answer.status), code].compactMap { $0 }.joined(separator: " ") }
}
