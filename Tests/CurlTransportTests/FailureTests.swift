import AtlasAPI
import CurlTransport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Each way to fail over real sockets, and what is known afterwards.
@Suite(.serialized) struct FailureTests {
    private func transport(
        to address: String, timeout: Duration = .seconds(20), connect: Duration = .seconds(20)
    ) throws -> CurlTransport {
        try CurlTransport(
            configuration: .init(baseAddress: address, requestTimeout: timeout, connectTimeout: connect))
    }

    @Test func refusedPort() throws {
        let bound = Socket.bindToFreePort()
        defer { close(bound.descriptor) }
        let failure = try #require(
            try transport(to: "http://127.0.0.1:\(bound.port)").send(Sample.patch()).failure)
        #expect(!failure.isSent)
        #expect(failure.reason.kind == .connect)
    }

    @Test func unknownHost() throws {
        let failure = try #require(try transport(to: "https://nothing.invalid").send(Sample.patch()).failure)
        #expect(!failure.isSent)
        #expect(failure.reason.kind == .resolve)
    }

    @Test func answerThatNeverComes() throws {
        let server = LoopbackServer { _ in .answerThenHang([]) }
        let transport = try server.transport(timeout: .milliseconds(150))
        let failure = try #require(transport.send(Sample.patch()).failure)
        #expect(failure.isSent)
        #expect(failure.reason.kind == .timeout)
        #expect(server.patches.count == 1)
    }

    /// TLS towards a server that takes the connection and says nothing: no request can have left.
    @Test(arguments: [false, true])
    func timeoutInTheHandshake(byTotal: Bool) throws {
        let server = LoopbackServer(early: { _ in nil }) { _ in .answer([]) }
        let short = Duration.milliseconds(150)
        let transport = try transport(
            to: "https://127.0.0.1:\(server.port)", timeout: byTotal ? short : .seconds(20),
            connect: byTotal ? .seconds(20) : short)
        let failure = try #require(transport.send(Sample.patch()).failure)
        #expect(!failure.isSent)
        #expect(failure.reason.kind == .timeout)
    }

    @Test func serverThatDoesNotSpeakTLS() throws {
        let listener = Socket.listen()
        onNewThread {
            guard let descriptor = Socket.accept(listener.descriptor) else { return }
            _ = Socket.receive(descriptor)
            Socket.send(descriptor, Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
            close(descriptor)
            close(listener.descriptor)
        }
        let failure = try #require(
            try transport(to: "https://127.0.0.1:\(listener.port)").send(Sample.patch()).failure)
        #expect(!failure.isSent)
        #expect(failure.reason.kind == .tls)
    }

    /// A request that waits for a free connection until its time is up has not been sent.
    @Test func timeoutInTheQueue() throws {
        let server = LoopbackServer { _ in .answerThenHang([]) }
        let transport = try server.transport(connections: 1, timeout: .milliseconds(200))
        // Many, since one may get the connection in the last moment of its time.
        let replies = transport.sendAll((0..<20).map { Sample.patch("/\($0)") })
        #expect(replies.compactMap { $0.failure?.isSent }.filter { $0 }.count == server.patches.count)
        #expect(replies.allSatisfy { $0.failure?.reason.kind == .timeout })
        #expect(replies.contains { $0.failure?.isSent == false })
    }

    @Test(arguments: [
        LoopbackServer.Action.answerThenClose([]), .answerThenReset([]),
        .answerThenClose(Answer.head(200, [("Content-Length", "9")]) + [0x7B]),
        .answerThenReset(Answer.head(200, [("Content-Length", "9")]) + [0x7B]),
        .answerThenClose(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab".utf8)),
        .answerThenClose(Array("HTTP/1.1 200 O".utf8)), .answerThenClose(Answer.head(100, [])),
    ])
    func connectionThatEndsEarly(_ action: LoopbackServer.Action) throws {
        let server = LoopbackServer { _ in action }
        for request in [Sample.get(), Sample.patch()] {
            let failure = try #require(try server.transport().send(request).failure)
            #expect(failure.isSent)
            #expect(failure.reason.kind == .reset)
        }
        #expect(server.patches.count == 1)
    }

    /// The request's headers arrived and its body did not: that it was not acted on is likely, not sure.
    @Test func resetBeforeTheBodyWasRead() throws {
        let server = LoopbackServer(early: { _ in .answerThenReset([]) }) { _ in .answer([]) }
        #expect(try server.transport().send(Sample.patch()).failure?.isSent == true)
    }

    @Test func partialAnswerThatStalls() throws {
        let bytes = Answer.head(200, [("Content-Length", "9")]) + [0x7B]
        let server = LoopbackServer { _ in .answerThenHang(bytes) }
        let failure = try #require(
            try server.transport(timeout: .milliseconds(150)).send(Sample.patch()).failure)
        #expect(failure.isSent)
        #expect(failure.reason.kind == .timeout)
    }

    @Test func failuresLeaveTheTransportUsable() throws {
        let server = LoopbackServer { $0.path == "/bad" ? .answerThenReset([]) : .answer(Answer.text()) }
        let transport = try server.transport()
        for _ in 0..<20 {
            #expect(transport.send(Sample.patch("/bad")).failure?.isSent == true)
            #expect(transport.send(Sample.patch("/good")).answer?.status == 200)
        }
        #expect(server.patches.count == 40)
    }
}
