import AtlasAPI
import CurlTransport
import Testing

@Suite(.serialized) struct DigestTests {
    private static func server(_ realm: DigestRealm) -> LoopbackServer {
        LoopbackServer { realm.challenge($0).map { .answer($0) } ?? .answer(Answer.text()) }
    }

    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
    ])
    func md5(_ text: String, _ expected: String) {
        #expect(MD5.hex(text) == expected)
    }

    @Test func coldHandleAsksWithoutABodyThenSendsIt() throws {
        let server = Self.server(DigestRealm())
        var traces: [TransferTrace] = []
        let transport = try server.transport { traces.append($0) }
        #expect(transport.send(Sample.patch("/a?b=c", Sample.digest)).answer?.status == 200)
        #expect(server.requests.map(\.isAuthenticated) == [false, true])
        #expect(server.requests.map(\.body.count) == [0, 7])
        #expect(transport.send(Sample.patch("/d", Sample.digest)).answer?.status == 200)
        #expect(server.requests.count == 3, "a warm handle asks nothing")
        #expect(server.connectionCount == 1)
        #expect(traces.map(\.messages) == [2, 1])
    }

    @Test(arguments: [HTTPRequest.Method.get, .patch], [false, true])
    func nonceThatEnded(_ method: HTTPRequest.Method, saysStale: Bool) throws {
        let server = Self.server(DigestRealm(uses: 1, saysStale: saysStale))
        let transport = try server.transport()
        let request = method == .get ? Sample.get("/x", Sample.digest) : Sample.patch("/x", Sample.digest)
        #expect(transport.send(request).answer?.status == 200)
        #expect(server.requests.count == 2)
        let answer = try #require(transport.send(request).answer)
        if saysStale && method == .get {
            // libcurl goes round by itself: nothing is at stake.
            #expect(answer.status == 200)
            #expect(server.requests.count == 4)
            return
        }
        #expect(answer.status == 401)
        #expect(answer.isStaleChallenge)
        #expect(answer.headers["WWW-Authenticate"] != nil)
        #expect(server.requests.count == 3, "one more request, and it was answered 401")
        #expect(transport.send(request).answer?.status == 200)
        #expect(server.requests.count == 5, "the next try is cold: two requests")
    }

    /// A PATCH goes out with its body at most once per request, whatever the server says of nonces.
    @Test(arguments: [HTTPRequest.Method.get, .patch])
    func serverThatCallsEveryNonceStale(_ method: HTTPRequest.Method) throws {
        let server = Self.server(DigestRealm(uses: 0, saysStale: true))
        let transport = try server.transport()
        let request = method == .get ? Sample.get("/x", Sample.digest) : Sample.patch("/x", Sample.digest)
        let answer = try #require(transport.send(request).answer)
        #expect(answer.status == 401)
        #expect(answer.isStaleChallenge, "the server says that the key is good")
        #expect(server.requests.count <= 3)
        #expect(server.patches.filter { !$0.body.isEmpty }.count == (method == .get ? 0 : 1))
        // It must not keep a caller asking: a few times in a row, for each request's own name, and then it is a 401.
        let again = (0..<5).map { _ in transport.send(request).answer?.isStaleChallenge }
        #expect(again == [true, true, false, true, true])
        let other = Sample.get("/other", Sample.digest)
        #expect(transport.send(other).answer?.isStaleChallenge == true)
    }

    @Test(arguments: [HTTPRequest.Method.get, .patch])
    func wrongPassword(_ method: HTTPRequest.Method) throws {
        let server = Self.server(DigestRealm(password: "another"))
        let transport = try server.transport()
        let request = method == .get ? Sample.get("/x", Sample.digest) : Sample.patch("/x", Sample.digest)
        for round in 1...3 {
            let answer = try #require(transport.send(request).answer)
            #expect(answer.status == 401)
            #expect(!answer.isStaleChallenge)
            #expect(String(decoding: answer.body, as: UTF8.self) == "{\"error\":401}")
            #expect(server.requests.count == 2 * round)
        }
    }

    @Test func thousandRequestsOverEightHandles() throws {
        let server = Self.server(DigestRealm())
        let transport = try server.transport(connections: 8)
        let requests = (0..<1000).map {
            $0 % 2 == 0 ? Sample.get("/\($0)", Sample.digest) : Sample.patch("/\($0)", Sample.digest)
        }
        let replies = transport.sendAll(requests, inFlight: 8)
        #expect(replies.allSatisfy { $0.answer?.status == 200 })
        #expect(server.requests.count <= 1008)
        #expect(server.connectionCount <= 8)
        #expect(server.authenticatedPatches.count == 500)
    }

    /// Each nonce that ends costs two requests more: the refused one and the challenge of the cold try.
    @Test func thousandRequestsWithNoncesThatEnd() throws {
        let server = Self.server(DigestRealm(uses: 50))
        let transport = try server.transport(connections: 8)
        var open = (0..<1000).map { Sample.patch("/\($0)", Sample.digest) }
        var expired = 0
        while !open.isEmpty {
            let replies = transport.sendAll(open, inFlight: 8)
            #expect(replies.allSatisfy { $0.answer?.status == 200 || $0.answer?.isStaleChallenge == true })
            open = zip(open, replies).filter { $0.1.answer?.status == 401 }.map(\.0)
            expired += open.count
        }
        #expect(expired > 0)
        #expect(server.requests.count <= 1008 + 2 * expired)
    }

    /// After a long pause the nonces of all handles have ended: a request meets two of them at most.
    @Test func allNoncesEndAtOnce() throws {
        let server = Self.server(DigestRealm(uses: 1))
        let transport = try server.transport()
        let warm = transport.sendAll((0..<8).map { Sample.get("/\($0)", Sample.digest) })
        #expect(warm.allSatisfy { $0.answer?.status == 200 })
        for path in ["/x", "/y"] {
            let replies = (0..<3).map { _ in transport.send(Sample.patch(path, Sample.digest)).answer }
            #expect(replies.map { $0?.status } == [401, 401, 200])
            #expect(replies.map { $0?.isStaleChallenge } == [true, true, false])
        }
    }

    @Test func anotherUserGetsAnotherHandle() throws {
        let realm = DigestRealm(user: "second", password: "other")
        let server = Self.server(realm)
        let transport = try server.transport()
        #expect(transport.send(Sample.get("/1", Sample.digest)).answer?.status == 401)
        let second = HTTPRequest.Authorization.digest(user: "second", password: Secret("other"))
        #expect(transport.send(Sample.get("/2", second)).answer?.status == 200)
        #expect(server.requests[2].isAuthenticated == false)
        #expect(server.requests[3]["Authorization"]?.contains("username=\"second\"") == true)
    }
}
