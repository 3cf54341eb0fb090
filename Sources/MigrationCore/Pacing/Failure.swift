package import AtlasAPI

/// What is kept of an answer that was no success, or of the lack of an answer.
package struct Failure: Hashable, Sendable {
    /// nil when no answer came.
    package var status: Int?
    /// The API's code, or the transport's word (`timeout`, `reset`) when no answer came.
    package var code: String?
    package var detail: String?
    package var retryAfter: Duration?
    package var parameters: [JSONValue] = []

    package init(status: Int? = nil, code: String?, detail: String?) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    package init(_ error: AtlasError, retryAfter: Duration?) {
        status = error.status
        code = error.code
        detail = error.detail
        parameters = error.parameters
        self.retryAfter = retryAfter ?? Self.retryAfter(error)
    }

    package init(_ failure: TransportFailure) {
        code = failure.kind.rawValue
        detail = failure.message
    }

    /// The body of a token bucket's 429 says the wait too: `[path, seconds, capacity, refill, interval]`.
    private static func retryAfter(_ error: AtlasError) -> Duration? {
        guard error.code == "RATE_LIMITED_TOKEN_BUCKET", error.parameters.count >= 2,
            let seconds = error.parameters[1].number, seconds >= 0
        else { return nil }
        return .seconds(min(seconds, 86_400))
    }
}
