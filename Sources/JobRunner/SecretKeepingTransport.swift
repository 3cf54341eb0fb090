package import AtlasAPI
package import MigrationCore
import SecretSearch

/// Keeps the secrets of a run around any transport: puts them into bodies on the way out, and takes the texts that
/// quote one out of what comes back. The loop has no other way to send.
package final class SecretKeepingTransport: Transport {
    /// For texts of the server that come another way, such as its certificates.
    package let redaction = Redaction()

    private let inner: any Transport
    private let secrets: any SecretSource
    private var authorization: HTTPRequest.Authorization?
    /// Requests whose answer may hold a token.
    private var tokenRequests: Set<RequestID> = []
    /// Those that open requests ask for.
    private var projects: [RequestID: ProjectID] = [:]
    /// Ends of requests whose secret can't be read, for the next `wait`.
    private var unsent: [TransportEvent] = []

    /// `others`: further secrets that this machine sends, such as a proxy's password. `sentBefore`: those of bodies
    /// that an earlier process may have sent.
    package init(
        _ inner: any Transport, secrets: any SecretSource, credentials: Credentials, others: [Secret] = [],
        sentBefore: [Secret] = []
    ) {
        self.inner = inner
        self.secrets = secrets
        switch credentials {
        case .apiKey(let key, let secret): redaction.learn(.digest(user: key, password: secret))
        case .serviceAccount(let id, let secret): redaction.learn(.basic(user: id, password: secret))
        }
        for secret in others { redaction.learn(secret) }
        for secret in sentBefore { redaction.learn(secret, for: .body) }
    }

    /// Begins the requests of a turn. One whose secret can't be read ends as `.notSent(.secretUnavailable)`.
    package func start(_ orders: [Order]) {
        var ready: [(id: RequestID, request: HTTPRequest)] = []
        for order in orders {
            var request = order.request
            do {
                if let body = order.secretBody {
                    let filled = try SecretBody.fill(body, from: secrets)
                    for secret in filled.secrets { redaction.learn(secret, for: .body) }
                    request.body = filled.bytes
                }
                ready.append((order.id, request))
            } catch {
                let failure = TransportFailure(.secretUnavailable, "\(error)")
                unsent.append(.ended(order.id, .notSent(failure)))
            }
        }
        start(ready)
    }

    package func start(_ requests: [(id: RequestID, request: HTTPRequest)]) {
        for (id, request) in requests {
            if authorization != request.authorization {
                authorization = request.authorization
                redaction.learn(request.authorization)
            }
            if case .basic = request.authorization { tokenRequests.insert(id) }
            projects[id] = Self.project(request.path)
        }
        inner.start(requests)
    }

    package func wait(until deadline: Instant?) -> [TransportEvent] {
        guard unsent.isEmpty else {
            defer { unsent = [] }
            return unsent
        }
        return inner.wait(until: deadline).map { event in
            guard case .ended(let id, let reply) = event else { return event }
            let project = projects.removeValue(forKey: id)
            let isToken = tokenRequests.remove(id) != nil && learnTokens(of: reply)
            if isToken, case .answered(let answer) = reply {
                return .ended(id, .answered(redaction.clean(answer, isToken: true)))
            }
            return .ended(id, redaction.clean(reply, of: project))
        }
    }

    /// Of `/api/atlas/v2/groups/{groupId}/…`; nil for another path.
    private static func project(_ path: String) -> ProjectID? {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 5)
        return parts.count > 4 && parts[3].elementsEqual("groups".utf8) ? ProjectID(Substring(parts[4])) : nil
    }

    /// Whether the reply is a token that will be used. One that will not be is a secret all the same.
    private func learnTokens(of reply: Reply) -> Bool {
        guard case .answered(let answer) = reply, answer.isSuccess,
            let members = JSONValue(parsing: answer.body)?.object
        else { return false }
        for name in ["access_token", "refresh_token", "id_token"] {
            if let token = members[name]?.string { redaction.learn(Secret(token), for: .token) }
        }
        return OAuth.token(from: answer) != nil
    }
}
