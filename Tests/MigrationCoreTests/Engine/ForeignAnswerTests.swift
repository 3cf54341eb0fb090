import AtlasAPI
import MigrationCore
import Testing

/// Goal: a gateway's answer says nothing of a project: no result, no class, no end of an outage. Method: the rig with
/// answers of gateways in front of some calls, or of all.
@Suite struct ForeignAnswerTests {
    struct Stranger: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status = 200
        var type = "text/html"
        var body = "<html><title>Sign in</title></html>"

        var reply: Reply { FakeAtlas.answer(status, body, [("Content-Type", type)]) }
    }

    static let json = "application/json"
    static let atlas = Endpoint.identity.mediaType
    static let strangers = [
        Stranger(testDescription: "sign-in page"),
        Stranger(testDescription: "message", type: json, body: #"{"message":"queued"}"#),
        Stranger(testDescription: "empty object", type: atlas, body: "{}"),
        Stranger(testDescription: "envelope", type: atlas, body: #"{"status":200,"content":{}}"#),
        Stranger(
            testDescription: "error object", type: atlas,
            body: #"{"error":500,"errorCode":"UNEXPECTED_ERROR"}"#),
        Stranger(testDescription: "403", status: 403), Stranger(testDescription: "404", status: 404),
        Stranger(testDescription: "401", status: 401),
        Stranger(testDescription: "mesh", status: 401, type: "text/plain", body: "Jwt verification fails"),
        Stranger(testDescription: "401 JSON", status: 401, type: json, body: #"{"message":"no"}"#),
        Stranger(testDescription: "407", status: 407),
        Stranger(testDescription: "302", status: 302, body: ""),
        Stranger(testDescription: "409 JSON", status: 409, type: json, body: #"{"error":"conflict"}"#),
    ]

    static func hurry(_ settings: inout RunSettings) {
        (settings.backoffBase, settings.backoffCap) = (.milliseconds(10), .milliseconds(50))
    }

    static func isOf(_ call: FakeAtlas.Call, _ end: String) -> Bool { call.request.path.hasSuffix(end) }

    @Test(arguments: strangers) func ofOneProjectOnlyLeavesItUnread(stranger: Stranger) {
        // The others are at work while it is tried: alone it would be an outage.
        let rig = Rig(projects: 60, isPlan: true) { Self.hurry(&$0) }
        let odd = Sample.project(3)
        rig.atlas.fault = { call in
            call.project == odd && Self.isOf(call, "/encryptionAtRest") ? stranger.reply : nil
        }
        #expect(rig.run() == .completed && rig.plans.count == 59)
        #expect(rig.plans.allSatisfy { $0.planClass == .reversible })
        let tries = rig.calls.filter { $0.project == odd && $0.request.path.hasSuffix("/encryptionAtRest") }
        // A 401 is worth one new token, and then a failure like any other.
        #expect(tries.count == readTries + (stranger.status == 401 ? 1 : 0))
    }

    @Test(arguments: strangers, [1, 8]) func ofAllIsAnOutage(stranger: Stranger, concurrency: Int) {
        let rig = Rig(projects: 40, isPlan: true) { $0.concurrency = concurrency }
        // Not in front of the probe, so that only five projects in a row tell.
        rig.atlas.fault = { call in
            call.project != nil && call.now > Instant(nanoseconds: 2_000_000_000) ? stranger.reply : nil
        }
        rig.latency = .milliseconds(400)
        #expect(TroubleTests.cause(rig.run()) == .outage)
        #expect(rig.plans.allSatisfy { $0.planClass == .reversible } && rig.plans.count < 40)
        #expect(rig.notices.contains { if case .outageBegan(_, true) = $0 { true } else { false } })
        #expect(!rig.notices.contains(.outageEnded))
        guard case .halted(let halt)? = rig.engine.end else { return }
        #expect(halt.detail.contains("gateway"))
        // Four projects spend their tries before it, where they come one by one.
        #expect(rig.seconds < (concurrency == 1 ? 1800 : 1000))
    }

    /// 503s, then a sign-in page while the network comes back, then Atlas.
    @Test(arguments: strangers) func endsNoOutage(stranger: Stranger) {
        let rig = Rig(projects: 12)
        rig.atlas.fault = { call in
            guard call.project != nil else { return nil }
            let seconds = call.now.nanoseconds / 1_000_000_000
            return seconds < 100 ? FakeAtlas.answer(503, "") : seconds < 300 ? stranger.reply : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 12)
        #expect(rig.notices.count { $0 == .outageEnded } == 1)
    }

    /// A gateway that takes no token of ours for a while: one new one, and the run goes on when it does.
    @Test(arguments: [true, false]) func a401OfAGatewayIsWaitedOut(tokens: Bool) {
        let rig = Rig(projects: 12, tokens: tokens)
        rig.atlas.fault = { call in
            !call.isToken && (1..<200).contains(call.now.nanoseconds / 1_000_000_000)
                ? FakeAtlas.answer(
                    401, "Jwt verification fails", [("WWW-Authenticate", "Bearer error=\"invalid_token\"")])
                : nil
        }
        rig.latency = .milliseconds(300)
        #expect(rig.run() == .completed && rig.count(.changed) == 12)
        #expect(rig.atlas.tokens == (tokens ? 2 : 0))
        #expect(rig.notices.count { $0 == .outageEnded } <= 1)
    }

    @Test(arguments: strangers) func toALookLeavesTheProjectPending(stranger: Stranger) {
        let rig = Rig(projects: 60) { Self.hurry(&$0) }
        rig.atlas.fault = { $0.project == Sample.project(2) ? stranger.reply : nil }
        #expect(rig.run() == .completed && rig.count(.changed) == 59)
        #expect(rig.outcomes[2] == nil && !rig.patches.contains { $0.project == Sample.project(2) })
    }

    /// The PATCH may lie behind the page: it is looked at, and not sent blindly.
    @Test(arguments: strangers, [true, false]) func toAPATCHIsAnUnknownOutcome(
        stranger: Stranger, isApplied: Bool
    ) {
        let rig = Rig(projects: 3)
        rig.atlas.fault = { call in
            guard call.isPatch, call.ordinal == 1, let project = call.project else { return nil }
            if isApplied { rig.atlas.states[project]?.searchNodes = true }
            return stranger.reply
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 3)
        #expect(rig.patches.count == (isApplied ? 3 : 6))
    }

    @Test func toEveryPATCHStaysUnknown() {
        let rig = Rig(projects: 3)
        rig.atlas.fault = { $0.isPatch ? Self.strangers[0].reply : nil }
        #expect(rig.run() == .completed && rig.count(.unknown) == 3)
    }

    @Test func toTheTokenAtTheStartIsThisMachinesTrouble() {
        for body in ["<html>", "{}", #"{"token":"t"}"#, #"{"access_token":7}"#] {
            let rig = Rig(projects: 3)
            rig.atlas.fault = { $0.isToken ? FakeAtlas.answer(200, body) : nil }
            guard case .environment(let detail)? = rig.run() else {
                Issue.record("it went on after \(body)")
                continue
            }
            #expect(rig.sent.count == 3 && detail.contains("not as an OAuth server"))
        }
    }

    @Test func toARenewalIsWaitedOut() {
        let rig = Rig(projects: 60) { $0.patchInterval = .seconds(30) }
        rig.atlas.tokenLife = 300
        rig.atlas.fault = { call in
            let seconds = call.now.nanoseconds / 1_000_000_000
            return call.isToken && (200..<500).contains(seconds) ? Self.strangers[0].reply : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 60)
    }

    @Test(arguments: strangers.filter { $0.status != 302 }) func toTheIdentityIsWaitedOutOrHalts(
        stranger: Stranger
    ) {
        let rig = Rig(projects: 3)
        rig.atlas.fault = { call in
            call.isIdentity && call.now < Instant(nanoseconds: 100_000_000_000) ? stranger.reply : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 3)
        let dead = Rig(projects: 3)
        dead.atlas.fault = { $0.isIdentity ? stranger.reply : nil }
        #expect(TroubleTests.cause(dead.run()) == .outage && dead.calls.isEmpty)
    }
}
