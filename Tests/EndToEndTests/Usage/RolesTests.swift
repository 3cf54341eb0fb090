import Foundation
import Testing

/// Goal: each project ends with one role, through storms and kills, and what `roles` writes goes straight on. Method:
/// the program against the simulator; the simulator's log says how many roles were made.
@Suite(.aFewAtATime) struct RolesTests {
    static let google = ["roles", "fleet.csv", "--provider", "googleCloudKms"]
    static let create =
        google + ["--create", "--yes", "--job", "roles.job", "--role-patience", "2s"] + Rig.quick

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

    private func runGrants(_ rig: Rig) async throws -> Ended {
        try await Program(
            "/bin/sh", ["-c", "PATH=.:$PATH bash grants.sh"], environment: ["PATH": "/usr/bin:/bin"],
            folder: rig.folder.path
        ).end()
    }

    /// The script as a shell runs it, with a gcloud that only tells what it was given; one call fails at first.
    private func grantsRun(_ rig: Rig) async throws {
        try rig.folder.write(
            "gcloud",
            """
            #!/bin/sh
            printf '%s|' "$@"; echo
            n=$(cat count 2>/dev/null || echo 0); n=$((n + 1)); echo $n >count
            [ $n -ne 3 ]

            """, mode: 0o755)
        let ended = try await runGrants(rig)
        let calls = ended.out.split(separator: "\n")
        #expect(calls.count > 20 && calls.count.isMultiple(of: 2))
        for call in calls {
            let words = call.split(separator: "|")
            #expect(
                words.prefix(3) == ["kms", "keys", "add-iam-policy-binding"] && words.count == 9, "\(call)")
            #expect(words[7].hasPrefix("--member=serviceAccount:mongodb-atlas-"))
        }
        // A failure keeps no other grant from being made, is told, and alone is tried by the next run.
        #expect(ended.code == 1, "\(ended.testDescription)")
        #expect(
            ended.err.contains("[1/\(calls.count)]") && ended.err.contains("[3/\(calls.count)] FAILED"),
            "\(ended.testDescription)")
        #expect(ended.err.contains("\(calls.count - 1) granted, 0 granted before, 1 failed"))
        let again = try await runGrants(rig)
        #expect(again.code == 0 && again.out == calls[2] + "\n", "\(again.testDescription)")
        #expect(again.err.contains("1 granted, \(calls.count - 1) granted before, 0 failed"))
    }

    @Test func nothingIsMadeWithoutAnAnswer() async throws {
        let rig = try await Rig(
            ["--projects", "120", "--scenario", "google-mixed", "--role-delay", "0ms", "--seed", "5"])
        let missing = try await missing(rig)
        let words = Self.create.filter { $0 != "--yes" }
        for more in [[], ["--no-input"]] {
            let ended = try await rig.keyshift(words + more)
            #expect(
                ended.code == 9 && ended.err.contains("\(missing) roles would be made"),
                "\(ended.testDescription)")
        }
        #expect(try made(rig).isEmpty)
        let ended = try await rig.keyshift(Self.create)
        #expect(ended.code == 3 && ended.err.contains("Making \(missing) roles."), "\(ended.testDescription)")
        #expect(try made(rig).count == missing)
        // With nothing left to make nobody is asked.
        let again = try await rig.keyshift(words)
        #expect(again.code == 3, "\(again.testDescription)")
        let listing = try await rig.keyshift(Self.google + ["--yes"])
        #expect(listing.code == 64, "\(listing.testDescription)")
    }

    /// Stopped while Atlas makes the roles: what is ready is written, what is not is named, and the same command goes on.
    @Test func aStopWhileItWaits() async throws {
        let rig = try await Rig(
            ["--projects", "120", "--scenario", "google-mixed", "--role-delay", "60s", "--seed", "5"])
        let missing = try await missing(rig)
        let words = Self.google + ["--create", "--yes", "--job", "roles.job"] + Rig.quick
        let program = try rig.start(words + ["-o", "with.csv", "--grants", "grants.sh"])
        try await eventually("it waits: \(program.err)") {
            program.err.contains("\(missing) made; waiting for ")
        }
        #expect(program.err.contains(" roles until ") && program.err.contains(" UTC at most: "))
        program.kill(SIGINT)
        let ended = try await program.end()
        #expect(ended.code == 5, "\(ended.testDescription)")
        let waiting = ended.out.split(separator: "\n").filter {
            $0.contains("IN_PROGRESS when the run stopped")
        }
        #expect(waiting.count >= missing, "\(ended.testDescription)")
        let ready = try Sheet(rig.folder.text("with.csv")).rows.filter { $0["role_id"] != "" }
        #expect(ready.count >= 10 && ready.count <= 120 - missing)
        #expect(try rig.folder.text("grants.sh").contains("grant gcloud"))
        #expect(ended.err.contains("without one that can be used"), "\(ended.testDescription)")
        #expect(try made(rig).count == missing)
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

    /// A sheet of all clouds: roles are made where the key is with Google, and the grants leave nobody out in silence.
    @Test func aFleetOfSeveralClouds() async throws {
        let rig = try await Rig(["--projects", "90", "--scenario", "google-mixed", "--role-delay", "0ms"])
        try rig.folder.write("fleet.csv", "project_id\n" + rig.ids().joined(separator: "\n") + "\n")
        let google = Set(
            try rig.simulator.truth().projects.filter { $0.encryption.googleCloudKms.enabled }.map(\.id))
        #expect((30..<90).contains(google.count))
        let ended = try await rig.keyshift(Self.create + ["--grants", "grants.sh"])
        #expect(ended.code == 3 && ended.out.contains("provider_mismatch"), "\(ended.testDescription)")
        let made = try made(rig)
        #expect(!made.isEmpty && google.isSuperset(of: made.keys), "\(made)")
        let keyless = try rig.folder.text("grants.sh").split(separator: "\n").filter {
            $0.hasPrefix("# No grant: ")
        }
        let told = ended.err.split(separator: "\n").first { $0.contains("no key with Google Cloud") }
        #expect(keyless.isEmpty == (told == nil) && (told?.contains("\(keyless.count) project") ?? true))
    }

    /// What a person wrote into `role_id` after "ambiguous" is taken, in the sheet and in the grants.
    @Test func aChoiceBetweenRolesIsKept() async throws {
        let rig = try await Rig(["--projects", "60", "--scenario", "google-mixed"])
        let truth = try rig.simulator.truth().projects
        try rig.folder.write("fleet.csv", "project_id\n" + rig.ids().joined(separator: "\n") + "\n")
        let first = try await rig.keyshift(Self.google)
        let several = first.out.split(separator: "\n").filter { $0.contains("  ambiguous") }
        let project = truth.first { project in several.contains { $0.contains(project.id) } }
        let chosen = try #require(project)
        let (id, roles) = (chosen.id, chosen.roles.compactMap(\.id))
        #expect(roles.count > 1)
        for choice in [roles[1], "6000000000000000000000ff"] {
            try rig.folder.write("chosen.csv", "project_id,role_id,team\n\(id),\(choice),x\n")
            let ended = try await rig.keyshift(
                ["roles", "chosen.csv", "--provider", "googleCloudKms", "-o", "out.csv", "--grants", "g.sh"])
            #expect(ended.code == (choice == roles[1] ? 0 : 3), "\(ended.testDescription)")
            #expect(try rig.folder.text("out.csv") == rig.folder.text("chosen.csv"))
            let script = try rig.folder.text("g.sh")
            #expect(script.contains("gcloud kms") == (choice == roles[1]))
        }
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
