import AtlasAPI
import CurlTransport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Goal: no answer, however broken or long, is taken for another one, held without bound or waited for without end; and
/// after it a PATCH is known to have left. Method: a table of answers over real sockets, endless ones too.
@Suite(.serialized) struct HostileAnswerTests {
    enum End: Equatable, Sendable {
        /// Status and bytes of the body.
        case answered(Int, Int)
        case sent(TransportFailure.Kind)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
        var end: End

        init(_ name: String, _ text: String, _ end: End) {
            testDescription = name
            bytes = Array(text.utf8)
            self.end = end
        }
    }

    static let ok = "HTTP/1.1 200 OK\r\n"
    static let chunked = "\(ok)Transfer-Encoding: chunked\r\n\r\n"
    static let rest = "Content-Length: 2\r\n\r\n{}"
    /// More than libcurl takes in a line.
    static let longLine = String(repeating: "a", count: 200_000)

    static let heads = [
        Case(
            "a line over our limit", "\(ok)X: \(String(repeating: "a", count: 70_000))\r\n\(rest)",
            .sent(.tooLarge)),
        Case("a line over libcurl's limit", "\(ok)X: \(longLine)\r\n\(rest)", .sent(.tooLarge)),
        Case("an endless reason", "HTTP/1.1 200 \(longLine)\r\n\(rest)", .sent(.tooLarge)),
        Case("no HTTP, long", longLine, .sent(.other)),
        Case("a NUL", "\(ok)X: a\0b\r\n\(rest)", .sent(.other)),
        Case("no colon", "\(ok)nothing\r\n\(rest)", .sent(.other)),
        Case("a second status line", "\(ok)HTTP/1.1 500 X\r\n\(rest)", .sent(.other)),
        Case("bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", .answered(200, 2)),
        Case("an empty line first", "\r\n\(ok)\(rest)", .sent(.other)),
        Case("another protocol", "ICY 200 OK\r\n\(rest)", .sent(.other)),
        Case("small letters", "http/1.1 200 OK\r\n\(rest)", .sent(.other)),
        Case("another version", "HTTP/9.9 200 OK\r\n\(rest)", .sent(.other)),
        Case("two blanks", "HTTP/1.1  200 OK\r\n\(rest)", .answered(200, 2)),
        Case("no reason", "HTTP/1.1 200\r\n\(rest)", .answered(200, 2)),
        Case("a status under 100", "HTTP/1.1 099 X\r\n\(rest)", .sent(.other)),
        Case("a status of four digits", "HTTP/1.1 2000 X\r\n\(rest)", .sent(.other)),
        Case("a status that HTTP has not", "HTTP/1.1 999 X\r\n\(rest)", .answered(999, 2)),
        Case("switched protocols", "HTTP/1.1 101 Switching\r\n\r\n{}", .sent(.other)),
        Case("rubbish after 100", "HTTP/1.1 100 Continue\r\n\r\nrubbish\r\n\r\n", .sent(.other)),
        Case("a redirect", "HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/\r\n\(rest)", .answered(307, 2)),
    ]

    static let trailers = String(repeating: "T: \(String(repeating: "t", count: 900))\r\n", count: 80)

    static let bodies = [
        Case("no length", "\(ok)\r\n{}", .answered(200, 2)),
        Case("a length too large", "\(ok)Content-Length: 3\r\n\r\n{}", .sent(.reset)),
        Case("a length too small", "\(ok)Content-Length: 1\r\n\r\n{}", .answered(200, 1)),
        Case("the largest length", "\(ok)Content-Length: 9223372036854775807\r\n\r\n{}", .sent(.reset)),
        Case("a length below zero", "\(ok)Content-Length: -1\r\n\r\n{}", .sent(.other)),
        Case("a length in letters", "\(ok)Content-Length: x\r\n\r\n{}", .sent(.other)),
        Case(
            "length and chunks",
            "\(ok)Content-Length: 1\r\n\(chunked.dropFirst(ok.count))2\r\n{}\r\n0\r\n\r\n", .answered(200, 2)),
        Case("a chunk in letters", "\(chunked)zz\r\n{}\r\n0\r\n\r\n", .sent(.reset)),
        Case("a chunk below zero", "\(chunked)-1\r\n{}\r\n0\r\n\r\n", .sent(.reset)),
        Case("a chunk too large to count", "\(chunked)ffffffffffffffffff\r\n{}\r\n0\r\n\r\n", .sent(.reset)),
        Case("a chunk that never ends", "\(chunked)7fffffffffffffff\r\n{}", .sent(.reset)),
        Case("a chunk too long", "\(chunked)1\r\n{}\r\n0\r\n\r\n", .sent(.reset)),
        Case("no last chunk", "\(chunked)2\r\n{}\r\n", .sent(.reset)),
        Case("a long chunk extension", "\(chunked)2;\(longLine)\r\n{}\r\n0\r\n\r\n", .answered(200, 2)),
        Case(
            "a trailer over libcurl's limit", "\(chunked)2\r\n{}\r\n0\r\nT: \(longLine)\r\n\r\n",
            .sent(.tooLarge)),
        Case(
            "many trailers",
            "\(chunked)2\r\n{}\r\n0\r\n\(trailers)\r\n", .sent(.tooLarge)),
        Case(
            "a status line for a trailer", "\(chunked)2\r\n{}\r\n0\r\nHTTP/1.1 500 X\r\n\r\n", .sent(.other)),
        Case(
            "six encodings", "\(ok)Content-Encoding: gzip, gzip, gzip, gzip, gzip, gzip\r\n\(rest)",
            .sent(.other)),
        Case("a body where none may be", "HTTP/1.1 204 X\r\n\(rest)", .answered(204, 0)),
    ]

    @Test(arguments: heads + bodies) func ends(_ one: Case) throws {
        let server = LoopbackServer { _ in .answerThenClose(one.bytes) }
        let reply = try server.transport().send(Sample.patch())
        #expect(Self.end(reply) == one.end, "\(String(describing: reply))")
        #expect(server.patches.count == 1)
        if let message = reply.failure?.reason.message {
            #expect(
                !message.isEmpty && !message.contains("No error") && !message.contains("emory"), "\(message)")
        }
    }

    static func end(_ reply: Reply?) -> End? {
        if let answer = reply.answer { return .answered(answer.status, answer.body.count) }
        return reply.failure.flatMap { $0.isSent ? .sent($0.reason.kind) : nil }
    }

    /// All header lines of an answer together, status line and empty line included.
    @Test func headersUpToTheLimit() throws {
        func reply(_ size: Int) throws -> Reply? {
            let start = "\(Self.ok)Content-Length: 2\r\nX: "
            let fill = String(repeating: "x", count: size - start.utf8.count - 4)
            let server = LoopbackServer { _ in .answerThenClose(Array("\(start)\(fill)\r\n\r\n{}".utf8)) }
            return try server.transport().send(Sample.patch())
        }
        #expect(Self.end(try reply(64 << 10)) == .answered(200, 2))
        #expect(Self.end(try reply(64 << 10 + 1)) == .sent(.tooLarge))
    }

    /// What is too much of one answer must not become the answer to the next request.
    @Test func leftOversAnswerNothing() throws {
        let forged = "\(Self.ok)Content-Length: 6\r\n\r\nforged"
        let server = LoopbackServer { request in
            .answer(
                Array(
                    (request.path == "/first" ? "\(Self.ok)\(Self.rest)\(forged)" : "\(Self.ok)\(Self.rest)")
                        .utf8))
        }
        let transport = try server.transport(connections: 1)
        for _ in 0..<20 {
            #expect(Self.end(transport.send(Sample.get("/first"))) == .answered(200, 2))
            let second = transport.send(Sample.patch("/second"))
            #expect(second.answer?.body == Array("{}".utf8) || second.failure?.isSent == true)
        }
    }

    @Test func bytesThatAreNoText() throws {
        let bytes =
            Array("\(Self.ok)X-Odd: a".utf8) + [0xFF, 0xC3]
            + Array("b\r\nRetry-After:\t 5 \t\r\nX\u{301}:\u{301}y\r\n".utf8)
        let server = LoopbackServer { _ in
            .answerThenClose(bytes + Array("Content-Length: 2\r\n\r\n".utf8) + [0xFE, 0])
        }
        let answer = try #require(try server.transport().send(Sample.patch()).answer)
        #expect(answer.body == [0xFE, 0] && answer.headers["X-Odd"] == "a\u{FFFD}\u{FFFD}b")
        #expect(answer.retryAfter(receivedAt: 0) == .seconds(5) && answer.headers["X\u{301}"] == "\u{301}y")
    }

    struct Endless: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var start: String
        var piece: String
        var kind: TransportFailure.Kind
        /// What may have left the server by then.
        var most: Int
    }

    static let endless = [
        Endless(
            testDescription: "body", start: "\(ok)\r\n", piece: longLine, kind: .tooLarge, most: 32 << 20),
        Endless(
            testDescription: "chunks", start: chunked, piece: "30d40\r\n\(longLine)\r\n", kind: .tooLarge,
            most: 64 << 20),
        Endless(
            testDescription: "1xx", start: "", piece: "HTTP/1.1 102 P\r\n\r\n", kind: .tooLarge,
            most: 16 << 20),
        Endless(testDescription: "headers", start: ok, piece: "X: y\r\n", kind: .tooLarge, most: 16 << 20),
        Endless(
            testDescription: "a line", start: "\(ok)X: ", piece: longLine, kind: .tooLarge, most: 16 << 20),
        Endless(
            testDescription: "trailers", start: "\(chunked)0\r\n", piece: "T: t\r\n", kind: .tooLarge,
            most: 16 << 20),
        Endless(testDescription: "no HTTP", start: "", piece: longLine, kind: .other, most: 16 << 20),
    ]

    /// Counts the bytes that the server got rid of; what it may send ahead is in the sockets' buffers.
    @Test(arguments: endless) func endlessAnswer(_ one: Endless) throws {
        let server = LoopbackServer { _ in .answerForEver(Array(one.start.utf8), Array(one.piece.utf8)) }
        #expect(Self.end(try server.transport().send(Sample.patch())) == .sent(one.kind))
        #expect(server.patches.count == 1 && server.endlessBytes < one.most, "\(server.endlessBytes)")
    }

    /// A 401's body is read to no end before the second leg, so it has the same limit.
    @Test func endlessChallenge() throws {
        let head = Answer.head(401, [("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"")])
        let server = LoopbackServer { _ in .answerForEver(head, Array(Self.longLine.utf8)) }
        let failure = try #require(try server.transport().send(Sample.patch("/x", Sample.digest)).failure)
        #expect(failure.reason.kind == .tooLarge && server.endlessBytes < 64 << 20)
        #expect(server.patches.allSatisfy { $0.body.isEmpty || $0.isAuthenticated })
    }

    /// Each byte comes in time, and the answer never does.
    @Test(arguments: ["\(ok)Content-Length: 1000000\r\n\r\n", ok, "HTTP/1.1 2"]) func dribble(start: String)
        throws
    {
        let server = LoopbackServer { _ in .answerForEver(Array(start.utf8), [0x61], pause: 5000) }
        let time = try ContinuousClock().measure {
            let reply = try server.transport(timeout: .milliseconds(300)).send(Sample.patch())
            #expect(Self.end(reply) == .sent(.timeout))
        }
        #expect(time < .seconds(10) && server.patches.count == 1)
    }

    /// Chunk extensions come to no callback: only the time-out ends them, and nothing is kept of them.
    @Test func endlessChunkExtension() throws {
        let server = LoopbackServer { _ in
            .answerForEver(Array("\(Self.chunked)2;".utf8), Array(Self.longLine.utf8))
        }
        let before = Self.residentBytes()
        let reply = try server.transport(timeout: .milliseconds(300)).send(Sample.patch())
        #expect(Self.end(reply) == .sent(.timeout))
        if let before, let after = Self.residentBytes() { #expect(after - before < 64 << 20) }
    }

    /// nil where there is no `/proc`.
    private static func residentBytes() -> Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var pages = (0, 0)
        guard
            withUnsafeMutablePointer(
                to: &pages.0,
                { first in
                    withUnsafeMutablePointer(to: &pages.1) { second in
                        withVaList([first, second]) { vfscanf(file, "%ld %ld", $0) }
                    }
                }) == 2
        else { return nil }
        return pages.1 * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
