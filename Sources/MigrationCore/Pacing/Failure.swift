package import AtlasAPI

/// What is kept of an answer that was no success, or of the lack of an answer.
package struct Failure: Hashable, Sendable {
    /// Who says so.
    package enum Origin: Hashable, Sendable {
        /// Atlas, with its code where it gave one.
        case atlas(code: String?)
        /// No answer came.
        case transport(TransportFailure.Kind)
        /// We do, of an answer or the lack of one.
        case ours(Oddity)
    }

    package enum Oddity: String, Sendable {
        /// Somebody else's answer: what it means for a project is that nothing is known.
        case notAtlas = "not_atlas"
        case unreadableAnswer = "unreadable_answer"
        /// The run stopped before the call left.
        case stopped
    }

    /// nil when no answer came.
    package var status: Int?
    package var origin: Origin
    package var detail: String?
    package var retryAfter: Duration?
    package var parameters: [JSONValue] = []
    /// What a server asked for and nobody can read, in a few words that are in the detail too; told, not kept.
    package private(set) var oddWait: String?

    package init(status: Int? = nil, _ origin: Origin, detail: String? = nil) {
        self.status = status
        self.origin = origin
        self.detail = detail
    }

    /// As it is kept: `code` as `Failure.code` gives it.
    package init(status: Int? = nil, code: String?, detail: String?) {
        self.init(status: status, Origin(code), detail: detail)
    }

    package init(_ foreign: ForeignAnswer, retryAfter: Duration? = nil) {
        self.init(status: foreign.status, .ours(.notAtlas), detail: foreign.detail)
        self.retryAfter = retryAfter
    }

    /// The API's code, or a word of ours in its place; kept with an attempt or a read.
    package var code: String? {
        switch origin {
        case .atlas(let code): code
        case .transport(let kind): kind.rawValue
        case .ours(let oddity): oddity.rawValue
        }
    }

    /// What stands between here and Atlas and does not pass by itself.
    var isLasting: Bool { origin == .transport(.tls) || origin == .transport(.proxy) }

    package var isForeign: Bool { origin == .ours(.notAtlas) }

    /// Atlas said it, with a code of its own.
    package var isCoded: Bool { if case .atlas(_?) = origin { true } else { false } }

    /// Of Atlas's own token buckets, which are one project's; any other limiter may be everybody's.
    package var isTokenBucket: Bool { origin == .atlas(code: AtlasError.tokenBucket) }

    package init(_ error: AtlasError, retryAfter: Duration?) {
        self.init(status: error.status, .atlas(code: error.code), detail: error.detail)
        parameters = error.parameters
        self.retryAfter = retryAfter
        guard retryAfter == nil, let said = Self.wait(of: error) else { return }
        let seconds = said.quantity ?? said.string.flatMap { Quantity.seconds($0) }
        self.retryAfter = seconds.flatMap { Quantity.wait(seconds: $0, limit: HTTPAnswer.retryAfterLimit) }
        guard self.retryAfter == nil, said != .null else { return }
        note("its wait can't be read: \(said.canonicalText().prefix(Self.oddLimit))")
    }

    package init(_ failure: TransportFailure) {
        self.init(.transport(failure.kind), detail: failure.message)
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
        guard error.code == AtlasError.tokenBucket, error.parameters.count >= 2 else { return nil }
        return error.parameters[1]
    }
}

extension Failure.Origin {
    /// Atlas's codes are in capitals, our words are not.
    fileprivate init(_ code: String?) {
        if let kind = code.flatMap(TransportFailure.Kind.init) {
            self = .transport(kind)
        } else if let oddity = code.flatMap(Failure.Oddity.init) {
            self = .ours(oddity)
        } else {
            self = .atlas(code: code)
        }
    }
}

extension Failure {
    /// A 2xx whose body is not what the API promises; treated as a passing fault of the way there.
    static let unreadable = Failure(
        status: 200, .ours(.unreadableAnswer), detail: "the answer is not what the API describes")

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
