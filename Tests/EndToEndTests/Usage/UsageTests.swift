import Foundation
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

    /// An unset variable in a script, a folder, standard input for what must have a name: of every command and flag that
    /// takes a file.
    @Test(arguments: ["", " ", "\u{A0}", "-", "out/", "/", ".", "..", "out/.", "./..", "a/../"])
    func whatIsNoFilesName(name: String) async throws {
        let desk = try Desk()
        try desk.folder.write("f.csv", "project_id\n6790e57a9b41416f5c216fee\n")
        let plan = ["plan", "f.csv", "--offline"]
        let lines = [
            plan + ["--target", "t.yaml", "--job", name], plan + ["--target", name, "--job", "f.job"],
            ["show", name], ["apply", name], ["resume", name], ["retry", name], ["status", name],
            ["verify", name],
            ["report", name], ["undo", name, "--job", "b.job"], ["undo", "f.job", "--job", name],
            ["roles", "f.csv", "--provider", "googleCloudKms", "--create", "--job", name],
            ["apply", "f.job", "--events", name], ["doctor", "--credentials", name],
            ["doctor", "--ca-file", name],
        ]
        // Those may be standard input and output.
        let streams = [
            ["plan", name, "--target", "t.yaml", "--job", "f.job"],
            ["roles", name, "--provider", "googleCloudKms"],
            ["roles", "f.csv", "--provider", "googleCloudKms", "--grants", name], ["inventory", "-o", name],
            ["roles", "f.csv", "--provider", "googleCloudKms", "-o", name],
            ["verify", "f.job", "--output", name],
            ["report", "f.job", "-o", name],
        ]
        for line in lines + (name == "-" ? [] : streams) {
            let ended = try await desk.keyshift(line)
            #expect(ended.code == 64 && ended.out == "", "\(line): \(ended.testDescription)")
            #expect(ended.err.contains("file"), "\(line): \(ended.testDescription)")
            #expect(desk.folder.names == ["f.csv"], "\(line)")
        }
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
        try FileManager.default.createDirectory(
            atPath: desk.folder.file("folder"), withIntermediateDirectories: false)
        let sheet = try await desk.keyshift(plan + ["folder"])
        #expect(sheet.code == 66 && sheet.err.contains("folder: "), "\(sheet.testDescription)")
        #expect(!sheet.err.contains("Cocoa"), "\(sheet.testDescription)")
        let job = try await desk.keyshift(
            ["plan", "fleet.csv", "--target", "target.yaml", "--offline", "--job", "folder"])
        #expect(job.code == 65, "\(job.testDescription)")
        #expect(desk.folder.names == ["fleet.csv", "folder", "target.yaml"])
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
