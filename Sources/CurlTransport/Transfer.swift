import AtlasAPI

/// One request in flight: the bytes going out, the bytes coming in, and their limits.
///
/// libcurl's callbacks reach it by a raw pointer; the transport keeps it until the handle is removed.
final class Transfer {
    /// A bound that was reached; the transfer was then ended by a callback.
    enum Limit: Equatable { case body(Int), headers(Int) }

    let id: RequestID
    let method: HTTPRequest.Method
    let path: String
    /// The request counts on a nonce from an earlier one: its first 401 may only mean that the nonce is old.
    let isWarmDigest: Bool
    let isDigest: Bool

    /// Of the last status line of the last leg; 0 when none came.
    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    private(set) var answer: [UInt8] = []
    private(set) var reachedLimit: Limit?
    /// Messages on the wire so far: one, and one more per challenge or GET that libcurl sent again.
    private(set) var legs = 0
    /// 401 status lines so far.
    private(set) var challenges = 0
    /// A challenge came, so the handle may hold a nonce now. Not told from the header: libcurl reads more forms of it.
    var hasNonce: Bool { isDigest && challenges > 0 }
    /// The last challenge said `stale=true`: the nonce is old, the key is good (RFC 7616 section 3.3).
    private(set) var saysStale = false

    private let hasBody: Bool
    private let bodyLimit: Int
    private let headerLimit: Int
    private var headerBytes = 0
    private var place = Place.beforeStatus

    /// Where in an answer the next header line stands.
    private enum Place {
        /// A block of header lines begins: with its status line, which is a status line nowhere else.
        case beforeStatus
        case inHeaders
        /// Behind the empty line of a final answer: only trailers come, which nobody asked for.
        case behindHeaders
    }

    init(id: RequestID, request: HTTPRequest, isWarm: Bool, bodyLimit: Int, headerLimit: Int) {
        self.id = id
        method = request.method
        path = request.path
        hasBody = !request.body.isEmpty
        if case .digest = request.authorization { isDigest = true } else { isDigest = false }
        isWarmDigest = isDigest && isWarm
        self.bodyLimit = bodyLimit
        self.headerLimit = headerLimit
    }

    /// Whether one more message may leave, asked when its connection is up; libcurl has no other way to send one.
    ///
    /// The first may. libcurl would send again when a reused connection died, a stream was refused (HTTP/2), a
    /// server wants HTTP/1.1 or challenges with a digest nonce. A GET may go again, but three messages are the most: a
    /// server that refuses every stream, or calls every nonce stale, must not spend the rate limit. With a body
    /// only one more is let out: the answer to the challenge of a first message that had neither credentials nor
    /// body, since the handle knew no nonce. Anything else ends (`CURLE_ABORTED_BY_CALLBACK`).
    func beginLeg() -> Bool {
        let answersChallenge = isDigest && !isWarmDigest && legs == 1 && status == 401
        guard legs == 0 || (hasBody ? answersChallenge : legs < 3) else { return false }
        legs += 1
        // A 401 from before is the challenge, not the answer to this leg.
        forgetAnswer()
        return true
    }

    /// Takes one header line with its line end; false ends the transfer.
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= headerLimit else { return stop(.headers(headerLimit)) }
        let end = line.lastIndex { $0 != 0x0D && $0 != 0x0A }.map { $0 + 1 } ?? 0
        let content = line[..<end]
        switch place {
        case .beforeStatus: if let status = StatusLine.status(of: content) { begin(status) }
        case .inHeaders where content.isEmpty:
            // After a 1xx comes another answer to the same request (RFC 9110 section 15.2).
            place = (100..<200).contains(status) ? .beforeStatus : .behindHeaders
        case .inHeaders: add(content)
        case .behindHeaders: break
        }
        return true
    }

    /// Takes decoded bytes of the answer's body; false ends the transfer.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= bodyLimit - answer.count else { return stop(.body(bodyLimit)) }
        answer.append(contentsOf: bytes)
        return true
    }

    /// A status line begins a new answer: 1xx and challenges must not mix with the final one.
    private func begin(_ status: Int) {
        forgetAnswer()
        self.status = status
        place = .inHeaders
        if status == 401 {
            saysStale = false
            challenges += 1
        }
    }

    /// On bytes: a mark that combines with the colon would hide it from `Character`s.
    private func add(_ line: Slice<UnsafeRawBufferPointer>) {
        // A line that begins with a blank continues the one before (obsolete folding); nothing here needs it.
        guard let first = line.first, !Self.isBlank(first),
            let colon = line.firstIndex(of: UInt8(ascii: ":")),
            colon > line.startIndex
        else { return }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        // Blanks around a value are no part of it (RFC 9110 section 5.5): `Retry-After: 5 ` means 5.
        let rest = line[(colon + 1)...].drop(while: Self.isBlank)
        let end = rest.lastIndex { !Self.isBlank($0) }.map { $0 + 1 } ?? rest.startIndex
        let value = String(decoding: rest[..<end], as: UTF8.self)
        headers.add(name, value)
        guard status == 401, name.lowercased() == "www-authenticate" else { return }
        // Anywhere in the field: several challenges may share one (RFC 9110 section 11.6.1).
        let isStale = value.lowercased().split { $0 == "," || $0 == " " || $0 == "\"" }.joined().contains(
            "stale=true")
        saysStale = saysStale || isStale
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private func forgetAnswer() {
        status = 0
        headers = HTTPHeaders()
        answer.removeAll(keepingCapacity: true)
        place = .beforeStatus
    }

    private func stop(_ limit: Limit) -> Bool {
        reachedLimit = limit
        return false
    }
}

/// The first line of a block of headers, as libcurl hands it on: that of HTTP/1 as it came, that of HTTP/2 made up.
enum StatusLine {
    /// Of `HTTP/1.1 200 OK`, `HTTP/2 200`: a version, blanks, three digits, and a blank or the end after them; nil for
    /// any other line. libcurl lets two blanks pass, and so do we.
    static func status(of line: some Collection<UInt8>) -> Int? {
        guard line.starts(with: "HTTP/".utf8) else { return nil }
        let rest = line.dropFirst(5)
        let version = rest.prefix { $0 != 0x20 }.split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard version.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else { return nil }
        let blanks = rest.drop { $0 != 0x20 }
        let code = blanks.drop { $0 == 0x20 }
        let digits = code.prefix(while: isDigit)
        guard !blanks.isEmpty, digits.count == 3, code.dropFirst(3).first ?? 0x20 == 0x20 else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
