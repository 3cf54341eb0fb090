import AtlasAPI
import CurlTransport

/// The requests the tests send.
enum Sample {
    static let user = "publick"
    static let password = Secret("privatek-7f3a")
    static let bearer = HTTPRequest.Authorization.bearer(Secret("token-91c2"))
    static let basic = HTTPRequest.Authorization.basic(user: "client:id", password: Secret("clientsecret-55"))
    static let digest = HTTPRequest.Authorization.digest(user: user, password: password)

    static func get(
        _ path: String = "/x", _ authorization: HTTPRequest.Authorization = bearer
    ) -> HTTPRequest {
        HTTPRequest(
            .get, path, headers: [(name: "Accept", value: "application/json")], authorization: authorization)
    }

    static func patch(
        _ path: String = "/x", _ authorization: HTTPRequest.Authorization = bearer,
        body: [UInt8] = Array("{\"a\":1}".utf8)
    ) -> HTTPRequest {
        HTTPRequest(
            .patch, path, headers: [(name: "Content-Type", value: "application/json")], body: body,
            authorization: authorization)
    }
}

extension LoopbackServer {
    /// A transport to this server; the time-outs are for tests that hang by mistake.
    func transport(
        connections: Int = 8, timeout: Duration = .seconds(20), watching: [Int32] = [],
        trace: ((TransferTrace) -> Void)? = nil
    ) throws -> CurlTransport {
        try CurlTransport(
            configuration: .init(
                baseAddress: address, connections: connections, requestTimeout: timeout,
                watchedDescriptors: watching, trace: trace))
    }

    var patches: [Request] { requests.filter { $0.method == "PATCH" } }
    var authenticatedPatches: [Request] { patches.filter(\.isAuthenticated) }
}

extension CurlTransport {
    /// Sends one request and waits for its reply; nil after 30 seconds.
    func send(_ request: HTTPRequest) -> Reply? { sendAll([request]).first ?? nil }

    /// Sends all of them with at most `inFlight` at a time; replies in the order of the requests.
    func sendAll(_ requests: [HTTPRequest], inFlight: Int = .max) -> [Reply?] {
        var replies = [Reply?](repeating: nil, count: requests.count)
        var next = 0
        var open = 0
        let end = TestClock.instant() + .seconds(30)
        repeat {
            let count = min(requests.count - next, inFlight - open)
            start((next..<next + count).map { (id: RequestID($0), request: requests[$0]) })
            (next, open) = (next + count, open + count)
            let events = wait(until: end)
            if events.isEmpty { break }
            for case .ended(let id, let reply) in events {
                replies[id.number] = reply
                open -= 1
            }
        } while open > 0 || next < requests.count
        return replies
    }
}

extension Reply? {
    var answer: HTTPAnswer? {
        if case .answered(let answer) = self { return answer }
        return nil
    }

    /// nil for an answer and for no reply at all.
    var failure: (isSent: Bool, reason: TransportFailure)? {
        switch self {
        case .notSent(let reason): (false, reason)
        case .sentNoAnswer(let reason): (true, reason)
        case .answered, nil: nil
        }
    }
}
