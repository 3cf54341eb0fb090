/// What an answer turned out to be, decided once and before any meaning is read: Atlas's own, or somebody else's.
///
/// Atlas's has the versioned media type, or an `errorCode`, and the members that the endpoint always has (facts: every
/// recorded answer of the API). Anything else is a gateway, a proxy or a sign-in page on the way, and says nothing of
/// the project.
package enum AtlasAnswer: Sendable {
    /// 2xx, with the members that the endpoint always has.
    case success(JSONValue)
    case refusal(AtlasError)
    case foreign(ForeignAnswer)
}

/// An answer that is not Atlas's, in words.
package struct ForeignAnswer: Hashable, Sendable {
    package var status: Int
    /// What it is and what it lacks; one line, with texts of the gateway shortened.
    package var detail: String
}

extension Endpoint {
    package func classify(_ answer: HTTPAnswer) -> AtlasAnswer {
        let body = JSONValue(parsing: answer.body)
        if answer.isSuccess {
            guard let body, answer.hasVersionedType else {
                return .foreign(answer.foreign("without the API's media type"))
            }
            if let lack = lack(in: body) { return .foreign(answer.foreign(lack)) }
            if case .projects = self { return .success(answer.withLinks(body)) }
            return .success(body)
        }
        guard Self.isRefusal(answer, body) else { return .foreign(answer.foreign("without an errorCode")) }
        return .refusal(AtlasError(answer))
    }

    /// Whether an answer that is no success may be read by the retry table: Atlas's own, or one whose status means
    /// the same whoever gives it.
    private static func isRefusal(_ answer: HTTPAnswer, _ body: JSONValue?) -> Bool {
        if answer.isAtlasError(body) { return true }
        switch answer.status {
        // Load balancers in front of Atlas give them too, and they say nothing of the project in any case.
        case 408, 429, 500...: return true
        // Every gateway that knows tokens challenges as Atlas does; only Atlas's own has a code.
        case 401: return answer.isStaleChallenge
        default: return false
        }
    }

    /// What a success of this endpoint always has and `body` does not; nil when nothing lacks.
    private func lack(in body: JSONValue) -> String? {
        guard let members = body.object else { return "whose body is no object" }
        switch self {
        case .project(let id):
            guard ["id", "name", "orgId"].allSatisfy({ members[$0]?.string != nil }) else {
                return "without id, name and orgId"
            }
            return members["id"]?.string.flatMap { ProjectID($0) } == id ? nil : "about another project"
        case .encryption, .changeEncryption:
            // Each provider says whether it is enabled, also in a project that never had one.
            let missing = Provider.allCases.map(\.rawValue).filter { members[$0]?["enabled"]?.bool == nil }
            guard missing.isEmpty else { return "without \(missing.joined(separator: " and without "))" }
            return EncryptionState(body) == nil ? "whose settings are of other types" : nil
        case .roles:
            return CloudRole.listNames.contains { members[$0]?.array != nil }
                ? nil : "without a list of roles"
        case .makeRole: return members["providerName"]?.string == nil ? "without providerName" : nil
        case .projects(_, page: 1): return members["results"]?.array == nil ? "without results" : nil
        case .projects, .identity, .limits:
            switch members["results"] {
            case .array?, .null?: return nil
            default: return "without results"
            }
        }
    }
}

extension OAuth {
    /// What a token endpoint says of the client and its request (RFC 6749 section 5.2); others pass, or are not its.
    private static let errorNames: Set<String> = [
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
        "invalid_scope",
    ]

    /// Of the token endpoint, which speaks plain JSON (RFC 6749 section 5): a success is one that holds a token, a
    /// refusal one that names its error.
    package static func classify(_ answer: HTTPAnswer) -> AtlasAnswer {
        let body = JSONValue(parsing: answer.body)
        if answer.isSuccess {
            guard let body, token(from: answer) != nil else {
                return .foreign(answer.foreign("without an access token"))
            }
            return .success(body)
        }
        let isNamed = answer.isAtlasError(body) || body?["error"]?.string.map(errorNames.contains) == true
        // RFC 6749 section 5.2: a client that is refused is challenged. A proxy challenges with a page.
        let isChallenge =
            answer.status == 401 && !answer.isPage(body)
            && answer.headers.all("WWW-Authenticate").contains { $0.lowercased().hasPrefix("basic") }
        guard
            isNamed || isChallenge || [408, 429].contains(answer.status) || answer.status >= 500
        else { return .foreign(answer.foreign("without an OAuth error")) }
        return .refusal(AtlasError(answer))
    }
}

extension HTTPAnswer {
    /// `application/vnd.atlas.YYYY-MM-DD+json`, whatever the version.
    var hasVersionedType: Bool {
        guard let type = headers["Content-Type"]?.utf8.prefix(while: { $0 != UInt8(ascii: ";") }) else {
            return false
        }
        let lower = type.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        return lower.starts(with: "application/vnd.atlas.".utf8)
            && lower.indices.contains { lower[$0...].starts(with: "+json".utf8) }
    }

    /// The API's error object always has a code and repeats the status (schema `ApiError`, and every recorded one).
    /// Gateways have codes of their own under the same name; without the status one counts that is spelled as Atlas's
    /// are, in capital words joined by `_`, also from the header that repeats it. With a 401 a header alone is none: it
    /// would be believed about every project.
    fileprivate func isAtlasError(_ body: JSONValue?) -> Bool {
        guard let code = body?["errorCode"]?.string, !code.isEmpty else {
            return status != 401 && headers["X-Error-Code"].map(Self.isAtlasCode) == true && !isPage(body)
        }
        guard let told = body?["error"] else { return Self.isAtlasCode(code) }
        return told.quantity == Double(status)
    }

    private static func isAtlasCode(_ code: String) -> Bool {
        let isWords = code.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_") }
        let isNumbered =
            code.contains("_")
            && code.utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
            }
        return !code.isEmpty && (isWords || isNumbered)
    }

    /// Something to look at, such as HTML, and no answer to a program.
    fileprivate func isPage(_ body: JSONValue?) -> Bool { !self.body.isEmpty && body?.object == nil }

    func foreign(_ lack: String) -> ForeignAnswer {
        let type = headers["Content-Type"].map { AtlasError.short($0, 80) } ?? "no type"
        let speakers = ["Server", "Via"].compactMap { name in
            headers[name].map { "\(name) \(AtlasError.short($0, 80))" }
        }
        let title = title.map { ["titled \"\($0)\""] } ?? []
        let source = ([type] + speakers + title).joined(separator: ", ")
        return ForeignAnswer(
            status: status,
            detail: "a gateway or sign-in page answered in Atlas's place (\(source); an answer \(lack))")
    }

    /// Of an HTML page, shortened; nil without one near its beginning.
    private var title: String? {
        let text = body.prefix(4096)
        let lower = text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard let begin = lower.firstRange(of: Array("<title>".utf8)),
            let end = lower[begin.upperBound...].firstRange(of: Array("</title>".utf8))
        else { return nil }
        let title = AtlasError.short(
            String(decoding: text[begin.upperBound..<end.lowerBound], as: UTF8.self), 80)
        return title.isEmpty ? nil : title
    }
}
