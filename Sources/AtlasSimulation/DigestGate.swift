import AtlasAPI
import Crypto
import FoundationEssentials

/// Digest authentication as Atlas does it: RFC 7616 with MD5 and `qop="auth"`, and `stale` always false.
///
/// A nonce lives for a time and, if wanted, for a number of uses. When it is over the client gets the very
/// same 401 as for a wrong key, which is what makes a warm connection's 401 mean nothing.
package struct DigestGate: Codable, Sendable {
    package static let realm = "MMS Public API"

    private struct Nonce: Codable {
        var issued: Int64
        var lastCount: UInt32 = 0
        var uses = 0
    }

    private var nonces: [String: Nonce] = [:]
    private var issuedCount = 0
    /// How many nonces there may be before the dead ones are looked for; doubles, so that the search stays cheap.
    private var sweepAt = 4096

    package init() {}

    /// A new nonce in the recorded form, 32 characters of base64.
    package mutating func issue(seed: UInt64, life: Int, now: Int64) -> String {
        issuedCount += 1
        if nonces.count >= sweepAt {
            nonces = nonces.filter { now - $0.value.issued < Int64(life) * 1000 }
            sweepAt = max(4096, 2 * nonces.count)
        }
        var random = Dice(seed: StableHash.of(seed, "nonce", String(issuedCount)))
        let nonce = Data((0..<24).map { _ in UInt8(truncatingIfNeeded: random.next()) }).base64EncodedString()
        nonces[nonce] = Nonce(issued: now)
        return nonce
    }

    /// Whether the header answers a living nonce for this request. `life` is in seconds; `uses` nil: any number.
    package mutating func accepts(
        _ header: String, method: String, target: String, credentials: SimulatedCredentials, life: Int,
        uses: Int?, now: Int64
    ) -> Bool {
        let fields = Self.fields(header)
        guard let name = fields["nonce"], var nonce = nonces[name], now - nonce.issued < Int64(life) * 1000,
            nonce.uses < uses ?? .max, fields["username"] == credentials.publicKey,
            fields["realm"] == Self.realm, fields["uri"] == target, fields["qop"] == "auth",
            let countText = fields["nc"], countText.count == 8, let count = UInt32(countText, radix: 16),
            let clientNonce = fields["cnonce"], count > nonce.lastCount
        else { return false }
        let expected = Self.response(
            user: credentials.publicKey, realm: Self.realm, password: credentials.privateKey, method: method,
            uri: target, nonce: name, count: countText, clientNonce: clientNonce)
        guard fields["response"] == expected else { return false }
        nonce.lastCount = count
        nonce.uses += 1
        nonces[name] = nonce
        return true
    }

    /// RFC 7616 section 3.4.1 for `algorithm=MD5` and `qop=auth`.
    package static func response(
        user: String, realm: String, password: String, method: String, uri: String, nonce: String,
        count: String, clientNonce: String
    ) -> String {
        let first = md5("\(user):\(realm):\(password)")
        let second = md5("\(method):\(uri)")
        return md5("\(first):\(nonce):\(count):\(clientNonce):auth:\(second)")
    }

    private static func md5(_ text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = []
        for byte in Insecure.MD5.hash(data: Array(text.utf8)) {
            bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The `name=value` and `name="value"` pairs after the word Digest.
    private static func fields(_ header: String) -> [String: String] {
        var fields: [String: String] = [:]
        var rest = header.dropFirst("Digest ".count)
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].filter { $0 != " " && $0 != "," }.lowercased()
            rest = rest[rest.index(after: equals)...]
            let end: Substring.Index
            if rest.first == "\"" {
                rest = rest.dropFirst()
                end = rest.firstIndex(of: "\"") ?? rest.endIndex
            } else {
                end = rest.firstIndex(of: ",") ?? rest.endIndex
            }
            fields[name] = String(rest[..<end])
            rest = rest[end...].dropFirst()
        }
        return fields
    }
}
