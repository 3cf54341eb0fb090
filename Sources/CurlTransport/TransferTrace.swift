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
    /// Challenges (401) answered on the way: with digest, each was one more request on the wire.
    package var challenges: Int
}
