package import AtlasAPI
import FoundationEssentials

/// The OAuth endpoints: hands out bearer tokens, takes them back, and limits how often it is asked.
package struct TokenDesk: Codable, Sendable {
    private struct Issued: Codable {
        var number: Int
        var expires: Int64
    }

    private struct Window: Codable {
        var began: Int64
        var count: Int
    }

    /// Requests per minute, address and client; 50 now, 10 in October 2025 (Terraform provider #3791).
    package static let requestsPerMinute = 50

    private var live: [String: Issued] = [:]
    private var windows: [String: Window] = [:]
    package private(set) var issuedCount = 0

    package init() {}

    /// The number of a token that is good now; nil when it is unknown, expired or revoked.
    package func number(of token: String, now: Int64) -> Int? {
        live[token].flatMap { $0.expires > now ? $0.number : nil }
    }

    /// `POST /api/oauth/token`
    package mutating func token(
        _ request: SimulatedRequest, credentials: SimulatedCredentials, life: Int, seed: UInt64, now: Int64
    ) -> HTTPAnswer {
        let client = Self.basic(request.headers)
        if isLimited("\(request.client) \(client?.user ?? "")", now: now) { return Self.limited }
        guard let client, client.user == credentials.clientID, client.password == credentials.clientSecret
        else {
            return Self.error(401, "invalid_client", "Invalid credentials provided.")
        }
        guard let grant = request.form["grant_type"] else {
            return Self.error(400, "invalid_request", "The parameter grant_type is missing.")
        }
        guard grant == "client_credentials" else {
            return Self.error(400, "unsupported_grant_type", "The grant type is not supported.")
        }
        issuedCount += 1
        live = live.filter { $0.value.expires > now }
        var random = Dice(seed: StableHash.of(seed, "token", String(issuedCount)))
        let token = "simulator.\(issuedCount).\(random.hex(40))"
        live[token] = Issued(number: issuedCount, expires: now + Int64(life) * 1000)
        return .plain(
            200,
            .object([
                "access_token": .string(token), "expires_in": .number(Double(life)),
                "token_type": .string("Bearer"),
            ]))
    }

    /// `POST /api/oauth/revoke` (RFC 7009): 200 and empty, also for a token that nobody knows.
    package mutating func revoke(
        _ request: SimulatedRequest, credentials: SimulatedCredentials
    ) -> HTTPAnswer {
        guard let client = Self.basic(request.headers), client.user == credentials.clientID,
            client.password == credentials.clientSecret
        else { return Self.error(401, "invalid_client", "Invalid credentials provided.") }
        guard let token = request.form["token"] else {
            return Self.error(400, "invalid_request", "The parameter token is missing.")
        }
        live[token] = nil
        return HTTPAnswer(status: 200, headers: HTTPHeaders(), body: [])
    }

    private mutating func isLimited(_ key: String, now: Int64) -> Bool {
        var window = windows[key] ?? Window(began: now, count: 0)
        if now - window.began >= 60_000 { window = Window(began: now, count: 0) }
        window.count += 1
        windows[key] = window
        return window.count > Self.requestsPerMinute
    }

    private static let limited = HTTPAnswer.refusal(
        Refusal(
            status: 429, code: "RATE_LIMITED",
            detail: "Resource /api/oauth/token is limited to \(requestsPerMinute) requests every 1 minutes.",
            parameters: [.string("/api/oauth/token"), .number(Double(requestsPerMinute)), .number(1)]))

    private static func error(_ status: Int, _ word: String, _ description: String) -> HTTPAnswer {
        .plain(status, .object(["error": .string(word), "error_description": .string(description)]))
    }

    private static func basic(_ headers: HTTPHeaders) -> (user: String, password: String)? {
        guard let value = headers["Authorization"], value.lowercased().hasPrefix("basic "),
            let data = Data(base64Encoded: String(value.dropFirst(6)))
        else { return nil }
        let pair = String(decoding: data, as: UTF8.self).split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return pair.count == 2 ? (String(pair[0]), String(pair[1])) : nil
    }
}
