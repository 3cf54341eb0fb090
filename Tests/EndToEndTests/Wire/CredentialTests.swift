import Testing

/// Credentials of both kinds work from the environment and from a file; what does not fit together or is not safe is
/// refused with 78, and what Atlas refuses with 10.
@Suite(.aFewAtATime) struct CredentialTests {
    private static let planning = ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"]

    @Test func apiKey() async throws {
        let rig = try await Rig([
            "--projects", "40", "--scenario", "google-mixed", "--storm", "stormy", "--nonce-uses", "7",
        ])
        rig.useAPIKey()
        try await rig.plan()
        var ended = try await rig.apply()
        if ended.code == 6 { ended = try await rig.resumeToTheEnd().last }
        #expect([0, 3].contains(ended.code), "\(ended.testDescription)")
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        audit.changesFollowReads()
        try audit.changesHaveIntents(rig.job)
        #expect(audit.truth.tokensIssued == 0)
    }

    @Test func wrongOnes() async throws {
        let rig = try await Rig(["--projects", "5"])
        rig.environment["MONGODB_ATLAS_CLIENT_SECRET"] = "mdb_sa_sk_wrong"
        try await rig.plan(expecting: 10)
        rig.useAPIKey(Desk.apiKey.id, "wrong")
        try await rig.plan(expecting: 10)
        #expect(try rig.simulator.log().allSatisfy { $0.project == nil || !$0.authenticated })
        rig.useAPIKey()
        try await rig.plan()
        rig.useAPIKey(Desk.apiKey.id, "wrong")
        try await rig.apply(expecting: 10)
        #expect(try rig.results().allSatisfy { $0["result"] == "pending" })
        rig.useAPIKey()
        try await rig.resume(expecting: 0)
        try Audit(rig).rowsAreTrue()
    }

    @Test func shortLivedTokensAreRenewed() async throws {
        let rig = try await Rig(["--projects", "60", "--token-life", "2s", "--latency", "5ms..10ms"])
        try await rig.plan()
        try await rig.apply(["--rate", "15/s"], expecting: 0)
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        #expect(audit.truth.tokensIssued > 2)
        #expect(!audit.log.contains { $0.status == 401 && $0.authenticated })
    }

    @Test func file() async throws {
        let rig = try await Rig(["--projects", "5"])
        let text = """
            # Atlas
            MONGODB_ATLAS_CLIENT_ID=\(Desk.clientID)
            MONGODB_ATLAS_CLIENT_SECRET=\(Desk.clientSecret)
            MONGODB_ATLAS_BASE_URL=\(rig.simulator.address)

            """
        rig.environment = [:]
        try rig.folder.write("atlas.env", text, mode: 0o600)
        let flag = ["--credentials", "atlas.env"]
        try await rig.plan(flag)
        try await rig.apply(flag, expecting: 0)
        for mode in [0o644, 0o640, 0o604] {
            try rig.folder.write("open.env", text, mode: mode)
            let ended = try await rig.keyshift(Self.planning + ["--credentials", "open.env"])
            #expect(ended.code == 78 && ended.err.contains("open.env"), "\(ended.testDescription)")
            #expect(!ended.printed.contains(Desk.clientSecret))
        }
        let missing = try await rig.keyshift(Self.planning + ["--credentials", "none.env"])
        // A missing file is 66 or 78: the contract names both for it.
        #expect([66, 78].contains(missing.code), "\(missing.testDescription)")
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var environment: [String: String]
        var flags: [String] = []
        var testDescription: String { name }
    }

    private static let account = [
        "MONGODB_ATLAS_CLIENT_ID": Desk.clientID, "MONGODB_ATLAS_CLIENT_SECRET": "CANARY",
    ]
    private static let key = [
        "MONGODB_ATLAS_PUBLIC_API_KEY": "k", "MONGODB_ATLAS_PRIVATE_API_KEY": "CANARY",
    ]
    private static let here = ["MONGODB_ATLAS_BASE_URL": "http://127.0.0.1:1"]

    private static func at(_ address: String) -> [String: String] {
        account.merging(["MONGODB_ATLAS_BASE_URL": address]) { $1 }
    }

    private static func odd(_ name: String, _ value: String) -> [String: String] {
        here.merging(account) { $1 }.merging([name: value]) { $1 }
    }

    private static let refused = [
        Case(name: "none", environment: here),
        Case(name: "both", environment: here.merging(account) { $1 }.merging(key) { $1 }),
        Case(name: "half", environment: here.merging(["MONGODB_ATLAS_PRIVATE_API_KEY": "CANARY"]) { $1 }),
        Case(name: "a line end in a secret", environment: odd("MONGODB_ATLAS_CLIENT_SECRET", "CANARY\r")),
        Case(name: "a line feed in an id", environment: odd("MONGODB_ATLAS_CLIENT_ID", "id\n")),
        Case(
            name: "a control character in a key",
            environment: here.merging(key) { $1 }.merging(["MONGODB_ATLAS_PRIVATE_API_KEY": "CANARY\u{7F}"]) {
                $1
            }),
        Case(name: "plain http", environment: at("http://cloud.mongodb.com")),
        Case(name: "plain http to a look-alike", environment: at("http://127.0.0.1.example.com")),
        Case(name: "plain http with a user", environment: at("http://127.0.0.1:1@example.com")),
        Case(name: "https with a password", environment: at("https://user:CANARY@cloud.mongodb.com")),
        Case(name: "another scheme", environment: at("ftp://cloud.mongodb.com")),
        Case(name: "no scheme", environment: at("cloud.mongodb.com")),
        Case(name: "no CA file", environment: at("https://127.0.0.1:1"), flags: ["--ca-file", "none.pem"]),
        Case(
            name: "a bad organisation",
            environment: here.merging(account) { $1 }.merging(["MONGODB_ATLAS_ORG_ID": "CANARY"]) { $1 }),
    ]

    @Test(arguments: refused) func environmentRefused(_ one: Case) async throws {
        let desk = try Desk()
        desk.environment = one.environment
        try desk.folder.write("fleet.csv", "project_id\n6790e57a9b41416f5c216fee\n")
        try desk.folder.write("target.yaml", Target.googleRole)
        let ended = try await desk.keyshift(
            Self.planning + ["--verbose", "--outage-patience", "200ms"] + one.flags)
        #expect(ended.code == 78, "\(ended.testDescription)")
        #expect(!ended.printed.contains("CANARY"), "\(ended.testDescription)")
        #expect(desk.folder.names == ["fleet.csv", "target.yaml"], "\(ended.testDescription)")
    }
}
