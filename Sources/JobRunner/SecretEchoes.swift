package import AtlasAPI
import Foundation

/// Takes secrets out of the answers to the requests that carried them: a server that quotes what it refuses would
/// otherwise put them into the job, every report and the terminal. From here on nothing knows what was sent.
///
/// Credentials count in their plain form and as Basic sends them (RFC 7617).
package struct SecretEchoes {
    private struct Sent {
        var authorization: HTTPRequest.Authorization
        var secrets: [Secret]
    }

    private var open: [RequestID: Sent] = [:]
    /// Of the credentials that most answers are about.
    private var known: (authorization: HTTPRequest.Authorization, needles: [Needle])?

    /// Bytes that must be the same for a quotation; a shorter secret counts as a whole.
    static let window = 12
    static let mark = "<redacted>"

    package init() {}

    /// `secrets`: those of its body.
    package mutating func sent(_ id: RequestID, _ request: HTTPRequest, secrets: [Secret] = []) {
        open[id] = Sent(authorization: request.authorization, secrets: secrets)
    }

    /// The reply without what this request carried.
    package mutating func cleaned(_ id: RequestID, _ reply: Reply) -> Reply {
        guard let sent = open.removeValue(forKey: id) else { return reply }
        switch reply {
        case .notSent(let failure): return .notSent(clean(failure, sent))
        case .sentNoAnswer(let failure): return .sentNoAnswer(clean(failure, sent))
        case .answered(let answer):
            var needles = sent.secrets.flatMap { Self.needles($0.reveal()) }
            // Successes are many and hardly ever quote: they are searched for the whole credential only.
            if !answer.isSuccess || sent.authorization.secrets.contains(where: { answer.quotes($0) }) {
                needles += credentials(sent.authorization)
            }
            return .answered(needles.isEmpty ? answer : Self.clean(answer, of: needles))
        }
    }

    private mutating func clean(_ failure: TransportFailure, _ sent: Sent) -> TransportFailure {
        var clean = failure
        clean.message = Self.clean(failure.message, of: credentials(sent.authorization))
        return clean
    }

    private mutating func credentials(_ authorization: HTTPRequest.Authorization) -> [Needle] {
        if let known, known.authorization == authorization { return known.needles }
        let needles = authorization.secrets.flatMap { Self.needles($0) }
        known = (authorization, needles)
        return needles
    }

    private static func clean(_ answer: HTTPAnswer, of needles: [Needle]) -> HTTPAnswer {
        var clean = answer
        clean.headers = HTTPHeaders(
            answer.headers.fields.map { ($0.name, Self.clean($0.value, of: needles)) })
        // A body that is no JSON is never quoted, so it is left as it is.
        if let body = JSONValue(parsing: answer.body) {
            let cleanBody = Self.clean(body, of: needles)
            if cleanBody != body { clean.body = Array(cleanBody.canonicalText().utf8) }
        }
        return clean
    }

    /// Line by line, since messages don't keep line ends. Of a Google key file only the keys are secret: the rest, such
    /// as the account's address, may well be what a message is about.
    private static func needles(_ secret: String) -> [Needle] {
        let key = JSONValue(parsing: Array(secret.utf8))
        let texts = ["private_key", "private_key_id"].compactMap { key?[$0]?.string }
        return (texts.isEmpty ? [secret] : texts).flatMap { $0.split(whereSeparator: \.isNewline) }
            .map { Array($0.utf8) }.filter { $0.count >= 4 && !isArmour($0) }.map { Needle($0) }
    }

    /// `-----BEGIN PRIVATE KEY-----`
    private static func isArmour(_ line: [UInt8]) -> Bool { line.starts(with: "-----".utf8) }

    private static func clean(_ value: JSONValue, of needles: [Needle]) -> JSONValue {
        switch value {
        case .null, .bool, .number: value
        case .string(let text): .string(clean(text, of: needles))
        case .array(let items): .array(items.map { clean($0, of: needles) })
        case .object(let members): .object(members.mapValues { clean($0, of: needles) })
        }
    }

    private static func clean(_ text: String, of needles: [Needle]) -> String {
        let bytes = Array(text.utf8)
        var isSecret = [Bool](repeating: false, count: bytes.count)
        for needle in needles where bytes.count >= needle.size {
            for start in 0...bytes.count - needle.size
            where needle.pieces.contains(bytes[start..<start + needle.size]) {
                for index in start..<start + needle.size { isSecret[index] = true }
            }
        }
        guard isSecret.contains(true) else { return text }
        var result: [UInt8] = []
        for index in bytes.indices {
            if !isSecret[index] {
                result.append(bytes[index])
            } else if index == 0 || !isSecret[index - 1] {
                result += mark.utf8
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// One line of a secret, cut for the search: each piece of it gives it away.
private struct Needle {
    var size: Int
    var pieces: Set<ArraySlice<UInt8>>

    init(_ line: [UInt8]) {
        let size = min(SecretEchoes.window, line.count)
        self.size = size
        pieces = Set((0...line.count - size).map { line[$0..<$0 + size] })
    }
}

extension HTTPRequest.Authorization {
    /// Every form in which it leaves this machine; digest sends a hash only, but its key is no less secret.
    fileprivate var secrets: [String] {
        switch self {
        case .bearer(let token): [token.reveal()]
        case .digest(_, let password): [password.reveal()]
        case .basic(let user, let password):
            [password.reveal(), Data("\(user):\(password.reveal())".utf8).base64EncodedString()]
        }
    }
}

extension HTTPAnswer {
    fileprivate func quotes(_ secret: String) -> Bool {
        let bytes = Array(secret.utf8)
        return bytes.count >= 4 && Data(body).range(of: Data(bytes)) != nil
    }
}
