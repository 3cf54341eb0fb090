import AtlasAPI
import CurlTransport
import Testing

@Suite(.serialized) struct CredentialTests {
    private static func server() -> (LoopbackServer, DigestRealm) {
        let realm = DigestRealm()
        let server = LoopbackServer { request in
            guard request.path.hasPrefix("/digest") else { return .answer(Answer.text()) }
            return realm.challenge(request).map { .answer($0) } ?? .answer(Answer.text())
        }
        return (server, realm)
    }

    @Test func headersAreRightAndKindsDoNotMix() throws {
        let (server, _) = Self.server()
        let transport = try server.transport(connections: 1)
        let kinds = [Sample.digest, Sample.bearer, Sample.basic, Sample.digest, Sample.basic, Sample.bearer]
        for kind in kinds {
            let path = kind == Sample.digest ? "/digest" : "/token"
            #expect(transport.send(Sample.get(path, kind)).answer?.status == 200)
        }
        let sent = server.requests.map { $0["Authorization"] ?? "" }
        let basic = "Basic Y2xpZW50OmlkOmNsaWVudHNlY3JldC01NQ=="
        try #require(sent.count == 7)
        #expect(sent[0] == "")
        #expect(sent[1].hasPrefix("Digest username=\"publick\""))
        #expect(Array(sent[2...3]) == ["Bearer token-91c2", basic])
        #expect(sent[4].hasPrefix("Digest "))
        #expect(Array(sent[5...6]) == [basic, "Bearer token-91c2"])
        #expect(server.requests.allSatisfy { $0.head.components("uthorization:") <= 1 })
    }

    /// A basic request that is challenged for digest must not begin to speak digest.
    @Test func basicIsNeverUpgraded() throws {
        let realm = DigestRealm()
        let server = LoopbackServer { request in .answer(realm.challenge(request) ?? Answer.text()) }
        let transport = try server.transport()
        for kind in [Sample.basic, Sample.bearer] {
            let answer = try #require(transport.send(Sample.get("/x", kind)).answer)
            #expect(answer.status == 401)
            #expect(!answer.isStaleChallenge)
        }
        #expect(server.requests.allSatisfy { $0["Authorization"]?.hasPrefix("Digest") == false })
        #expect(server.requests.count == 2)
    }

    @Test func noSecretInAnyFailure() throws {
        let actions: [LoopbackServer.Action] = [
            .answerThenClose([]), .answerThenReset([]), .answerThenClose(Array("garbage\r\n\r\n".utf8)),
            .answerThenClose(Answer.head(200, [("Content-Length", "9")])),
        ]
        for action in actions {
            let server = LoopbackServer { _ in action }
            let transport = try server.transport()
            for kind in [Sample.basic, Sample.bearer, Sample.digest] {
                let reason = try #require(transport.send(Sample.patch("/x", kind)).failure?.reason)
                #expect(!reason.message.isEmpty)
                for secret in ["token-91c2", "clientsecret-55", "privatek-7f3a", "publick"] {
                    #expect(!reason.message.contains(secret))
                }
            }
        }
    }

    /// Line ends in data must not become header lines, and a path must not become another host.
    @Test(arguments: [
        Sample.get("/x\r\nX: y"), Sample.get("@evil.example/"), Sample.get("x"), Sample.get("/a b"),
        Sample.get("/x#y"), Sample.get("/x", .bearer(Secret("a\r\nX: y"))),
        Sample.get("/x", .bearer(Secret(""))),
        Sample.get("/x", .basic(user: "a", password: Secret("b\n"))),
        Sample.get("/x", .digest(user: "a\u{0}b", password: Secret("c"))),
        HTTPRequest(.get, "/x", headers: [(name: "A", value: "b\r\nc: d")], authorization: Sample.bearer),
        HTTPRequest(.get, "/x", headers: [(name: "A:", value: "b")], authorization: Sample.bearer),
        HTTPRequest(.get, "/x", headers: [], body: [1], authorization: Sample.bearer),
    ])
    func requestsThatCanNotBeSent(_ request: HTTPRequest) throws {
        let (server, _) = Self.server()
        let failure = try #require(try server.transport().send(request).failure)
        #expect(!failure.isSent)
        #expect(failure.reason.kind == .other)
        #expect(server.requests.isEmpty)
    }

    /// An attacker's server gets no second request: redirects are answers, and cookies are not kept.
    @Test func redirectsAndCookies() throws {
        let other = LoopbackServer { _ in .answer(Answer.text()) }
        let address = other.address
        let server = LoopbackServer { _ in
            .answer(
                Answer.text(
                    302, "", headers: [("Location", address + "/steal"), ("Set-Cookie", "a=b; Path=/")]))
        }
        let transport = try server.transport()
        for _ in 0..<2 {
            for kind in [Sample.basic, Sample.bearer, Sample.digest] {
                #expect(transport.send(Sample.get("/x", kind)).answer?.status == 302)
            }
        }
        #expect(other.requests.isEmpty)
        #expect(server.requests.count == 6)
        #expect(server.requests.allSatisfy { $0["Cookie"] == nil && $0["Expect"] == nil })
    }
}

extension String {
    /// How often the text occurs.
    fileprivate func components(_ text: String) -> Int {
        var rest = self[...]
        var count = 0
        while let next = rest.indices.first(where: { rest[$0...].hasPrefix(text) }) {
            count += 1
            rest = rest[rest.index(after: next)...]
        }
        return count
    }
}
