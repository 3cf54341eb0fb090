import AtlasAPI
import CurlTransport
import Testing

/// What the caller sees of answers of every shape.
@Suite(.serialized) struct AnswerTests {
    private func reply(to action: LoopbackServer.Action, _ request: HTTPRequest = Sample.get()) throws
        -> Reply?
    {
        let server = LoopbackServer { _ in action }
        return try server.transport().send(request)
    }

    @Test func namesInAnyCaseAndEveryField() throws {
        let bytes = Answer.text(
            429, "{}", headers: [("retry-after", "3"), ("X-Twice", "1"), ("X-Twice", "2"), ("X-Empty", "")])
        let answer = try #require(try reply(to: .answer(bytes)).answer)
        #expect(answer.status == 429)
        #expect(answer.headers["Retry-After"] == "3")
        #expect(answer.headers.fields.filter { $0.name == "X-Twice" }.map(\.value) == ["1", "2"])
        #expect(answer.headers["x-empty"] == "")
    }

    @Test func chunkedWithTrailers() throws {
        let text =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Late: 1\r\n\r\n"
        let answer = try #require(try reply(to: .answer(Array(text.utf8))).answer)
        #expect(answer.body == Array("abcde".utf8))
        #expect(answer.headers["X-Late"] == nil)
    }

    @Test func gzip() throws {
        let bytes = Answer.bytes(200, Answer.gzipped, headers: [("Content-Encoding", "gzip")])
        #expect(try reply(to: .answer(bytes)).answer?.body == Array("{\"compressed\":true}".utf8))
    }

    @Test func brokenOrUnknownEncoding() throws {
        for (encoding, body) in [("gzip", Array("no gzip at all".utf8)), ("rot13", Array("nope".utf8))] {
            let bytes = Answer.bytes(200, body, headers: [("Content-Encoding", encoding)])
            #expect(try reply(to: .answer(bytes)).failure?.isSent == true)
        }
    }

    @Test func interimAnswersDoNotMix() throws {
        let interim = Answer.head(100, [("X-Interim", "1")]) + Answer.head(103, [("Link", "</a>")])
        let answer = try #require(try reply(to: .answer(interim + Answer.text(200, "{\"b\":2}"))).answer)
        #expect(answer.status == 200)
        #expect(answer.headers["X-Interim"] == nil)
        #expect(answer.headers["Link"] == nil)
        #expect(answer.body == Array("{\"b\":2}".utf8))
    }

    @Test(arguments: [204, 400, 404, 409, 500, 503])
    func everyStatusIsAnAnswer(_ status: Int) throws {
        let bytes = status == 204 ? Answer.head(204, []) : Answer.text(status)
        #expect(try reply(to: .answer(bytes), Sample.patch()).answer?.status == status)
    }

    /// A server may answer before it has read the body (413, a 429 of a gateway).
    @Test func answerBeforeTheBodyWasRead() throws {
        let server = LoopbackServer(early: { _ in .answerThenHang(Answer.text(429)) }) { _ in .answer([]) }
        #expect(try server.transport().send(Sample.patch()).answer?.status == 429)
    }

    @Test func bodyLimit() throws {
        let limit = 4 << 20
        let exact = Answer.bytes(200, [UInt8](repeating: 0x20, count: limit))
        #expect(try reply(to: .answer(exact)).answer?.body.count == limit)
        let over = try #require(
            try reply(to: .answerThenClose(Answer.bytes(200, [UInt8](repeating: 0x20, count: limit + 1))))
                .failure)
        #expect(over.isSent)
        #expect(over.reason.kind == .tooLarge)
    }

    @Test func decompressionBomb() throws {
        let bomb = Answer.bomb(unpackingTo: 5 << 20)
        #expect(bomb.count < 40_000)
        let bytes = Answer.bytes(200, bomb, headers: [("Content-Encoding", "deflate")])
        let failure = try #require(try reply(to: .answerThenHang(bytes)).failure)
        #expect(failure.isSent)
        #expect(failure.reason.kind == .tooLarge)
    }

    @Test func headerLimit() throws {
        let many = (0..<70).map { ("X-\($0)", String(repeating: "a", count: 1000)) }
        let endless = [UInt8]((0..<3000).flatMap { _ in Answer.head(100, [("X", "y")]) })
        for bytes in [Answer.text(200, "{}", headers: many), endless] {
            let failure = try #require(try reply(to: .answerThenHang(bytes)).failure)
            #expect(failure.isSent)
            #expect(failure.reason.kind == .tooLarge)
        }
    }

    @Test func notHTTPAtAll() throws {
        for text in ["SSH-2.0-x\r\n", "HTTP/0.9\r\n\r\n", "<html>\r\n\r\n", "HTTP/1.1 abc\r\n\r\n"] {
            let failure = try #require(try reply(to: .answerThenClose(Array(text.utf8))).failure)
            #expect(failure.isSent)
        }
    }
}
