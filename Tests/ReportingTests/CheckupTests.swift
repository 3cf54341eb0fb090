import AtlasAPI
import Reporting
import Testing

/// Goal: what an answer says is told in the right level, with advice. Method: answers as Atlas and gateways give them.
@Suite struct CheckupTests {
    static func answer(_ status: Int, _ body: String, _ headers: [(String, String)] = []) -> Reply {
        // Atlas's successes have the versioned type.
        let type = body.hasPrefix("{") && status == 200 ? [("Content-Type", Endpoint.identity.mediaType)] : []
        return .answered(
            HTTPAnswer(
                status: status, headers: HTTPHeaders((headers + type).map { (name: $0.0, value: $0.1) }),
                body: Array(body.utf8)))
    }

    @Test(arguments: [
        (Int64(0), Finding.Level.ok), (59_000, .ok), (-59_000, .ok), (61_000, .warn), (-7_200_000, .warn),
    ])
    func clock(skew: Int64, level: Finding.Level) {
        let date = HTTPHeaders([(name: "date", value: "Thu, 01 Jan 2026 00:00:00 GMT")])
        let answer = HTTPAnswer(status: 200, headers: date, body: [])
        let finding = Checkup.clock(answer, now: 1_767_225_600_000 + skew)
        #expect(finding.level == level, "\(finding)")
        #expect(level == .ok || finding.text.contains(skew > 0 ? "ahead" : "behind"))
    }

    @Test func clockWithoutADate() {
        let answer = HTTPAnswer(status: 200, headers: HTTPHeaders(), body: [])
        #expect(Checkup.clock(answer, now: 0).level == .warn)
    }

    @Test func connections() {
        func finding(_ reply: Reply, used: Bool = false) -> Finding {
            Checkup.connection(reply, httpVersion: "HTTP/2", proxy: "p:1", usedProxy: used)
        }
        #expect(finding(Self.answer(401, ""), used: true).text == "HTTP/2 through the proxy p:1")
        #expect(finding(Self.answer(401, "")).text == "HTTP/2, not through the proxy p:1")
        let portal = finding(Self.answer(302, ""))
        #expect(portal.level == .fail && portal.advice?.contains("sign-in") == true)
        let failed = finding(.notSent(TransportFailure(.proxy, "no")))
        #expect(failed.level == .fail && failed.text.contains("names the proxy p:1"))
    }

    @Test func tokens() {
        let good = Self.answer(200, #"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#)
        #expect(Checkup.token(good).0.level == .ok && Checkup.token(good).1 != nil)
        let wrong = Checkup.token(Self.answer(401, #"{"error":"invalid_client"}"#)).0
        #expect(wrong.level == .fail && wrong.isAccess)
        for reply in [
            Self.answer(200, "<html>"), Self.answer(429, "{}"), Self.answer(503, "<html>"),
            .notSent(TransportFailure(.connect, "x")),
        ] {
            let finding = Checkup.token(reply).0
            #expect(
                finding.level == .fail && finding.isAccess == false && finding.advice != nil, "\(finding)")
        }
    }

    @Test(arguments: [
        (401, "UNEXPECTED_ERROR", "credentials", true),
        (403, "IP_ADDRESS_NOT_ON_ACCESS_LIST", "access list", true),
        (403, "ORG_REQUIRES_WHITELIST", "access list", true), (406, "X", "API version", false),
        (500, "UNEXPECTED_ERROR", "credentials", false),
    ])
    func refusals(status: Int, code: String, subject: String, isAccess: Bool) {
        let reply = Self.answer(status, #"{"error":\#(status),"errorCode":"\#(code)"}"#)
        let findings = Checkup.identity(reply, given: nil)
        #expect(findings.count == 1 && findings[0].level == .fail && findings[0].subject.rawValue == subject)
        #expect(findings[0].isAccess == isAccess && findings[0].advice != nil)
    }

    @Test func whoMayNotListOrganisationsMayStillPlan() {
        let reply = Self.answer(403, #"{"error":403,"errorCode":"ACCESS_FORBIDDEN"}"#)
        #expect(Checkup.identity(reply, given: nil).map(\.level) == [.warn])
    }

    @Test func limitsOfOtherPlacesAreNotOurs() {
        let set =
            #""capacity":{"value":9},"refillRate":{"value":3},"refillDurationSeconds":{"value":60},"scope":"GROUP""#
        func list(_ path: String) -> Reply {
            Self.answer(200, #"{"results":[{\#(set),"endpoints":[{"method":"GET","path":"\#(path)"}]}]}"#)
        }
        let ours = Checkup.limits(list("/api/atlas/v2/groups/{groupId}/encryptionAtRest"))
        #expect(ours.text == "encryption at rest: 9 requests, then 3 in 60 s, for each group")
        #expect(Checkup.limits(list("/api/atlas/v2/groups")).text.contains("none is named"))
        #expect(Checkup.limits(Self.answer(404, "")).level == .warn)
    }

    @Test func aLineKeepsControlCharactersOut() {
        #expect(Finding.ok(.organisation, "a\u{1B}[2Jb").line == "ok    organisation: a\\u{1b}[2Jb\n")
    }
}

/// Goal: whoever answers in Atlas's place is told as that, and not as wrong credentials. Method: a gateway's answers.
@Suite struct CheckupOfStrangersTests {
    static let replies = [200, 302, 401, 403, 404].map { status in
        CheckupTests.answer(status, "<html><title>Sign in</title>", [("Content-Type", "text/html")])
    }

    @Test(arguments: replies) func isNoFaultOfTheCredentials(reply: Reply) {
        let findings =
            [Checkup.token(reply).0, Checkup.projects(reply)] + Checkup.identity(reply, given: nil)
        for finding in findings {
            #expect(finding.level == .fail && !finding.isAccess, "\(finding)")
            #expect(finding.text.contains("gateway") && finding.text.contains("Sign in"), "\(finding)")
        }
    }

    @Test func aFullPageSaysOrMore() {
        let entry = #"{"id":"65aa00000000000000000001","name":"n","orgId":"65ff00000000000000000009"}"#
        let full = Array(repeating: entry, count: 500).joined(separator: ",")
        #expect(
            Checkup.projects(CheckupTests.answer(200, #"{"results":[\#(full)]}"#)).text == "500 or more seen")
        #expect(
            Checkup.projects(CheckupTests.answer(200, #"{"results":[\#(entry)],"links":[]}"#)).text
                == "1 seen")
    }

    @Test(arguments: [
        (429, "30", "the server asks to wait 30s, until 10:00:30Z (HTTP 429)"),
        (503, "PT2M", "the server asks to wait 2m, until 10:02:00Z (HTTP 503)"),
        (503, "Mon, 02 Mar 2026 10:00:07 GMT", "the server asks to wait 7s, until 10:00:07Z (HTTP 503)"),
        (429, "soon", "Retry-After \"soon\" can't be read"), (503, "-5", "Retry-After \"-5\" can't be read"),
    ]) func whatAServerAsksIsTold(status: Int, header: String, text: String) {
        // 2026-03-02T10:00:00Z
        let now = Now(instant: Instant(nanoseconds: 5), wall: 1_772_445_600_000)
        func wait(_ status: Int, _ headers: [(name: String, value: String)]) -> Finding? {
            Checkup.wait(
                .answered(HTTPAnswer(status: status, headers: HTTPHeaders(headers), body: [])), now: now)
        }
        let found = wait(status, [("Retry-After", header)])
        #expect(found?.text == text && found?.level == .warn && found?.advice != nil, "\(found?.line ?? "")")
        #expect(wait(200, [("Retry-After", header)]) == nil && wait(status, []) == nil)
        #expect(wait(status, [("Retry-After", "0")]) == nil)
        #expect(Checkup.wait(.notSent(TransportFailure(.connect, "x")), now: now) == nil)
    }
}
