import AtlasAPI
import Testing

@testable import CurlTransport

/// Goal: the status is what the status line says and nothing else can say another. Method: lines that look like one in
/// each other place of an answer, over real sockets; and a table of first lines.
@Suite struct StatusLineTests {
    /// Names and values of headers; libcurl lets every line with a colon pass.
    static let lookalikes = [
        "HTTP/9: 200 OK", "HTTP/9 200: OK", "HTTP/1.1 200 OK: yes", "HTTP/1.1 200: OK", "HTTP/2 200 :",
        "HTTP/: 200",
        "HTTP/1.1: 200", "HTTP/1.1 401 Unauthorized:", "HTTP/1.1 100 Continue:", "HTTP/1.1 :200",
        "http/1.1 200 OK:",
        "HTTP/ 200 OK: x", "X: y\r\n HTTP/1.1 200 OK", "X:\r\n\tHTTP/1.1 200 OK:", "HTTP/1.1\t200 OK: x",
    ]

    private static let end = "X-After: kept\r\nContent-Length: 2\r\n\r\n{}"

    @Test(arguments: lookalikes) func aHeaderIsNoStatus(_ line: String) throws {
        for status in [400, 200, 503, 401] {
            for block in ["", "HTTP/1.1 103 Early Hints\r\n\(line)\r\n\r\n"] {
                for place in ["\(line)\r\n\(Self.end)", "X: 1\r\n\(line)\r\n\(line)\r\n\(Self.end)"] {
                    let text = "\(block)HTTP/1.1 \(status) Word\r\n\(place)"
                    let server = LoopbackServer { _ in .answerThenClose(Array(text.utf8)) }
                    for authorization in [Sample.bearer, Sample.basic] {
                        let reply = try server.transport().send(Sample.patch("/x", authorization))
                        #expect(reply.answer?.status == status, "\(text)")
                        #expect(reply.answer?.headers["X-After"] == "kept" && reply.answer?.body.count == 2)
                    }
                }
            }
        }
    }

    /// Trailers are nobody's business.
    @Test(arguments: lookalikes) func aTrailerIsNoStatus(_ line: String) throws {
        for status in [400, 200] {
            let text =
                "HTTP/1.1 \(status) X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\(line)\r\n\r\n"
            let server = LoopbackServer { _ in .answerThenClose(Array(text.utf8)) }
            let reply = try server.transport().send(Sample.patch())
            #expect(reply.answer?.status == status && reply.answer?.body.count == 2, "\(text)")
        }
    }

    /// A challenge that looks like two must not be called stale, nor a refusal an answer.
    @Test func aChallengeIsCountedOnce() throws {
        let challenge =
            #"HTTP/1.1 401 X\#r\#nHTTP/1.1 401 X: y\#r\#nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth", stale=false"#
        let server = LoopbackServer { request in
            .answer(Array("\(challenge)\r\nHTTP/1.1 200 OK: y\r\nContent-Length: 0\r\n\r\n".utf8))
        }
        let reply = try server.transport().send(Sample.patch("/x", Sample.digest))
        #expect(reply.answer?.status == 401 && reply.answer?.isStaleChallenge == false)
        #expect(server.patches.count == 2 && server.authenticatedPatches.count == 1)
    }

    @Test func theBlocksBeforeTheAnswer() throws {
        let text =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-After: not\r\n\r\nHTTP/1.1 409 X\r\n\(Self.end)"
        let server = LoopbackServer { _ in .answerThenClose(Array(text.utf8)) }
        let answer = try server.transport().send(Sample.patch()).answer
        #expect(answer?.status == 409 && answer?.headers["X-After"] == "kept")
        #expect(answer?.headers.fields.count == 2)
    }

    static let lines: [(String, Int?)] = [
        ("HTTP/1.1 200 OK", 200), ("HTTP/1.0 404", 404), ("HTTP/2 503 ", 503), ("HTTP/2.0 100 X", 100),
        ("HTTP/3 999 x y", 999), ("HTTP/1.1   207", 207), ("HTTP/10.12 200", 200), ("HTTP/1.1 000", 0),
        ("HTTP/1.1 20", nil), ("HTTP/1.1 2000", nil), ("HTTP/1.1 200OK", nil), ("HTTP/1.1 200: x", nil),
        ("HTTP/1.1 +20", nil), ("HTTP/1.1 -20 x", nil), ("HTTP/1.1 2 00", nil), ("HTTP/1.1", nil),
        ("HTTP/ 200", nil),
        ("HTTP/1. 200", nil), ("HTTP/.1 200", nil), ("HTTP/1.1.1 200", nil), ("HTTP/x 200", nil),
        ("HTTP/9: 200", nil),
        (" HTTP/1.1 200", nil), ("http/1.1 200", nil), ("HTTP/1.1\t200", nil), ("HTTP200 200", nil),
        ("", nil),
        ("HTTP/1.1 ２００", nil),
    ]

    @Test(arguments: lines) func firstLines(line: String, status: Int?) {
        #expect(StatusLine.status(of: Array(line.utf8)) == status)
    }
}
