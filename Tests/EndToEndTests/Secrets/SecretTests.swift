import Foundation
import Testing

/// A canary in every credential and every secret field is in no file that keyshift writes, in nothing that it prints
/// with `--verbose`, and in nobody's list of processes; also in each error case. Method: search everything.
@Suite(.aFewAtATime) struct SecretTests {
    private static let canary = "CANARY-7f3a9c"
    private static let atlasEnvironment = [
        "MONGODB_ATLAS_CLIENT_SECRET": "mdb_sa_sk_\(canary)",
        "MONGODB_ATLAS_PRIVATE_API_KEY": "\(canary)-key",
    ]

    struct Case: CustomTestStringConvertible, Sendable {
        var scenario: String
        var target: String
        var testDescription: String { scenario }
    }

    private static let rotations = [
        Case(scenario: "google-static", target: "googleCloudKms: {serviceAccountKey: '${env:THE_KEY}'}"),
        Case(
            scenario: "google-static",
            target: "googleCloudKms: {serviceAccountKey: '${file:keys/${project_id}}'}"),
        Case(scenario: "azure-static", target: "azureKeyVault: {secret: '${file:keys/${project_id}}'}"),
        Case(
            scenario: "aws-static",
            target: "awsKms: {accessKeyID: AKIAIOSFODNN7EXAMPLE, secretAccessKey: '${env:THE_KEY}'}"),
    ]

    @Test(arguments: rotations) func rotation(_ one: Case) async throws {
        let rig = try await Rig(
            ["--projects", "20", "--storm", "stormy", "--seed", "5", "--scenario", one.scenario],
            target: "keyshift: 1\nname: rotation\ntarget:\n  \(one.target)\n",
            clientSecret: Self.atlasEnvironment["MONGODB_ATLAS_CLIENT_SECRET"] ?? "",
            simulatorEnvironment: Self.atlasEnvironment)
        try giveKeys(rig)
        var printed: [Ended] = [try await rig.plan(["--verbose"])]
        #expect(try rig.irreversible == 20)
        let apply = try rig.start(
            ["apply", "fleet.job"] + rig.answers + Rig.quickRun + ["--verbose", "--events", "events.ndjson"])
        try await eventually("some PATCHes have come") {
            try !apply.isRunning || rig.simulator.changeCount() > 7
        }
        search(rig, printed)
        #expect(!arguments(of: apply.pid).contains(Self.canary))
        apply.kill(SIGKILL)
        let time = Int64(Date().timeIntervalSince1970 * 1000)
        printed.append(try await apply.end())
        search(rig, printed)
        var resumed = try await rig.resume(["--verbose", "--events", "events.ndjson"])
        printed.append(resumed)
        if resumed.code == 6 { resumed = try await rig.resumeToTheEnd().last }
        #expect(resumed.code == 0, "\(resumed.testDescription)")
        for words in [
            ["show", "fleet.job"], ["show", "fleet.job", "--format", "json"], ["status", "fleet.job"],
        ] {
            printed.append(try await rig.keyshift(words))
        }
        for format in ["text", "csv", "json"] {
            printed.append(try await rig.keyshift(["report", "fleet.job", "--format", format]))
        }
        search(rig, printed)
        // What arrived was the secret, not its name.
        #expect(try !rig.simulator.folder.text("log.ndjson").contains("${"))
        let audit = try Audit(rig)
        #expect(audit.counts == ["changed": 20])
        #expect(audit.truth.projects.allSatisfy { $0.patchesApplied > 0 })
        #expect(audit.violations(killedAt: [time]) == [])
    }

    private func giveKeys(_ rig: Rig) throws {
        rig.environment["THE_KEY"] = "{\"private_key\": \"\(Self.canary)\"}"
        let keys = rig.folder.file("keys")
        try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
        for id in try rig.ids() { try rig.folder.write("keys/\(id)", "\(Self.canary)-\(id)\n") }
    }

    @Test func errors() async throws {
        let secret = "mdb_sa_sk_\(Self.canary)"
        let rig = try await Rig(
            ["--projects", "5"], target: "keyshift: 1\nname: x\ntarget: {enabledForSearchNodes: true}\n",
            clientSecret: secret, simulatorEnvironment: ["MONGODB_ATLAS_CLIENT_SECRET": "another"])
        var printed = [try await rig.plan(["--verbose"], expecting: 10)]
        rig.useAPIKey("simulator", "\(Self.canary)-key")
        printed.append(try await rig.plan(["--verbose"], expecting: 10))
        try rig.folder.write("keys.env", "MONGODB_ATLAS_CLIENT_SECRE=\(secret)\n")
        printed.append(try await rig.plan(["--credentials", "keys.env"], expecting: 78))
        try rig.folder.write("keys.env", "\(secret)\n")
        printed.append(try await rig.plan(["--credentials", "keys.env"], expecting: 78))
        try FileManager.default.removeItem(atPath: rig.folder.file("keys.env"))
        rig.environment["MONGODB_ATLAS_BASE_URL"] = "https://me:\(secret)@example.com"
        printed.append(try await rig.plan(["--verbose"], expecting: 78))
        search(rig, printed)
    }

    @Test func secretsThatAreNotThere() async throws {
        let rig = try await Rig(
            ["--projects", "3"],
            target: "keyshift: 1\nname: x\ntarget: {googleCloudKms: {serviceAccountKey: '${env:THE_KEY}'}}\n")
        try await rig.plan()
        let before = rig.simulator.logSize
        let ended = try await rig.apply(expecting: 78)
        #expect(ended.err.contains("THE_KEY"), "\(ended.testDescription)")
        #expect(rig.simulator.logSize == before)
        rig.environment["THE_KEY"] = Self.canary
        let again = try await rig.apply(expecting: 0)
        search(rig, [ended, again])
    }

    /// Every file under the folder but the ones that the test put the canary into, and all that was printed.
    private func search(_ rig: Rig, _ printed: [Ended], location: SourceLocation = #_sourceLocation) {
        for ended in printed {
            #expect(
                !ended.printed.contains(Self.canary), "\(ended.testDescription)", sourceLocation: location)
        }
        let canary = Data(Self.canary.utf8)
        for name in rig.folder.names where name != "keys" {
            let data = (try? rig.folder.bytes(name)) ?? Data()
            #expect(data.firstRange(of: canary) == nil, "\(name)", sourceLocation: location)
        }
    }

    /// What `ps` shows.
    private func arguments(of process: pid_t) -> String {
        let data = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
