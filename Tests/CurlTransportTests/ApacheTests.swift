import AtlasAPI
import CurlTransport
import Foundation
import Testing

/// Goal: digest against an implementation that is not ours costs one message a request. Method: Apache's
/// mod_auth_digest in front of a file, and its log as the count of what was on the wire.
@Suite(.serialized, .enabled(if: Servers.areThere, "scripts/servers could not bring Apache"))
struct ApacheTests {
    @Test func aThousandRequestsCostEightMore() throws {
        let apache = try Apache(nonceLife: 300)
        let requests = (0..<1000).map { _ in Sample.get("/x", Sample.digest) }
        let replies = try apache.transport().sendAll(requests, inFlight: 8)
        #expect(replies.allSatisfy { $0.answer?.status == 200 })
        let statuses = try apache.statuses(until: 1000, of: 200)
        #expect(statuses.count <= 1008 && statuses.filter { $0 == 401 }.count <= 8, "\(statuses.count)")
    }

    /// An expired nonce costs two messages: the 401 that says so, and the same request again.
    @Test func anExpiredNonceCostsTwoMore() throws {
        let apache = try Apache(nonceLife: 1)
        let transport = try apache.transport()
        func burst() {
            _ = transport.sendAll((0..<100).map { _ in Sample.get("/x", Sample.digest) }, inFlight: 8)
        }
        burst()
        // Until the server's own clock has passed the nonces' end.
        Thread.sleep(forTimeInterval: 2.2)
        let last = transport.sendAll((0..<100).map { _ in Sample.get("/x", Sample.digest) }, inFlight: 8)
        #expect(last.allSatisfy { $0.answer?.status == 200 || $0.answer?.isStaleChallenge == true })
        let good = 100 + last.count { $0.answer?.status == 200 }
        let statuses = try apache.statuses(until: good, of: 200)
        #expect(statuses.contains(401) && statuses.count <= 200 + 8 + 2 * 8, "\(statuses.count)")
    }

    @Test func aWrongPasswordIsRefusedAndNotTriedForEver() throws {
        let apache = try Apache(nonceLife: 300)
        let wrong = HTTPRequest.Authorization.digest(user: Sample.user, password: Secret("wrong"))
        let reply = try apache.transport().send(Sample.get("/x", wrong))
        #expect(reply.answer?.status == 401 && reply.answer?.isStaleChallenge == false)
        #expect(try apache.statuses(until: 2, of: 401) == [401, 401])
    }
}
