package import AtlasAPI

/// What `--verbose` may say about one request: never a header, a body or a credential.
package struct TransferTrace: Sendable, Equatable {
    package var id: RequestID
    package var method: HTTPRequest.Method
    package var path: String
    /// nil when no whole answer came; `failure` says why.
    package var status: Int?
    package var failure: TransportFailure.Kind?
    /// From the moment libcurl took the request up, waiting for a connection included.
    package var duration: Duration
    package var reusedConnection: Bool
    /// It went through a proxy's CONNECT; false for a connection that was there already.
    package var usedProxy: Bool
    /// `HTTP/1.1` or `HTTP/2`; nil when no answer came.
    package var httpVersion: String?
    /// One line for each certificate that the server showed, its own first; only when the configuration asks for
    /// them, and for a new connection.
    package var certificates: [String]
    /// Requests on the wire, which is what rate limits count: one more per challenge, and per GET that
    /// libcurl sent again because a reused connection had died; 0 when no connection came up.
    package var messages: Int
}
