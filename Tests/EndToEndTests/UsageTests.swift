import Testing

/// What this version does not know is refused with 64 and a sentence, before anything is written or sent.
@Suite(.aFewAtATime) struct UsageTests {
    private static let refused = [
        "apply f.job --waves 1,rest", "apply f.job --wave-soak 1m", "apply f.job --stop-after-wave 1",
        "apply f.job --max-failures 5%", "resume f.job --stop-after-wave 1", "retry f.job",
        "retry f.job --only failed:409", "verify f.job -o x.csv", "undo f.job --job g.job",
        "inventory --org x",
        "roles f.csv --provider awsKms", "doctor", "apply f.job --nonsense", "nonsense", "apply",
        "plan f.csv --target t.yaml", "apply f.job --rate fast", "apply f.job --concurrency 0",
        "apply f.job --concurrency many", "apply f.job --backoff-base 5", "apply f.job --request-timeout 0s",
        "apply f.job --max-attempts 0", "report f.job --format html", "report f.job --format nonsense",
        "status f.job --format csv", "show f.job --project nonsense",
        "plan f.csv --target t.yaml --job j --secret x",
    ]

    @Test(arguments: refused) func usage(line: String) async throws {
        let desk = try Desk()
        let ended = try await desk.keyshift(line.split(separator: " ").map(String.init))
        #expect(ended.code == 64 || line.contains("--project nonsense"), "\(ended.testDescription)")
        #expect(!ended.err.isEmpty && ended.out == "", "\(ended.testDescription)")
        #expect(desk.folder.names == [])
    }

    @Test(arguments: [
        "--help", "version", "--version", "help retries", "help exit-codes", "help results", "help apply",
        "plan --help", "apply --help", "resume --help", "status --help", "report --help", "show --help",
    ])
    func help(line: String) async throws {
        let desk = try Desk()
        let ended = try await desk.keyshift(line.split(separator: " ").map(String.init))
        #expect(ended.code == 0 && !ended.out.isEmpty && ended.err.isEmpty, "\(ended.testDescription)")
    }
}
