import Testing

/// What this version does not know is refused with 64 and a sentence, before anything is written or sent.
@Suite(.aFewAtATime) struct UsageTests {
    private static let refused = [
        "apply f.job --waves 1,2", "apply f.job --waves rest,1", "apply f.job --waves 0,rest",
        "apply f.job --waves 101%,rest", "apply f.job --waves column", "apply f.job --wave-soak 1",
        "apply f.job --stop-after-wave 0", "apply f.job --max-failures -1", "apply f.job --max-failures 101%",
        "resume f.job --stop-after-wave x", "retry f.job --only changed", "retry f.job --only failed:",
        "retry f.job --only pending", "undo f.job", "inventory --org x", "inventory --tag =x",
        "inventory --auth both",
        "roles f.csv --provider awsKms --create --job r.job", "roles f.csv --provider gcp",
        "roles f.csv --provider googleCloudKms --create", "roles f.csv --provider googleCloudKms --job r.job",
        "doctor now", "apply f.job --nonsense", "nonsense", "apply",
        "plan f.csv --target t.yaml", "apply f.job --rate fast", "apply f.job --concurrency 0",
        "apply f.job --concurrency many", "apply f.job --backoff-base 5", "apply f.job --request-timeout 0s",
        "apply f.job --max-attempts 0", "report f.job --format html", "report f.job --format nonsense",
        "status f.job --format csv", "show f.job --project nonsense",
        "plan f.csv --target t.yaml --job j --secret x", "help nope", "help retries plan", "help plan show",
        "help nope --help", "apply f.job --events -",
    ]

    @Test(arguments: refused) func usage(line: String) async throws {
        let desk = try Desk()
        let ended = try await desk.keyshift(line.split(separator: " ").map(String.init))
        #expect(ended.code == 64 || line.contains("--project nonsense"), "\(ended.testDescription)")
        #expect(!ended.err.isEmpty && ended.out == "", "\(ended.testDescription)")
        #expect(desk.folder.names == [])
    }

    /// An unset variable in a script.
    @Test(arguments: [
        ["inventory", "-o", ""], ["verify", "fleet.job", "-o", ""], ["report", "fleet.job", "-o", ""],
        ["roles", "fleet.csv", "--provider", "googleCloudKms", "-o", ""],
        ["roles", "fleet.csv", "--provider", "googleCloudKms", "--grants", ""],
        ["apply", "fleet.job", "--events", ""],
    ]) func anOutputWithoutAName(words: [String]) async throws {
        let rig = try await Rig(["--projects", "2"])
        try await rig.plan()
        let requests = try rig.simulator.log().count
        let ended = try await rig.keyshift(words)
        #expect(ended.code == 64, "\(ended.testDescription)")
        #expect(try rig.simulator.log().count == requests)
    }

    /// Words of a bad input come in sentences, not in the names of our types.
    @Test func messagesAreWords() async throws {
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id\n6790e57a9b41416f5c216fee\n")
        try desk.folder.write("target.yaml", Target.googleRole)
        let plan = ["plan", "--target", "target.yaml", "--job", "fleet.job"]
        for (address, words) in [
            ("https://user:pw@example.com", "a user, a password"), ("https://example.com/?q=1", "a query"),
            ("https://exa mple.com", "can't be read as an address"), ("http://example.com", "plain http"),
        ] {
            desk.environment["MONGODB_ATLAS_BASE_URL"] = address
            let ended = try await desk.keyshift(plan + ["fleet.csv"])
            #expect(ended.code == 78 && ended.err.contains(words), "\(ended.testDescription)")
            #expect(!ended.err.contains("extraParts") && !ended.err.contains("malformed"))
        }
        desk.environment["MONGODB_ATLAS_BASE_URL"] = nil
        for name in [".", "/", "missing/../."] {
            let ended = try await desk.keyshift(plan + [name])
            #expect(ended.code == 66, "\(ended.testDescription)")
            #expect(
                ended.err.contains("\(name): ") && !ended.err.contains("Cocoa"), "\(ended.testDescription)")
        }
        for job in ["", ".", "/"] {
            let ended = try await desk.keyshift(
                ["plan", "fleet.csv", "--target", "target.yaml", "--offline", "--job", job])
            #expect(ended.code == (job.isEmpty ? 64 : 65), "\(ended.testDescription)")
        }
        #expect(desk.folder.names == ["fleet.csv", "target.yaml"])
    }

    /// The command that made an offline plan would only make it again.
    @Test func offlineSaysHowToGoOn() async throws {
        let rig = try await Rig(["--projects", "3"])
        let plan = ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"]
        let offline = try await rig.keyshift(plan + ["--offline"])
        #expect(offline.code == 0 && offline.out.contains("without --offline"), "\(offline.testDescription)")
        for words in [["apply", "fleet.job", "--yes"], ["resume", "fleet.job"]] {
            let ended = try await rig.keyshift(words)
            #expect(ended.code == 7 && ended.err.contains("without --offline"), "\(ended.testDescription)")
        }
        let online = try await rig.keyshift(plan)
        #expect(online.code == 0 && !online.printed.contains("--offline"), "\(online.testDescription)")
    }

    @Test(arguments: [
        "--help", "version", "--version", "help retries", "help exit-codes", "help results", "help apply",
        "help", "help plan", "help help", "plan --help", "apply --help", "resume --help", "status --help",
        "report --help", "show --help",
    ])
    func help(line: String) async throws {
        let desk = try Desk()
        let ended = try await desk.keyshift(line.split(separator: " ").map(String.init))
        #expect(ended.code == 0 && !ended.out.isEmpty && ended.err.isEmpty, "\(ended.testDescription)")
    }
}
