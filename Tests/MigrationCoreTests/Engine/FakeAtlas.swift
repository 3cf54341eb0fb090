import AtlasAPI
import MigrationCore

/// A small Atlas: projects with a state, good credentials, and a fault that a test puts in front.
final class FakeAtlas {
    /// What a request is, once its authorization has been looked at.
    struct Call {
        var request: HTTPRequest
        /// nil for token, revoke and identity.
        var project: ProjectID?
        /// Of this project and method, from 1.
        var ordinal: Int
        var now: Instant
        var isPatch: Bool { request.method == .patch }
        var isToken: Bool { request.path == "/api/oauth/token" }
        var isIdentity: Bool { request.path.hasPrefix("/api/atlas/v2/orgs") }
    }

    var states: [ProjectID: EncryptionState] = [:]
    var tokens = 0
    var tokenLife = 3600
    /// The tokens that no longer serve.
    var revoked: Set<String> = []
    /// Says how a request ends instead; nil: normally.
    var fault: (Call) -> Reply? = { _ in nil }
    private var ordinals: [String: Int] = [:]

    static func answer(
        _ status: Int, _ body: String = "", _ headers: [(name: String, value: String)] = [],
        stale: Bool = false
    ) -> Reply {
        // Atlas's successes, and nobody else's, have the versioned type.
        let type = [(name: "Content-Type", value: Endpoint.identity.mediaType)]
        let isTyped = headers.contains { $0.name == "Content-Type" } || !(200...299).contains(status)
        return .answered(
            HTTPAnswer(
                status: status, headers: HTTPHeaders(headers + (isTyped ? [] : type)), body: Array(body.utf8),
                isStaleChallenge: stale
            ))
    }

    static func error(_ status: Int, _ code: String, _ headers: [(name: String, value: String)] = []) -> Reply
    {
        answer(status, #"{"error":\#(status),"errorCode":"\#(code)","detail":"d"}"#, headers)
    }

    static func project(in path: String) -> ProjectID? {
        let parts = path.split(separator: "/")
        return parts.count > 4 && parts[3] == "groups" ? ProjectID(parts[4]) : nil
    }

    func reply(to request: HTTPRequest, now: Instant) -> Reply {
        let project = Self.project(in: request.path)
        let key = "\(request.method.rawValue) \(request.path)"
        ordinals[key, default: 0] += 1
        let call = Call(request: request, project: project, ordinal: ordinals[key] ?? 1, now: now)
        if let reply = fault(call) { return reply }
        if call.isToken {
            tokens += 1
            return Self.answer(200, #"{"access_token":"t\#(tokens)","expires_in":\#(tokenLife)}"#)
        }
        if request.path == "/api/oauth/revoke" { return Self.answer(200) }
        if case .bearer(let token) = request.authorization, revoked.contains(token.reveal()) {
            return Self.error(401, "UNEXPECTED_ERROR")
        }
        if call.isIdentity { return Self.answer(200, #"{"results":[{"id":"\#(Sample.organisation)"}]}"#) }
        guard let project, let state = states[project] else { return Self.error(404, "GROUP_NOT_FOUND") }
        return normal(call, project, state)
    }

    private func normal(_ call: Call, _ project: ProjectID, _ state: EncryptionState) -> Reply {
        if call.isPatch {
            states[project]?.searchNodes =
                JSONValue(parsing: call.request.body)?["enabledForSearchNodes"]?.bool ?? state.searchNodes
            return Self.answer(200, Sample.wire(states[project] ?? state).canonicalText())
        }
        if call.request.path.hasSuffix("/encryptionAtRest") {
            return Self.answer(200, Sample.wire(state).canonicalText())
        }
        if call.request.path.hasSuffix("/cloudProviderAccess") {
            return Self.answer(200, Sample.rolesJSON([Sample.Role(id: Sample.role)]).canonicalText())
        }
        return Self.answer(
            200, #"{"id":"\#(project)","orgId":"\#(Sample.organisation)","name":"live"}"#)
    }
}
