import AtlasAPI

/// Takes secrets out of the answers to the requests that carried them: an API that quotes what it refuses would
/// otherwise put them into the job and every report. From here on nothing knows which secret was sent.
struct SecretEchoes {
    private var open: [RequestID: [[UInt8]]] = [:]

    /// Bytes that must be the same for a quotation; a shorter secret counts as a whole.
    static let window = 12
    static let mark = "<redacted>"

    mutating func sent(_ id: RequestID, _ secrets: [Secret]) {
        open[id] = secrets.flatMap { Self.parts($0.reveal()) }
    }

    /// The reply without what `sent` named for this request.
    mutating func cleaned(_ id: RequestID, _ reply: Reply) -> Reply {
        guard let parts = open.removeValue(forKey: id), case .answered(let answer) = reply else {
            return reply
        }
        var clean = answer
        clean.headers = HTTPHeaders(answer.headers.fields.map { ($0.name, Self.clean($0.value, of: parts)) })
        // A body that is no JSON is never quoted, so it is left as it is.
        if let body = JSONValue(parsing: answer.body) {
            let cleanBody = Self.clean(body, of: parts)
            if cleanBody != body { clean.body = Array(cleanBody.canonicalText().utf8) }
        }
        return .answered(clean)
    }

    /// Line by line, since messages don't keep line ends. Of a Google key file only the keys are secret: the rest, such
    /// as the account's address, may well be what a message is about.
    private static func parts(_ secret: String) -> [[UInt8]] {
        let key = JSONValue(parsing: Array(secret.utf8))
        let texts = ["private_key", "private_key_id"].compactMap { key?[$0]?.string }
        return (texts.isEmpty ? [secret] : texts).flatMap { $0.split(whereSeparator: \.isNewline) }
            .map { Array($0.utf8) }.filter { $0.count >= 4 && !isArmour($0) }
    }

    /// `-----BEGIN PRIVATE KEY-----`
    private static func isArmour(_ line: [UInt8]) -> Bool { line.starts(with: "-----".utf8) }

    private static func clean(_ value: JSONValue, of parts: [[UInt8]]) -> JSONValue {
        switch value {
        case .null, .bool, .number: value
        case .string(let text): .string(clean(text, of: parts))
        case .array(let items): .array(items.map { clean($0, of: parts) })
        case .object(let members): .object(members.mapValues { clean($0, of: parts) })
        }
    }

    private static func clean(_ text: String, of parts: [[UInt8]]) -> String {
        let bytes = Array(text.utf8)
        var isSecret = [Bool](repeating: false, count: bytes.count)
        for part in parts {
            let size = min(window, part.count)
            guard bytes.count >= size else { continue }
            let pieces = Set((0...part.count - size).map { part[$0..<$0 + size] })
            for start in 0...bytes.count - size where pieces.contains(bytes[start..<start + size]) {
                for index in start..<start + size { isSecret[index] = true }
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
