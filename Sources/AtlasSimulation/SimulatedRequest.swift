package import AtlasAPI
import FoundationEssentials

/// A request as it reaches the simulated server, from a socket or from a test in the same process.
package struct SimulatedRequest: Sendable {
    /// How the sender is known.
    package enum Identity: Sendable {
        /// By the `Authorization` header, challenge and all: the way of a real connection.
        case header
        /// By an API key whose digest exchange is taken as done: the way of a transport without a wire.
        case apiKey(user: String, password: Secret)
    }

    package var method: String
    /// Path and query as on the request line.
    package var target: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package var identity: Identity
    /// The sender's address; the token endpoint counts by it.
    package var client: String

    package init(
        method: String, target: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [],
        identity: Identity = .header, client: String = "127.0.0.1"
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.identity = identity
        self.client = client
    }

    /// The request that a transport would put on the wire, with its credentials.
    package init(_ request: HTTPRequest) {
        self.init(
            method: request.method.rawValue, target: request.path, headers: HTTPHeaders(request.headers),
            body: request.body)
        switch request.authorization {
        case .basic(let user, let password):
            let pair = Data("\(user):\(password.reveal())".utf8).base64EncodedString()
            headers.add("Authorization", "Basic \(pair)")
        case .bearer(let token): headers.add("Authorization", "Bearer \(token.reveal())")
        case .digest(let user, let password): identity = .apiKey(user: user, password: password)
        }
    }

    /// The target without its query.
    package var path: String {
        String(target.prefix { $0 != "?" })
    }

    /// The query's parameters, decoded; of a name given twice the last counts.
    package var query: [String: String] {
        guard let mark = target.firstIndex(of: "?") else { return [:] }
        return Self.form(String(target[target.index(after: mark)...]))
    }

    /// The parameters of an `application/x-www-form-urlencoded` body.
    package var form: [String: String] { Self.form(String(decoding: body, as: UTF8.self)) }

    private static func form(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[decoded(sides[0])] = sides.count > 1 ? decoded(sides[1]) : ""
        }
        return values
    }

    /// Percent signs and plus signs of a form; a broken escape stays as it is.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
