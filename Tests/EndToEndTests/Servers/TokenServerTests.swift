import Testing

/// Goal: tokens of a server that is not ours are fetched no oftener than they must be, never used too long, and given
/// back. Method: whole runs with Authlib's server, whose own log says what it was asked.
@Suite(.aFewAtATime, .enabled(if: Servers.areThere, "scripts/servers could not bring Authlib"))
struct TokenServerTests {
    private static let life = 3.0
    /// The smaller of ten minutes and a fifth of the life (contract section 2).
    private static let margin = min(600, life * 0.2)

    @Test func tokensThatLiveThreeSeconds() async throws {
        let rig = try await Rig([
            "--projects", "500", "--scenario", "google-static", "--state", "state.json",
            "--latency", "20ms..60ms",
        ])
        let tokens = try await TokenServer.start(life: Int(Self.life))
        let nginx = try await Nginx.start(before: rig.simulator, tokens.guarding(rig.simulator))
        rig.go(through: nginx)
        let flags = ["--ca-file", nginx.caFile, "--concurrency", "24"]
        let runs = [
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"],
            ["apply", "fleet.job", "--rate", "none", "--yes", "--confirm-irreversible", "500"] + Rig.unruled,
        ]
        for run in runs {
            let before = tokens.answers().count
            let start = ContinuousClock.now
            let ended = try await rig.keyshift(run + flags, within: .seconds(200))
            let time = (ContinuousClock.now - start) / .seconds(1)
            #expect(ended.code == 0, "\(ended.testDescription)")
            let answers = tokens.answers().dropFirst(before)
            let fetches = answers.filter { $0.hasPrefix("token") }.count
            let most = 1 + Int((time / (Self.life - Self.margin)).rounded(.up))
            #expect(fetches >= 2 && fetches <= most, "\(fetches) in \(time) s, at most \(most)")
            #expect(answers.last == "revoke 200", "the last token is given back")
        }
        let audit = try await rig.prove()
        #expect(audit.counts == ["changed": 500])
    }

    @Test func aWrongSecretEndsWithOneQuestion() async throws {
        let rig = try await Rig(
            ["--projects", "2", "--scenario", "google-static"], clientSecret: "mdb_sa_sk_wrong_9021")
        let tokens = try await TokenServer.start(life: 60)
        let nginx = try await Nginx.start(before: rig.simulator, tokens.guarding(rig.simulator))
        rig.go(through: nginx)
        let planned = try await rig.plan(["--ca-file", nginx.caFile], expecting: 10)
        #expect(planned.err.contains("invalid_client") && !planned.printed.contains("9021"))
        #expect(tokens.answers() == ["token 401"])
    }
}
