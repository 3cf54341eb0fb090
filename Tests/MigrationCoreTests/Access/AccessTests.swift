import AtlasAPI
import MigrationCore
import Testing

/// Goal: one token for all, renewed in time; a 401 is the run's or the project's as the probe tells. Method: the access
/// driven by hand, with replies and moments.
@Suite struct AccessTests {
    struct Bench {
        var access: Access
        var dice = Dice(seed: 1)
        var seconds = 0.0

        init(tokens: Bool) {
            let secret = Secret("s")
            let credentials: Credentials =
                tokens
                ? .serviceAccount(clientID: "id", secret: secret)
                : .apiKey(publicKey: "p", privateKey: secret)
            access = Access(credentials, settings: RunSettings())
        }

        var now: Now {
            Now(instant: Instant(nanoseconds: Int64((seconds * 1e9).rounded())), wall: Int64(seconds * 1000))
        }
        var isOpen: Bool { access.authorization(now: now.instant) != nil }

        mutating func challenged(_ generation: Int? = nil) -> Bool {
            access.challenged(generation: generation ?? access.generation)
        }

        mutating func revoke() -> HTTPRequest? { access.dueRevoke(now: now.instant) }

        mutating func due() -> Access.Call? { access.due(now: now.instant)?.0 }

        /// `body`: nil for an error in the endpoint's own shape.
        mutating func end(_ call: Access.Call, _ status: Int, _ body: String? = nil, stale: Bool = false)
            -> [String]
        {
            let error = call == .token ? #"{"error":"invalid_client"}"# : #"{"errorCode":"UNEXPECTED_ERROR"}"#
            let type = call == .token ? "application/json" : Endpoint.identity.mediaType
            let answer = HTTPAnswer(
                status: status, headers: HTTPHeaders([("Content-Type", type)]),
                body: Array((body ?? error).utf8),
                isStaleChallenge: stale)
            return end(call, .answered(answer))
        }

        mutating func end(_ call: Access.Call, _ reply: Reply) -> [String] {
            access.ended(call, reply, now: now, dice: &dice).compactMap { news in
                switch news {
                case .held: nil
                case .renewed: "renewed"
                case .acquitted: "acquitted"
                case .present: "present"
                case .absent: "absent"
                case .organisation(let id): "organisation \(id)"
                case .ended(.halted(let halt)): "halted \(halt.cause.rawValue)"
                case .ended(.accessRefused): "refused"
                case .ended(.environment): "environment"
                case .ended: "ended"
                }
            }
        }

        mutating func token(life: Int = 3600) -> [String] {
            end(.token, 200, #"{"access_token":"t","expires_in":\#(life)}"#)
        }

        static func ready(tokens: Bool) -> Bench {
            var bench = Bench(tokens: tokens)
            if tokens {
                #expect(bench.due() == .token)
                _ = bench.token()
            }
            #expect(bench.due() == .identity)
            _ = bench.end(.identity, 200, AccessTests.orgs)
            return bench
        }
    }

    static let orgs = #"{"results":[{"id":"\#(Sample.organisation)"}]}"#

    @Test(arguments: [true, false]) func nothingLeavesBeforeTheIdentityIsKnown(tokens: Bool) {
        var bench = Bench(tokens: tokens)
        #expect(!bench.isOpen)
        if tokens {
            #expect(bench.due() == .token && bench.due() == nil && bench.access.isBusy)
            #expect(bench.token() == [] && !bench.isOpen)
        }
        #expect(bench.due() == .identity && bench.due() == nil)
        #expect(bench.end(.identity, 200, Self.orgs) == ["organisation \(Sample.organisation)"])
        #expect(bench.isOpen && bench.due() == nil)
    }

    @Test(
        arguments: [
            (.token, 401, "refused"), (.token, 400, "refused"), (.token, 403, "refused"),
            (.identity, 401, "refused"),
            (.identity, 406, "halted api_version"), (.identity, 410, "halted api_version"),
            (.token, 404, "refused"),
        ] as [(Access.Call, Int, String)]) func fatal(call: Access.Call, status: Int, news: String)
    {
        var bench = Bench(tokens: true)
        _ = bench.due()
        if call == .identity {
            _ = bench.token()
            _ = bench.due()
        }
        #expect(bench.end(call, status) == [news])
    }

    /// Three probes tell an outage, and they are in a row: a good answer of a project between two begins anew.
    @Test(arguments: [0, 1, 2]) func aGoodAnswerBetweenProbesBeginsAnew(before: Int) {
        var bench = Bench.ready(tokens: false)
        let asks = bench.access.suspectOutage(now: bench.now.instant)
        #expect(asks)
        for number in 1...before + 3 {
            bench.seconds += 100
            #expect(bench.due() == .identity)
            #expect(bench.end(.identity, 503) == (number == before + 3 ? ["absent"] : []), "\(number)")
            if number == before { bench.access.atlasAnswered() }
        }
    }

    @Test func accessListProxyAndTLS() {
        var bench = Bench(tokens: false)
        _ = bench.due()
        #expect(bench.end(.identity, 403, #"{"errorCode":"IP_ADDRESS_NOT_ON_ACCESS_LIST"}"#) == ["refused"])
        for kind in [TransportFailure.Kind.tls, .proxy] {
            var broken = Bench(tokens: false)
            _ = broken.due()
            #expect(broken.end(.identity, .notSent(TransportFailure(kind, "bad chain"))) == ["environment"])
        }
    }

    /// A network's sign-in page: the credentials are not to blame.
    @Test(arguments: [301, 302, 307]) func redirectsEndTheRun(status: Int) {
        for tokens in [false, true] {
            var bench = Bench(tokens: tokens)
            _ = bench.due()
            #expect(bench.end(tokens ? .token : .identity, status, "<html>") == ["environment"])
        }
    }

    @Test func aCredentialThatMayNotListOrganisationsWorks() {
        var bench = Bench(tokens: false)
        _ = bench.due()
        #expect(bench.end(.identity, 403, #"{"errorCode":"ACCESS_FORBIDDEN"}"#) == [] && bench.isOpen)
    }

    /// How often in a row is the transport's to bound.
    @Test func aStaleChallengeMeansTheSameCallAgain() {
        var bench = Bench(tokens: false)
        #expect(bench.due() == .identity && bench.end(.identity, 401, stale: true) == [])
        #expect(bench.due() == .identity && bench.end(.identity, 401) == ["refused"])
    }

    @Test func renewsBeforeTheEnd() {
        for (life, renewAt) in [(3600, 3000.0), (1000, 800), (10, 8)] {
            var bench = Bench(tokens: true)
            _ = bench.due()
            _ = bench.token(life: life)
            _ = bench.due()
            _ = bench.end(.identity, 200, Self.orgs)
            #expect(bench.access.wakeAt?.nanoseconds == Int64(renewAt * 1e9))
            bench.seconds = renewAt - 0.1
            #expect(bench.due() == nil && bench.isOpen)
            bench.seconds = renewAt
            // The old one serves until the new one is here.
            #expect(bench.due() == .token && bench.isOpen)
            bench.seconds = Double(life)
            #expect(!bench.isOpen)
            #expect(bench.token(life: life) == [] && bench.isOpen)
        }
    }

    @Test func a401GetsOneNewTokenThenAProbe() {
        var bench = Bench.ready(tokens: true)
        let first = bench.access.generation
        #expect(bench.challenged(first) == false && !bench.isOpen)
        #expect(bench.challenged(first) == false)
        #expect(bench.due() == .token && bench.token() == ["renewed"] && bench.isOpen)
        // Late answers to the old token just go again.
        #expect(bench.challenged(first) == true)
        #expect(bench.challenged() == false)
        #expect(bench.due() == .identity && bench.end(.identity, 200, Self.orgs) == ["acquitted"])
        // The next 401 has its own probe and no new token.
        #expect(bench.challenged() == false)
        #expect(bench.due() == .identity)
        // Revoked since the last probe: once more a new token.
        #expect(bench.end(.identity, 401) == [] && bench.due() == .token && bench.token() == ["renewed"])
        #expect(bench.challenged() == false)
        #expect(bench.due() == .identity && bench.end(.identity, 401) == ["refused"])
    }

    @Test func anAPIKeyIsProbedAtOnce() {
        var bench = Bench.ready(tokens: false)
        #expect(bench.challenged() == false)
        #expect(bench.due() == .identity && bench.end(.identity, 401) == ["refused"])
    }

    @Test(arguments: [(503, "halted outage"), (429, "halted rate_limit")])
    func troubleIsWaitedOut(status: Int, news: String) {
        var bench = Bench(tokens: true)
        var last: [String] = []
        var calls = 0
        while last.isEmpty, calls < 1000 {
            if let at = bench.access.wakeAt { bench.seconds = max(bench.seconds, at.nanoseconds.seconds) }
            #expect(bench.due() == .token)
            let before = bench.seconds
            last = bench.end(.token, status)
            calls += 1
            if status == 429, last.isEmpty, let at = bench.access.wakeAt {
                #expect(at.nanoseconds.seconds >= before + 1)
            }
        }
        #expect(last == [news] && bench.seconds >= 900 && bench.seconds < 961 && calls < 200)
    }

    @Test func revokesOnce() {
        var bench = Bench.ready(tokens: true)
        let request = bench.revoke()
        #expect(request?.path == "/api/oauth/revoke")
        #expect(bench.revoke() == nil)
        var key = Bench.ready(tokens: false)
        #expect(key.revoke() == nil)
        var old = Bench.ready(tokens: true)
        old.seconds = 3600
        #expect(old.revoke() == nil)
    }
}

extension Int64 {
    fileprivate var seconds: Double { Double(self) / 1e9 }
}
