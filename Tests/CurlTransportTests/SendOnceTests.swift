import AtlasAPI
import CurlTransport
import Testing

/// A PATCH leaves at most once as a whole, whatever becomes of its connection.
@Suite(.serialized) struct SendOnceTests {
    enum Death: CaseIterable { case close, reset }

    /// By itself libcurl sends again when a reused connection dies before the first byte of the answer.
    @Test(arguments: Death.allCases, [false, true])
    func reusedConnectionThatDiesUnderAPatch(_ death: Death, beforeTheBody: Bool) throws {
        let end: LoopbackServer.Action = death == .close ? .answerThenClose([]) : .answerThenReset([])
        let server = LoopbackServer(
            early: { beforeTheBody && $0.method == "PATCH" ? end : nil },
            { $0.method == "PATCH" ? end : .answer(Answer.text()) })
        let transport = try server.transport(connections: 1)
        #expect(transport.send(Sample.get()).answer?.status == 200)
        let failure = try #require(transport.send(Sample.patch()).failure)
        #expect(failure.isSent)
        #expect(failure.reason.kind == .reset)
        #expect(server.patches.count == 1)
        #expect(server.patches.first?.turn == 1, "the connection was to be a reused one")
    }

    /// What libcurl then meets when it tries to connect once more must not hide that the first message left.
    @Test(arguments: Death.allCases) func serverThatIsGoneAfterwards(_ death: Death) throws {
        let server = LoopbackServer {
            $0.method == "PATCH" ? .leave(reset: death == .reset) : .answer(Answer.text())
        }
        let transport = try server.transport(connections: 1)
        #expect(transport.send(Sample.get()).answer?.status == 200)
        #expect(transport.send(Sample.patch()).failure?.isSent == true)
        #expect(server.patches.count == 1)
        #expect(transport.send(Sample.patch()).failure?.isSent == false, "nobody listens any more")
    }

    @Test(arguments: Death.allCases)
    func reusedConnectionThatDiesUnderAWarmDigestPatch(_ death: Death) throws {
        let realm = DigestRealm()
        let server = LoopbackServer { request in
            if let challenge = realm.challenge(request) { return .answer(challenge) }
            if request.method == "GET" { return .answer(Answer.text()) }
            return death == .close ? .answerThenClose([]) : .answerThenReset([])
        }
        let transport = try server.transport(connections: 1)
        #expect(transport.send(Sample.get("/x", Sample.digest)).answer?.status == 200)
        #expect(transport.send(Sample.patch("/x", Sample.digest)).failure?.isSent == true)
        #expect(server.patches.count == 1)
    }

    /// The second leg goes over the connection of the first, so it is "reused" too, and a 401 is in hand.
    @Test(arguments: Death.allCases)
    func connectionThatDiesUnderTheSecondLegOfDigest(_ death: Death) throws {
        let realm = DigestRealm()
        let server = LoopbackServer { request in
            if let challenge = realm.challenge(request) { return .answer(challenge) }
            return death == .close ? .answerThenClose([]) : .answerThenReset([])
        }
        let transport = try server.transport()
        let failure = try #require(transport.send(Sample.patch("/x", Sample.digest)).failure)
        #expect(failure.isSent)
        #expect(failure.reason.kind == .reset)
        #expect(server.authenticatedPatches.count == 1)
        #expect(server.patches.count == 2)
    }

    /// An idle connection that the server has closed is noticed before it is used.
    @Test func idleConnectionThatDied() throws {
        let server = LoopbackServer { request in
            request.method == "GET" ? .answerThenClose(Answer.text()) : .answer(Answer.text())
        }
        let transport = try server.transport(connections: 1)
        for _ in 0..<20 {
            #expect(transport.send(Sample.get()).answer?.status == 200)
            let reply = transport.send(Sample.patch())
            #expect(reply.answer?.status == 200 || reply.failure?.isSent == true)
        }
        #expect(server.patches.count <= 20)
    }

    @Test(arguments: [1, 7, 16_384, 65_535, 65_536, 65_537, 300_000])
    func bodyArrivesByteForByte(_ size: Int) throws {
        let realm = DigestRealm()
        let server = LoopbackServer { realm.challenge($0).map { .answer($0) } ?? .answer(Answer.text()) }
        let transport = try server.transport()
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
        for _ in 0..<2 {
            #expect(transport.send(Sample.patch("/x", Sample.digest, body: body)).answer?.status == 200)
        }
        #expect(server.patches.map(\.body.count) == [0, size, size])
        #expect(server.authenticatedPatches.allSatisfy { $0.body == body })
    }

    /// What may be sent again is told by its body, so a PATCH without any is refused before it is sent.
    @Test func patchWithoutABodyIsRefused() throws {
        let server = LoopbackServer { _ in .answer(Answer.text()) }
        #expect(try server.transport().send(Sample.patch(body: [])).failure?.isSent == false)
        #expect(server.requests.isEmpty)
    }
}
