import AtlasAPI
import AtlasSimulation
import Testing

@Suite struct AuthenticationTests {
    @Test func theResponseOfRFC7616() {
        let response = DigestGate.response(
            user: "Mufasa", realm: "http-auth@example.org", password: "Circle of Life", method: "GET",
            uri: "/dir/index.html", nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", count: "00000001",
            clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
        #expect(response == "8ca523f5e9506fed4657c9700eebdbec")
    }

    static func header(
        _ challenge: String, uri: String, count: String = "00000001",
        password: String = "simulator-private-key"
    ) -> String {
        let nonce = String(challenge.split(separator: "nonce=\"")[1].prefix { $0 != "\"" })
        let response = DigestGate.response(
            user: "simulator", realm: DigestGate.realm, password: password, method: "GET", uri: uri,
            nonce: nonce, count: count, clientNonce: "abc")
        return
            "Digest username=\"simulator\", realm=\"\(DigestGate.realm)\", nonce=\"\(nonce)\", uri=\"\(uri)\", "
            + "cnonce=\"abc\", nc=\(count), qop=auth, response=\"\(response)\", algorithm=MD5"
    }

    @Test func aNonceLivesForItsTimeAndCountsUp() throws {
        var rig = Rig()
        let uri = rig.encryptionPath()
        let first = rig.send("GET", uri, identity: .header)
        #expect(first.verdict == "401 UNEXPECTED_ERROR")
        #expect(first.entry.isAuthenticated == false)
        #expect(first.entry.ordinal == nil)
        let challenge = try #require(first.answer.headers["WWW-Authenticate"])
        #expect(challenge.hasPrefix(#"Digest realm="MMS Public API", domain="", nonce=""#))
        #expect(challenge.hasSuffix(#"", algorithm=MD5, qop="auth", stale=false"#))

        func status(_ header: String) -> Int {
            var headers = Rig.versioned
            headers.add("Authorization", header)
            return rig.send("GET", uri, headers: headers, identity: .header).answer.status
        }
        #expect(status(Self.header(challenge, uri: uri, password: "wrong")) == 401)
        #expect(status(Self.header(challenge, uri: uri)) == 200)
        #expect(status(Self.header(challenge, uri: uri)) == 401)
        #expect(status(Self.header(challenge, uri: uri, count: "00000002")) == 200)
        #expect(status(Self.header(challenge, uri: uri + "?x=1", count: "00000003")) == 401)
        rig.now += 300_000
        #expect(status(Self.header(challenge, uri: uri, count: "00000004")) == 401)
    }

    @Test func aNonceCanHaveAFewUsesOnly() throws {
        var rig = Rig()
        rig.atlas.options.nonceUses = 1
        let uri = rig.encryptionPath()
        let challenge = try #require(
            rig.send("GET", uri, identity: .header).answer.headers["WWW-Authenticate"])
        var statuses: [Int] = []
        for count in ["00000001", "00000002"] {
            var headers = Rig.versioned
            headers.add("Authorization", Self.header(challenge, uri: uri, count: count))
            statuses.append(rig.send("GET", uri, headers: headers, identity: .header).answer.status)
        }
        #expect(statuses == [200, 401])
    }

    @Test func aWrongKeyLooksLikeAFirstLeg() {
        var rig = Rig()
        let answer = rig.send(
            "GET", "/api/atlas/v2/groups", identity: .apiKey(user: "simulator", password: Secret("x")))
        #expect(answer.verdict == "401 UNEXPECTED_ERROR")
        #expect(answer.answer.headers["X-Error-Code"] == nil)
        #expect(answer.answer.headers["RateLimit-Limit"] == nil)
    }

    static let good = SimulatedRequest(
        OAuth.tokenRequest(
            clientID: SimulatedCredentials().clientID, clientSecret: Secret("mdb_sa_sk_simulator")))

    @Test func aTokenLivesUntilItsEndOrItsRevocation() throws {
        var rig = Rig()
        func bearer(_ token: Secret) -> Int {
            let endpoint = Endpoint.identity.request(authorization: .bearer(token))
            return rig.atlas.handle(SimulatedRequest(endpoint), now: rig.now).answer.status
        }
        let first = try #require(OAuth.token(from: rig.atlas.handle(Self.good, now: rig.now).answer))
        #expect(first.life == .seconds(3600))
        #expect(bearer(first.value) == 200)
        #expect(bearer(Secret("unknown")) == 401)
        rig.now += 3_599_999
        #expect(bearer(first.value) == 200)
        rig.now += 1
        #expect(bearer(first.value) == 401)
        let second = try #require(OAuth.token(from: rig.atlas.handle(Self.good, now: rig.now).answer))
        #expect(bearer(second.value) == 200)
        let revoke = OAuth.revokeRequest(
            token: second.value, clientID: SimulatedCredentials().clientID,
            clientSecret: Secret(SimulatedCredentials().clientSecret))
        let revoked = rig.atlas.handle(SimulatedRequest(revoke), now: rig.now).answer
        #expect(revoked.status == 200 && revoked.body.isEmpty)
        #expect(bearer(second.value) == 401)
    }

    @Test(arguments: [
        ("wrong", "grant_type=client_credentials", "401 invalid_client"),
        ("mdb_sa_sk_simulator", "grant_type=password", "400 unsupported_grant_type"),
        ("mdb_sa_sk_simulator", "", "400 invalid_request"),
    ])
    func tokenErrors(secret: String, form: String, verdict: String) {
        var rig = Rig()
        var request = SimulatedRequest(
            OAuth.tokenRequest(clientID: SimulatedCredentials().clientID, clientSecret: Secret(secret)))
        request.body = Array(form.utf8)
        let answer = rig.atlas.handle(request, now: rig.now)
        #expect("\(answer.answer.status) \(answer.json["error"]?.string ?? "")" == verdict)
    }

    @Test func theTokenEndpointHasALimiterOfItsOwn() {
        var rig = Rig()
        let statuses = (0..<51).map { _ in rig.atlas.handle(Self.good, now: rig.now).answer.status }
        #expect(statuses == Array(repeating: 200, count: 50) + [429])
        #expect(rig.atlas.handle(Self.good, now: rig.now).code == "RATE_LIMITED")
        #expect(rig.atlas.handle(Self.good, now: rig.now + 60_000).answer.status == 200)
    }
}
