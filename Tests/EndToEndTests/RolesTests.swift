import Foundation
import Testing

/// Goal: each project ends with one role, through storms and kills, and what `roles` writes goes straight on. Method:
/// the program against the simulator; the simulator's log says how many roles were made.
@Suite(.aFewAtATime) struct RolesTests {
    static let google = ["roles", "fleet.csv", "--provider", "googleCloudKms"]
    static let create = google + ["--create", "--job", "roles.job", "--role-patience", "2s"] + Rig.quick

    /// Roles that the simulator made, by project.
    private func made(_ rig: Rig) throws -> [String: Int] {
        try rig.simulator.log().filter { $0.method == "POST" && $0.applied }.reduce(into: [:]) {
            $0[$1.project ?? "", default: 0] += 1
        }
    }

    private func missing(_ rig: Rig) async throws -> Int {
        let listed = try await rig.keyshift(Self.google)
        #expect(listed.code == 3 && !rig.folder.has("roles.job"), "\(listed.testDescription)")
        let line = try #require(listed.out.split(separator: "\n").first { $0.contains("  missing  ") })
        return try #require(line.split(separator: " ").last.flatMap { Int($0) })
    }

    @Test func oneEachInAStorm() async throws {
        let rig = try await Rig([
            "--projects", "120", "--scenario", "google-mixed", "--role-delay", "300ms", "--seed", "5",
            "--fault", "500-after=0.2", "--fault", "reset-after=0.2", "--fault", "503=0.1", "--fault",
            "429=0.05",
            "--fault-run", "2", "--fault-until", "12",
        ])
        let missing = try await missing(rig)
        #expect(missing > 3)
        let ended = try await rig.keyshift(
            Self.create + ["-o", "with.csv", "--grants", "grants.sh", "--propagation-patience", "600ms"])
        #expect(ended.code == 3, "\(ended.testDescription)")
        let made = try made(rig)
        #expect(made.count == missing && made.values.allSatisfy { $0 == 1 }, "\(made)")
        // Twice is as good as once.
        let again = try await rig.keyshift(Self.create)
        #expect(again.code == 3 && !again.out.contains("missing"), "\(again.testDescription)")
        #expect(try self.made(rig) == made)
        try await grantsRun(rig)
        // The sheet goes straight into a plan that names the role.
        try rig.folder.write("target.yaml", Target.googleRole.replacing("auto", with: "'${role_id}'"))
        try rig.folder.write("fleet.csv", try rig.folder.text("with.csv"))
        let planned = try await rig.plan()
        let ready = try Sheet(rig.folder.text("with.csv")).rows.filter { $0["role_id"] != "" }
        #expect(planned.out.contains("irreversible") && ready.count > 80)
    }

    /// The script as a shell runs it, with a gcloud that only tells what it was given.
    private func grantsRun(_ rig: Rig) async throws {
        try rig.folder.write("gcloud", "#!/bin/sh\nprintf '%s|' \"$@\"; echo\n", mode: 0o755)
        let ended = try await Program(
            "/bin/sh", ["-c", "PATH=.:$PATH bash grants.sh"], environment: ["PATH": "/usr/bin:/bin"],
            folder: rig.folder.path
        ).end()
        #expect(ended.code == 0, "\(ended.testDescription)")
        let calls = ended.out.split(separator: "\n")
        #expect(calls.count > 20 && calls.count.isMultiple(of: 2))
        for call in calls {
            let words = call.split(separator: "|")
            #expect(
                words.prefix(3) == ["kms", "keys", "add-iam-policy-binding"] && words.count == 9, "\(call)")
            #expect(words[7].hasPrefix("--member=serviceAccount:mongodb-atlas-"))
        }
    }

    @Test func aKillBetweenPostAndAnswer() async throws {
        let rig = try await Rig([
            "--projects", "40", "--scenario", "google-mixed", "--role-delay", "0ms", "--fault",
            "hang-after=1",
            "--hang", "20s",
        ])
        let missing = try await missing(rig)
        let program = try rig.start(Self.create + ["--concurrency", "2"])
        try await eventually("a role is made") { try made(rig).count > 0 }
        program.kill(SIGKILL)
        _ = try await program.end()
        let before = try made(rig)
        let ended = try await rig.keyshift(Self.create + ["--request-timeout", "500ms"])
        #expect(ended.code == 3, "\(ended.testDescription)")
        let after = try made(rig)
        #expect(after.count == missing && after.values.allSatisfy { $0 == 1 }, "\(before) \(after)")
    }

    @Test func aMisSortedSheetMakesNoRole() async throws {
        let rig = try await Rig(["--projects", "40", "--scenario", "google-mixed"])
        let rows = try Sheet(rig.folder.text("fleet.csv")).rows
        let names = rows.map { $0["project_name"] ?? "" }
        let shifted = Array(names.dropFirst() + names.prefix(1))
        let lines = zip(rows, shifted).map { "\($0["project_id"] ?? ""),\"\($1)\"" }
        try rig.folder.write(
            "fleet.csv", (["project_id,project_name"] + lines).joined(separator: "\n") + "\n")
        let ended = try await rig.keyshift(Self.create)
        #expect(ended.code == 3 && ended.out.contains("name_mismatch"), "\(ended.testDescription)")
        #expect(try made(rig).isEmpty)
    }

    @Test func eachKindOfJobKeepsToItsCommands() async throws {
        let rig = try await Rig(["--projects", "2"])
        let made = try await rig.keyshift(Self.create)
        #expect(made.code == 0, "\(made.testDescription)")
        let over = try await rig.keyshift(Self.create + ["-o", "fleet.csv"])
        #expect(over.code == 64 && over.err.contains("an input too"), "\(over.testDescription)")
        let kept = try rig.folder.bytes("roles.job")
        for words in [Self.google + ["-o", "roles.job"], ["inventory", "-o", "roles.job"]] {
            let ended = try await rig.keyshift(words)
            #expect(ended.code == 73 && ended.err.contains("is a job"), "\(ended.testDescription)")
        }
        #expect(try rig.folder.bytes("roles.job") == kept)
        for verb in ["show", "apply", "resume", "status", "report", "retry", "verify"] {
            let ended = try await rig.keyshift([verb, "roles.job"])
            #expect(
                ended.code == 65 && ended.err.contains("a job of `keyshift roles`"),
                "\(ended.testDescription)")
        }
        try await rig.plan()
        let ended = try await rig.keyshift(Self.google + ["--create", "--job", "fleet.job"])
        #expect(ended.code == 65 && ended.err.contains("a migration's job"), "\(ended.testDescription)")
    }
}
