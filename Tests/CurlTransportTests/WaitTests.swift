import AtlasAPI
import CurlTransport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

@Suite(.serialized) struct WaitTests {
    private func pipeEnds() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        _ = pipe(&ends)
        return (ends[0], ends[1])
    }

    private func interruptions(_ events: [TransportEvent]) -> Int {
        events.filter { if case .interrupted = $0 { true } else { false } }.count
    }

    @Test func connectionsAreReused() throws {
        let server = LoopbackServer { _ in .answer(Answer.text()) }
        var traces: [TransferTrace] = []
        let transport = try server.transport(connections: 4) { traces.append($0) }
        for index in 0..<50 {
            let request = index % 2 == 0 ? Sample.get("/\(index)") : Sample.patch("/\(index)")
            #expect(transport.send(request).answer?.status == 200)
        }
        #expect(server.connectionCount == 1)
        #expect(traces.map(\.reusedConnection) == [false] + [Bool](repeating: true, count: 49))
        #expect(traces.first?.path == "/0")
        #expect(traces.allSatisfy { $0.status == 200 && $0.failure == nil && $0.duration > .zero })
    }

    @Test func sixtyFourInFlightOverEightConnections() throws {
        let server = LoopbackServer { .answer(Answer.text(200, $0.path)) }
        let transport = try server.transport(connections: 8)
        let replies = transport.sendAll((0..<640).map { Sample.patch("/\($0)") }, inFlight: 64)
        for (index, reply) in replies.enumerated() {
            #expect(reply.answer?.body == Array("/\(index)".utf8))
        }
        #expect(server.connectionCount <= 8)
        #expect(server.patches.count == 640)
    }

    @Test func deadlineIsKept() throws {
        let server = LoopbackServer { _ in .answerThenHang([]) }
        let transport = try server.transport()
        transport.start([(id: RequestID(1), request: Sample.get())])
        for pause in [Duration.microseconds(100), .milliseconds(30), .milliseconds(200)] {
            let begin = TestClock.instant()
            #expect(transport.wait(until: begin + pause).isEmpty)
            let waited = TestClock.instant() - begin
            #expect(waited >= pause)
            #expect(waited < pause + .seconds(2))
        }
        #expect(
            transport.wait(until: TestClock.instant()).isEmpty, "a deadline that has come does not wait")
    }

    @Test func watchedDescriptorEndsTheWait() throws {
        let ends = pipeEnds()
        defer { close(ends.read) }
        let server = LoopbackServer { _ in .answerThenHang([]) }
        let transport = try server.transport(watching: [ends.read])
        transport.start([(id: RequestID(1), request: Sample.get())])
        #expect(transport.wait(until: TestClock.instant() + .milliseconds(20)).isEmpty)
        let writer = ends.write
        onNewThread { _ = write(writer, [1], 1) }
        let begin = TestClock.instant()
        #expect(interruptions(transport.wait(until: nil)) == 1)
        #expect(TestClock.instant() - begin < .seconds(10))
        #expect(interruptions(transport.wait(until: nil)) == 1, "it is still readable: nobody has read it")
        var byte: UInt8 = 0
        #expect(read(ends.read, &byte, 1) == 1)
        #expect(transport.wait(until: TestClock.instant() + .milliseconds(20)).isEmpty)
        close(ends.write)
        #expect(interruptions(transport.wait(until: nil)) == 1, "the other end is gone: said once")
        #expect(transport.wait(until: TestClock.instant() + .milliseconds(20)).isEmpty)
    }

    /// A busy run must hear a signal too, although finished transfers come first.
    @Test func interruptionAmongEvents() throws {
        let ends = pipeEnds()
        defer {
            close(ends.read)
            close(ends.write)
        }
        _ = write(ends.write, [1], 1)
        let server = LoopbackServer { _ in .answer(Answer.text()) }
        let transport = try server.transport(watching: [ends.read])
        transport.start([(id: RequestID(1), request: Sample.get("no slash"))])
        let events = transport.wait(until: nil)
        #expect(events.count == 2)
        #expect(interruptions(events) == 1)
    }

    @Test func closingWithRequestsOpen() throws {
        let server = LoopbackServer { _ in .answerThenHang([]) }
        let transport = try server.transport(connections: 2)
        transport.start((0..<10).map { (id: RequestID($0), request: Sample.patch("/x", Sample.digest)) })
        #expect(transport.wait(until: TestClock.instant() + .milliseconds(50)).isEmpty)
        transport.close()
        transport.close()
        transport.start([(id: RequestID(99), request: Sample.get())])
        let events = transport.wait(until: TestClock.instant() + .seconds(1))
        #expect(events.count == 1)
        #expect(transport.wait(until: TestClock.instant() + .milliseconds(20)).isEmpty)
    }
}
