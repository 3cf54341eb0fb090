import TestSupport
import AtlasAPI
import CurlTransport
import Synchronization
import Testing

/// Goal: of any bytes that a server sends back, what is reported is true: an answer within its limits or a failure that
/// says "sent", and a body that left once. Method: mutated answers over real sockets, with bearer and with digest.
@Suite(.serialized) struct AnswerFuzzTests {
    static let seeds: [[UInt8]] = [
        Answer.text(
            200, #"{"valid":true}"#, headers: [("Retry-After", "3"), ("Content-Type", "application/json")]),
        Answer.head(100, [("Link", "</a>")]) + Answer.text(429, "{}"),
        Answer.bytes(200, Answer.gzipped, headers: [("Content-Encoding", "gzip")]),
        Array(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Late: 1\r\n\r\n"
                .utf8),
        Answer.text(
            401, "",
            headers: [
                ("WWW-Authenticate", #"Digest realm="r", nonce="n", algorithm=MD5, qop="auth", stale=false"#)
            ]),
        Answer.text(503, "<html>", headers: [("Connection", "close")]),
        Answer.text(307, "", headers: [("Location", "/y")]),
    ]

    static let pieces =
        [
            "\r\n", "\r\n\r\n", "\n", "\r", "HTTP/1.1 200 OK\r\n", "HTTP/2 401 X\r\n",
            "Content-Length: 0\r\n",
            "Content-Length: 99999999999\r\n", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n",
            "Content-Encoding: br, deflate, zstd\r\n", "Connection: keep-alive\r\n", "Upgrade: h2c\r\n",
            "Set-Cookie: a=b\r\n",
            "WWW-Authenticate: Digest realm=\"r\", nonce=\"m\", stale=true\r\n",
            "WWW-Authenticate: Basic\r\n",
            "WWW-Authenticate: Digest nonce=\r\n", "Proxy-Authenticate: NTLM\r\n", ":", " ", "\0",
            "0\r\n\r\n", "ffffffff\r\n",
            "Location: http://127.0.0.1:1/\r\n", "Retry-After: -1\r\n",
            "Strict-Transport-Security: max-age=1\r\n",
            "Alt-Svc: h2=\":1\"\r\n",
        ].map { Array($0.utf8) } + [[0xFF], [0x80, 0xC0]]

    /// The bytes that the server sends next.
    private final class Next: Sendable { let bytes = Mutex<[UInt8]>([]) }

    @Test(arguments: [false, true]) func mutatedAnswers(withDigest: Bool) throws {
        let next = Next()
        let server = LoopbackServer { _ in .answerThenClose(next.bytes.withLock { $0 }) }
        // Long enough for a slow machine: whoever waits here has found something.
        let transport = try server.transport(timeout: .seconds(10))
        let authorization = withDigest ? Sample.digest : Sample.bearer
        var number = 0
        Fuzz.run(seed: withDigest ? 61 : 60, rounds: 500) {
            $0.mutated(Self.seeds, pieces: Self.pieces)
        } _: { bytes in
            number += 1
            next.bytes.withLock { $0 = bytes }
            let path = "/\(number)"
            let reply = transport.send(Sample.patch(path, authorization))
            let mine = server.requests.suffix(5).filter { $0.path == path }
            if mine.filter({ !$0.body.isEmpty }).count > 1 { return "the body left twice" }
            if mine.count > 3 { return "\(mine.count) requests" }
            return Self.complaint(reply)
        }
        #expect(server.requests.allSatisfy { $0.method == "PATCH" && $0.path != "/y" })
    }

    static func complaint(_ reply: Reply?) -> String? {
        switch reply {
        case nil: return "no reply"
        case .notSent(let failure): return "taken for not sent: \(failure.message)"
        case .sentNoAnswer(let failure):
            let message = failure.message
            if message.isEmpty || message.contains("No error") { return "says nothing" }
            let secrets = [Sample.password.reveal(), "token-91c2", "\"a\":1"]
            if secrets.contains(where: message.contains) { return "tells a secret: \(message)" }
            if failure.kind == .timeout { return "waits for something" }
            return message.unicodeScalars.allSatisfy { $0.value >= 0x20 } ? nil : "controls in \(message)"
        case .answered(let answer):
            guard (200...999).contains(answer.status) else { return "status \(answer.status)" }
            if answer.headers.fields.contains(where: { $0.name.isEmpty || $0.value.contains("\n") }) {
                return "an odd header"
            }
            return answer.retryAfter(receivedAt: 0).map { $0 < .zero } == true ? "a wait below zero" : nil
        }
    }
}
