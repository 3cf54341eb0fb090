import Foundation
import Testing

/// Goal: whatever is given as an input, and however little the process may have open, a command ends soon, with a
/// documented code and a sentence. Method: devices, pipes, streams without an end, low limits.
@Suite(.aFewAtATime) struct EndlessInputTests {
    private static let plan = ["--target", "target.yaml", "--job", "fleet.job", "--offline"]

    private func desk() throws -> Desk {
        let desk = try Desk()
        try desk.folder.write("fleet.csv", "project_id\n6790e57a9b41416f5c216fee\n")
        try desk.folder.write("target.yaml", Target.searchNodes)
        return desk
    }

    @Test(arguments: ["/dev/zero", "/dev/urandom", "/dev/null", "/dev/full", "link", "folder", "pipe"])
    func whatIsNoSheet(name: String) async throws {
        let desk = try desk()
        symlink("/dev/zero", desk.folder.file("link"))
        mkfifo(desk.folder.file("pipe"), 0o600)
        mkdir(desk.folder.file("folder"), 0o700)
        for words in [
            ["plan", name] + Self.plan,
            ["roles", name, "--provider", "googleCloudKms", "--create", "--job", "roles.job"],
        ] {
            let ended = try await desk.keyshift(words, within: .seconds(30))
            let word = name == "pipe" ? "nobody writes" : name == "folder" ? "directory" : "device"
            #expect(ended.code == 66 && ended.err.contains(word), "\(ended.testDescription)")
            #expect(ended.err.contains(name))
        }
        #expect(!desk.folder.has("fleet.job") && !desk.folder.has("roles.job"))
    }

    /// As `<(…)` and `|` give it; the writer may be slower than the patience with one that never comes.
    @Test(arguments: [
        "exec \"$0\" plan - \"$@\" < fleet.csv", "cat fleet.csv | \"$0\" plan - \"$@\"",
        "cat fleet.csv | \"$0\" plan /dev/stdin \"$@\"",
        "mkfifo p; (sleep 0.3; cat fleet.csv) > p & exec \"$0\" plan p \"$@\"",
        "(sleep 6; cat fleet.csv) | \"$0\" plan /dev/stdin \"$@\"",
    ])
    func pipes(line: String) async throws {
        let desk = try desk()
        let ended = try await desk.start(shell: line, Self.plan).end()
        #expect(ended.code == 0 && desk.folder.has("fleet.job"), "\(ended.testDescription)")
    }

    @Test(arguments: [
        ("yes", "65"), ("yes ''", "66"), ("yes project_id", "65"), ("cat /dev/zero", "65"),
        ("(echo project_id; yes)", "65"), ("(printf 'project_id\\n\"'; yes)", "65"),
        ("(echo project_id; echo 6790e57a9b41416f5c216fee; yes '')", "66"),
        ("(echo project_id; yes 6790e57a9b41416f5c216fee)", "65"),
        ("(printf 'project_id,'; yes , | tr -d '\\n')", "65"),
    ])
    func withoutAnEnd(command: String, code: String) async throws {
        let desk = try desk()
        let ended = try await desk.start(shell: "\(command) | \"$0\" plan - \"$@\"; exit $?", Self.plan)
            .end(within: .seconds(120))
        #expect(ended.code == Int32(code), "\(ended.testDescription)")
        #expect(ended.err.contains("nothing was written") && ended.err.utf8.count < 50_000)
        #expect(!desk.folder.has("fleet.job"))
    }

    /// Below four the system's loader finds no library, and says so itself (127).
    @Test(arguments: Array(4...24) + [30, 35, 40, 55, 64, 256]) func fewDescriptors(limit: Int) async throws {
        let desk = try desk()
        let shell = "ulimit -n \(limit); exec \"$0\" \"$@\""
        for words in [["plan", "fleet.csv"] + Self.plan, ["version"], ["status", "fleet.job"], ["doctor"]] {
            let ended = try await desk.start(shell: shell, words).end()
            let isTold = ended.code == 78 && ended.err.contains("ulimit -n 1024")
            let isFine = ended.code == (words[0] == "doctor" ? 3 : 0)
            #expect(
                limit < 34 ? isTold : limit >= 256 ? isFine : isTold || isFine || ended.code == 66,
                "\(limit) \(ended.testDescription)")
            #expect(ended.code != nil, "\(ended.testDescription)")
        }
    }

    @Test func limitsAreRaisedWhereTheyMayBe() async throws {
        let desk = try desk()
        let low = try await desk.start(
            shell: "ulimit -Sn 12; exec \"$0\" \"$@\"", ["plan", "fleet.csv"] + Self.plan
        ).end()
        #expect(low.code == 0, "\(low.testDescription)")
        // What a parent has left open counts too.
        let held = (3...9).map { "exec \($0)</dev/null" }.joined(separator: ";")
        let taken = try await desk.start(shell: "ulimit -n 40; \(held); exec \"$0\" \"$@\"", ["version"])
            .end()
        #expect(taken.code == 78, "\(taken.testDescription)")
        let many = try await desk.start(
            shell: "ulimit -n 64; exec \"$0\" \"$@\"", ["doctor", "--concurrency", "32"]
        ).end()
        #expect(many.code == 78 && many.err.contains("--concurrency"), "\(many.testDescription)")
    }
}
