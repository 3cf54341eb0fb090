import AtlasAPI
import CurlTransport
import Testing

/// Goal: over HTTP/2, too, a PATCH leaves at most once with its credentials, whatever the server says of its stream, and
/// an end without an answer is never taken for one. Method: a table of misbehaviours of a server made of Python's h2.
@Suite(.serialized, .enabled(if: Servers.areThere, "scripts/servers could not bring Python's h2"))
struct HTTP2Tests {
    /// libcurl would send again by itself after REFUSED_STREAM, HTTP_1_1_REQUIRED and GOAWAY below the stream.
    private static let ends: [(String, TransportFailure.Kind)] = [
        ("/reset-refused", .reset), ("/reset-internal", .reset), ("/reset-cancel", .reset),
        ("/reset-http11", .reset), ("/reset-calm", .reset), ("/reset-nothing", .reset),
        ("/early-refused", .reset), ("/early-internal", .reset), ("/early-http11", .reset),
        ("/goaway-below", .reset), ("/goaway-calm", .reset), ("/close", .reset), ("/garbage", .reset),
        ("/half-reset", .reset), ("/half-end", .reset), ("/headers", .tooLarge), ("/silent", .timeout),
    ]

    /// With a digest the first message brings neither credentials nor body, unless the handle knows a nonce.
    enum Way: String, CaseIterable { case newConnection, reusedConnection, coldDigest, warmDigest }

    @Test(arguments: Way.allCases) func aPatchLeavesOnce(_ way: Way) throws {
        let server = try HTTP2Server()
        let isDigest = way == .coldDigest || way == .warmDigest
        let (prefix, scheme) = isDigest ? ("/digest", Sample.digest) : ("", Sample.bearer)
        for (end, kind) in Self.ends {
            let path = prefix + end
            let transport = try server.transport(
                timeout: kind == .timeout ? .milliseconds(400) : .seconds(20))
            if way == .reusedConnection || way == .warmDigest {
                #expect(transport.send(Sample.get("\(prefix)/ok", scheme)).answer?.status == 200, "\(path)")
            }
            let failure = try #require(transport.send(Sample.patch(path, scheme)).failure, "\(path)")
            #expect(failure.isSent && failure.reason.kind == kind, "\(path): \(failure)")
            let heads = try server.heads("PATCH \(path)")
            let bare = way == .coldDigest ? ["HTTP/2 PATCH \(path) none"] : []
            #expect(heads == bare + ["HTTP/2 PATCH \(path) \(isDigest ? "Digest" : "Bearer")"])
            // The transport is as good as new.
            #expect(transport.send(Sample.patch("\(prefix)/ok", scheme)).answer?.status == 200, "\(path)")
        }
    }

    /// More than a window of the flow control (RFC 9113 section 5.2).
    @Test func aLargeBodyGoesWhole() throws {
        let server = try HTTP2Server()
        let body = [UInt8](repeating: 0x20, count: 300_000)
        for (path, authorization) in [("/digest/ok", Sample.digest), ("/ok", Sample.bearer)] {
            let reply = try server.transport().send(Sample.patch(path, authorization, body: body))
            #expect(reply.answer?.status == 200)
        }
        #expect(try server.bodies("PATCH") == [0, 300_000, 300_000])
    }

    /// A GET may be sent again, and no more than three times in all.
    @Test func aGETIsSentAgainAndNotForEver() throws {
        let server = try HTTP2Server()
        let transport = try server.transport()
        #expect(transport.send(Sample.get("/reset-refused")).failure?.isSent == true)
        #expect((2...3).contains(try server.heads("GET").count))
    }

    /// What happens to one stream is no other stream's business.
    @Test func othersGoOnBesideIt() throws {
        let server = try HTTP2Server()
        let paths = ["/reset-internal", "/silent", "/half-end", "/cookie", "/informed"]
        let requests = (0..<40).map { Sample.patch($0 % 4 == 3 ? paths[$0 / 4 % 5] : "/ok/\($0)") }
        let replies = try server.transport(timeout: .seconds(2)).sendAll(requests)
        for (request, reply) in zip(requests, replies) {
            let isAnswered = request.path.hasPrefix("/ok") || ["/cookie", "/informed"].contains(request.path)
            #expect(
                (reply.answer?.status == 200) == isAnswered, "\(request.path): \(String(describing: reply))")
            #expect(reply.answer != nil || reply.failure?.isSent == true)
        }
        #expect(try server.heads("PATCH").count == 40)
    }
}
