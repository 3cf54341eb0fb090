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
    /// What a server asked for and nobody can read, in a few words that are in the detail too; told, not kept.
    package private(set) var oddWait: String?

    package init(status: Int? = nil, code: String?, detail: String?) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    /// An answer of somebody else's: what it means for a project is that nothing is known.
    package init(_ foreign: ForeignAnswer, retryAfter: Duration? = nil) {
        status = foreign.status
        code = Self.foreignCode
        detail = foreign.detail
        self.retryAfter = retryAfter
    }

    /// Kept with an attempt or a read in place of an error code.
    package static let foreignCode = "not_atlas"

    package var isForeign: Bool { code == Self.foreignCode }

    package init(_ error: AtlasError, retryAfter: Duration?) {
        status = error.status
        code = error.code
        detail = error.detail
        parameters = error.parameters
        self.retryAfter = retryAfter
        guard retryAfter == nil, let said = Self.wait(of: error) else { return }
        let seconds = said.quantity ?? said.string.flatMap { Quantity.seconds($0) }
        self.retryAfter = seconds.flatMap { Quantity.wait(seconds: $0, limit: HTTPAnswer.retryAfterLimit) }
        guard self.retryAfter == nil, said != .null else { return }
        note("its wait can't be read: \(said.canonicalText().prefix(Self.oddLimit))")
    }

    package init(_ failure: TransportFailure) {
        code = failure.kind.rawValue
        detail = failure.message
    }

    /// With a `Retry-After` that can't be read told after what the server says; nil: there is none.
    func noting(odd retryAfter: String?) -> Failure {
        guard let retryAfter else { return self }
        var failure = self
        failure.note("Retry-After \"\(retryAfter.prefix(Self.oddLimit))\" can't be read")
        return failure
    }

    private mutating func note(_ note: String) {
        oddWait = note
        detail = [detail, "(\(note))"].compactMap { $0 }.joined(separator: " ")
    }

    /// Characters of such a header that are told.
    private static let oddLimit = 40

    /// The body of a token bucket's 429 says the wait too: `[path, seconds, capacity, refill, interval]`.
    private static func wait(of error: AtlasError) -> JSONValue? {
        guard error.code == "RATE_LIMITED_TOKEN_BUCKET", error.parameters.count >= 2 else { return nil }
        return error.parameters[1]
    }
}

extension Failure {
    /// A 2xx whose body is not what the API promises; treated as a passing fault of the way there.
    static let unreadable = Failure(
        status: 200, code: "unreadable_answer", detail: "the answer is not what the API describes")

    /// The reason for a project that can't be read.
    package var readReason: Reason {
        switch status {
        // Whatever its status: a gateway knows nothing of projects.
        case _ where isForeign: .readFailed
        case 404: .notFound
        case 401, 403: .noAccess
        default: .readFailed
        }
    }

    /// Status, code and detail in one line.
    package var summary: String {
        [status.map { "HTTP \($0)" }, isForeign ? nil : code, detail].compactMap { $0 }.joined(separator: " ")
    }
}
