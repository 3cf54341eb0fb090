/// A request as the pure part wants it sent; the transport adds the address and the wire's own headers.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable { case get = "GET", patch = "PATCH", post = "POST" }

    /// How the request proves who sends it.
    package enum Authorization: Sendable, Equatable {
        case basic(user: String, password: Secret)
        case bearer(Secret)
        /// RFC 7616 with MD5 and `qop=auth`, as Atlas asks for it; done by libcurl.
        case digest(user: String, password: Secret)
    }

    package var method: Method
    /// Path and query, percent-encoded, beginning with `/`.
    package var path: String
    package var headers: [(name: String, value: String)]
    /// Empty for GET. May hold secrets: bodies are never logged or stored.
    package var body: [UInt8]
    package var authorization: Authorization

    package init(
        _ method: Method, _ path: String, headers: [(name: String, value: String)], body: [UInt8] = [],
        authorization: Authorization
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.authorization = authorization
    }
}

/// Header fields in the order received; names are compared without case (RFC 9110 section 5.1).
package struct HTTPHeaders: Sendable, Equatable {
    package private(set) var fields: [(name: String, value: String)]

    package init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

    package mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }

    /// The first field of that name.
    package subscript(name: String) -> String? {
        fields.first { Self.isSame($0.name, name) }?.value
    }

    /// The values of all fields of that name, in the order received.
    package func all(_ name: String) -> [String] {
        fields.filter { Self.isSame($0.name, name) }.map(\.value)
    }

    /// Names are ASCII, so bytes are compared: each answer is asked for several.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { $0 == $1 || isSameLetter($0, $1) }
    }

    private static func isSameLetter(_ left: UInt8, _ right: UInt8) -> Bool {
        (left | 0x20) &- 0x61 < 26 && left | 0x20 == right | 0x20
    }

    package static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool {
        left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.value == $1.value }
    }
}

package struct HTTPAnswer: Sendable, Equatable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// A 401 on a handle that had a digest nonce from before: an expired nonce looks just like a wrong key
    /// (Atlas always says `stale=false`), so it means nothing until a fresh handle has tried. The transport sets it
    /// only a few times in a row.
    package var isStaleChallenge: Bool

    package init(status: Int, headers: HTTPHeaders, body: [UInt8], isStaleChallenge: Bool = false) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isStaleChallenge = isStaleChallenge
    }

    /// What the answer says of its API version's end, in one line; nil when it says nothing.
    package var sunset: String? {
        let said = ["Sunset", "Deprecation"].compactMap { name in headers[name].map { "\(name): \($0)" } }
        return said.isEmpty ? nil : said.joined(separator: ", ")
    }

    package var isSuccess: Bool { (200...299).contains(status) }
}

/// How a request ended. The three cases are three kinds of knowledge about the server's state.
package enum Reply: Sendable, Equatable {
    case answered(HTTPAnswer)
    /// Surely nothing of the request reached the server.
    case notSent(TransportFailure)
    /// The server may have acted on it.
    case sentNoAnswer(TransportFailure)
}

package struct TransportFailure: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case resolve, connect
        /// The proxy answered CONNECT with 4xx: its user and password, or its rules. The same for every request.
        case proxy
        case tls, timeout, reset, tooLarge, cancelled, secretUnavailable, other
    }

    package var kind: Kind
    /// One line for people; holds no secret and no body.
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
