import Synchronization

/// The server's side of digest (RFC 7616, MD5, `qop=auth`), with nonces that end after a number of uses.
final class DigestRealm: Sendable {
    let user: String
    let password: String
    /// A nonce is refused after so many requests.
    let uses: Int
    /// What the challenge to an outlived nonce says. Atlas always says `false`.
    let saysStale: Bool

    private struct Nonces {
        var made = 0
        var used: [String: Int] = [:]
        var counts: [String: Set<String>] = [:]
    }
    private let nonces = Mutex(Nonces())

    init(
        user: String = "publick", password: String = "privatek-7f3a", uses: Int = .max,
        saysStale: Bool = false
    ) {
        self.user = user
        self.password = password
        self.uses = uses
        self.saysStale = saysStale
    }

    /// nil when the request is let in, else the 401 to answer with.
    func challenge(_ request: LoopbackServer.Request) -> [UInt8]? {
        guard let header = request["Authorization"], header.hasPrefix("Digest ") else {
            return unauthorized()
        }
        let fields = Self.fields(header)
        let nonce = fields["nonce"] ?? ""
        let (isKnown, isOld) = nonces.withLock { state in
            guard let used = state.used[nonce] else { return (false, false) }
            state.used[nonce] = used + 1
            // A nonce count may come once only; a second one would be a replay.
            let isNew = state.counts[nonce, default: []].insert(fields["nc"] ?? "").inserted
            return (isNew, used >= uses)
        }
        guard isKnown, fields["response"] == expected(fields, request) else { return unauthorized() }
        return isOld ? unauthorized(stale: saysStale) : nil
    }

    private func expected(_ fields: [String: String], _ request: LoopbackServer.Request) -> String {
        let secret = MD5.hex("\(user):\(fields["realm"] ?? ""):\(password)")
        let what = MD5.hex("\(request.method):\(request.path)")
        let middle = ["nonce", "nc", "cnonce", "qop"].map { fields[$0] ?? "" }.joined(separator: ":")
        return MD5.hex("\(secret):\(middle):\(what)")
    }

    private func unauthorized(stale: Bool = false) -> [UInt8] {
        let nonce = nonces.withLock { state in
            state.made += 1
            let nonce = "nonce\(state.made)"
            state.used[nonce] = 0
            return nonce
        }
        let challenge =
            "Digest realm=\"MMS Public API\", domain=\"\", nonce=\"\(nonce)\", algorithm=MD5, "
            + "qop=\"auth\", stale=\(stale)"
        return Answer.text(401, "{\"error\":401}", headers: [("Www-Authenticate", challenge)])
    }

    private static func fields(_ header: String) -> [String: String] {
        var result: [String: String] = [:]
        for part in header.dropFirst("Digest ".count).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            let name = pair[0].drop { $0 == " " }
            result[String(name)] = pair[1].split(separator: "\"").first.map(String.init) ?? ""
        }
        return result
    }
}
