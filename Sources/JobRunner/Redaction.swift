package import AtlasAPI
import Foundation
package import SecretSearch

/// Knows every secret of a run and takes the texts out that quote one, whichever answer they came in: from here on
/// nothing knows what was sent, and what comes in is kept in the job and shown in reports, events and terminals.
///
/// A text that quotes goes as a whole, since what stands around a quotation may be more of it.
package final class Redaction {
    package static let mark = "<redacted>"
    private let needles = SecretNeedles()
    /// What quotes none of the secrets that are known now, by hashes with this process's own key: an answer to a PATCH
    /// reads as the GET after it. Two texts that met would let one through, once in 2^64.
    private var cleanTexts: Set<Int> = []
    private static let cleanLimit = 4096

    package init() {}

    package func learn(_ secret: Secret, for term: SecretNeedles.Term = .run) {
        if needles.learn(secret, for: term) { cleanTexts.removeAll() }
    }

    /// The secrets of a request's head.
    package func learn(_ authorization: HTTPRequest.Authorization) {
        switch authorization {
        case .bearer(let token): learn(token, for: .token)
        case .basic(let user, let password), .digest(let user, let password):
            learn(password)
            // Of `user:password` in base64 (RFC 7617) the part that tells of the password.
            let code = Data("\(user):\(password.reveal())".utf8).base64EncodedString()
            learn(Secret(String(code.dropFirst((user.utf8.count + 1) / 3 * 4))))
        }
    }

    package func quotes(_ text: String) -> Bool { quotes(Array(text.utf8)) }

    /// The text, or the mark in its place.
    package func clean(_ text: String) -> String { quotes(text) ? Self.mark : text }

    /// `project`: the one that was asked for.
    package func clean(_ reply: Reply, of project: ProjectID? = nil) -> Reply {
        switch reply {
        case .notSent(let failure):
            .notSent(TransportFailure(failure.kind, clean(failure.message)))
        case .sentNoAnswer(let failure):
            .sentNoAnswer(TransportFailure(failure.kind, clean(failure.message)))
        case .answered(let answer): .answered(clean(answer, of: project))
        }
    }

    /// `isToken`: a token is all that is taken from the body, and the token is a type that can't be shown.
    package func clean(_ answer: HTTPAnswer, of project: ProjectID? = nil, isToken: Bool = false)
        -> HTTPAnswer
    {
        var clean = answer
        if quotes(answer.headers) {
            clean.headers = HTTPHeaders(
                answer.headers.fields.map { (name: self.clean($0.name), value: self.clean($0.value)) })
            // What still quotes is spread over several fields.
            if quotes(clean.headers) {
                clean.headers = HTTPHeaders(clean.headers.fields.map { (name: $0.name, value: Self.mark) })
            }
        }
        if !isToken, quotesInBody(answer, of: project) { clean.body = body(of: answer) }
        return clean
    }

    private func quotes(_ headers: HTTPHeaders) -> Bool {
        var text: [UInt8] = []
        for (name, value) in headers.fields {
            text += name.utf8
            text += ": ".utf8
            text += value.utf8
            text.append(UInt8(ascii: "\n"))
        }
        return quotes(text)
    }

    /// Of a refusal also as it will be kept, since texts of its body are put together there.
    private func quotesInBody(_ answer: HTTPAnswer, of project: ProjectID? = nil) -> Bool {
        if quotes(answer.body) {
            guard answer.isSuccess, let project else { return true }
            return quotes(Self.without(project, answer.body))
        }
        guard !answer.isSuccess else { return false }
        let error = AtlasError(answer)
        return quotes(error.detail ?? "")
    }

    /// What stands for a body that quotes. Of a success none is left, so that it counts as unreadable: a name or a
    /// setting that is not the live one must neither be planned with nor written back.
    private func body(of answer: HTTPAnswer) -> [UInt8] {
        let none = Array(Self.mark.utf8)
        guard !answer.isSuccess, let json = JSONValue(parsing: answer.body) else { return none }
        var clean = answer
        clean.body = Array(self.clean(json).canonicalText().utf8)
        // What still quotes is spread over several texts.
        return quotesInBody(clean) ? none : clean.body
    }

    private func clean(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool: return value
        case .number: return quotes(value.canonicalText()) ? .string(Self.mark) : value
        case .string(let text): return .string(clean(text))
        case .array(let items):
            // A list of words or bytes may be one quotation.
            let isList = items.allSatisfy { $0.array == nil && $0.object == nil }
            if isList, items.count > 1, quotes(value.canonicalText()) {
                return .array(items.map { _ in .string(Self.mark) })
            }
            return .array(items.map { clean($0) })
        case .object(let members):
            let pairs = members.map { (clean($0), clean($1)) }
            return .object(Dictionary(pairs) { first, _ in first })
        }
    }

    /// A success names the project that was asked for, as its `id` and in its links, and that is no quotation though a
    /// key may have been named for the project, too.
    private static func without(_ project: ProjectID, _ body: [UInt8]) -> [UInt8] {
        let text = String(decoding: body, as: UTF8.self)
        return Array(
            text.replacing("\"\(project)\"", with: "\"\"").replacing("/groups/\(project)", with: "/groups/")
                .utf8)
    }

    private func quotes(_ bytes: [UInt8]) -> Bool {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        let name = hasher.finalize()
        if cleanTexts.contains(name) { return false }
        guard !needles.areQuoted(in: bytes) else { return true }
        if cleanTexts.count >= Self.cleanLimit { cleanTexts.removeAll() }
        cleanTexts.insert(name)
        return false
    }
}
