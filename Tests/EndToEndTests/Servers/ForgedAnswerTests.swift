import Foundation
import GRDB
import Testing

/// Goal: as `ForgeryTests`, for what Atlas, the sheet, the lock and the job file say. Method: whole runs through a server
/// that forges names, settings, codes, details and headers, with a job whose path and fields do too.
@Suite(.aFewAtATime) struct ForgedAnswerTests {
    private static let job = "fleet\(ForgeryTests.payload).job"
    private static let looks = [
        ["status", job], ["status", job, "--format", "json"], ["show", job],
        ["show", job, "--format", "json"],
        ["report", job], ["report", job, "--format", "json"],
    ]

    /// A fleet whose names are forged, in the sheet as in Atlas.
    private func rig(_ flags: [String] = [], scenario: String = "google-static") async throws -> Rig {
        let folder = try WorkFolder()
        let cell = "\"word\(ForgeryTests.payload)\""
        let rows = (1...12).map { "67\(String(repeating: "0", count: 20))\($0 + 10),\(cell),\(cell)" }
        try folder.write(
            "fleet.csv", "project_id,project_name,\(cell)\n" + rows.joined(separator: "\n") + "\n")
        let rig = try await Rig(["--fleet", folder.file("fleet.csv"), "--scenario", scenario] + flags)
        try rig.folder.write("fleet.csv", try folder.bytes("fleet.csv").map { $0 })
        // A name with a control is refused.
        let name = "\"word\\u202e\\u200b\""
        try rig.folder.write(
            "target.yaml", Target.googleRole.replacing("name: google-role", with: "name: \(name)"))
        return rig
    }

    private func plan(_ rig: Rig) async throws -> Ended {
        let ended = try await rig.keyshift(
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", Self.job, "--verbose"] + Rig.quick)
        ForgeryTests.check(ended, isShown: false)
        return ended
    }

    /// `isBad`: the report has something to tell.
    private func look(_ rig: Rig, isBad: Bool) async throws {
        for words in Self.looks {
            let ended = try await rig.keyshift(words)
            ForgeryTests.check(ended, isShown: isBad || words != ["report", Self.job])
            guard words.last == "json" else { continue }
            let read = try? JSONSerialization.jsonObject(with: Data(ended.out.utf8))
            #expect(read != nil, "\(ended.testDescription)")
        }
    }

    private static let answers = ["--yes", "--confirm-irreversible", "12"]

    @Test func whileItRuns() async throws {
        let rig = try await rig()
        let planned = try await plan(rig)
        try #require(planned.code == 0, "\(planned.testDescription)")
        let run = try rig.start(
            ["apply", Self.job] + Self.answers + Rig.unruled + ["--rate", "3/s", "--concurrency", "1"])
        try await eventually("it has begun") { try rig.simulator.changeCount() > 0 }
        // Anybody who may write the lock chooses what it says of the run.
        try rig.folder.write("\(Self.job).lock", "pid 1\(ForgeryTests.payload)")
        for words in [
            ["status", Self.job], ["status", Self.job, "--format", "json"], ["resume", Self.job],
        ] {
            ForgeryTests.check(try await rig.keyshift(words))
        }
        ForgeryTests.check(try await run.end())
        try await look(rig, isBad: false)
    }

    @Test(.enabled(if: Servers.areThere, "scripts/servers could not bring Python"))
    func answers() async throws {
        let rig = try await rig()
        let server = try await ForgingServer.start(before: rig.simulator)
        rig.environment["MONGODB_ATLAS_BASE_URL"] = server.address
        ForgeryTests.check(try await rig.keyshift(["doctor", "--verbose"]))
        for words in [
            ["inventory"], ["inventory", "-o", "inventory.csv"],
            [
                "roles", "fleet.csv", "--provider", "googleCloudKms", "-o", "r.csv", "--grants",
                "g\(ForgeryTests.payload).sh",
            ],
            ["roles", "fleet.csv", "--provider", "googleCloudKms", "--create", "--job", "roles.job"],
        ] {
            let ended = try await rig.keyshift(words + Rig.quick)
            // A sheet on standard output is data, where a cell may have lines.
            ForgeryTests.check(
                words == ["inventory"] ? Ended(out: "", err: ended.err, words: words) : ended, isShown: false)
        }
        _ = try await plan(rig)
        try await look(rig, isBad: true)
        let count: Int =
            try JobRows(rig.folder.file(Self.job)).value(
                "SELECT count(*) FROM plan WHERE class = 'irreversible'") ?? 0
        #expect(count > 0)
        let apply = try await rig.keyshift(
            ["apply", Self.job, "--yes", "--confirm-irreversible", "\(count)", "--verbose"] + Rig.quick
                + ["--rate", "none", "--waves", "none", "--events", "events.ndjson"])
        ForgeryTests.check(apply)
        #expect(apply.code == 4 && apply.err.contains("Halted"), "\(apply.testDescription)")
        for words in [
            ["resume", Self.job], ["resume", Self.job, "--accept-failures"], ["verify", Self.job],
            ["retry", Self.job, "--no-input"],
            ["undo", Self.job, "--job", "back\(ForgeryTests.payload).job"],
        ] {
            ForgeryTests.check(try await rig.keyshift(words + Rig.timeout), isShown: words[0] != "verify")
        }
        // The code is a part of the command that is to be pasted.
        let code: String? = try JobRows(rig.folder.file(Self.job)).value(
            "SELECT error_code FROM outcome WHERE result = 'failed' AND error_code LIKE 'word%'")
        let again = try await rig.keyshift(
            ["retry", Self.job, "--only", "failed:\(code ?? "")", "--no-input"] + Rig.timeout)
        ForgeryTests.check(again)
        #expect(again.err.contains("retry --only $'failed:word error"), "\(again.testDescription)")
        try await look(rig, isBad: true)
        let events = try rig.folder.text("events.ndjson")
        ForgeryTests.check(Ended(out: events, err: "", words: ["events"]))
    }

    /// Whoever may write the job may write any text into it. The command may refuse it, but not be used by it.
    @Test func fieldsOfTheJob() async throws {
        let rig = try await rig()
        _ = try await plan(rig)
        let apply = try await rig.keyshift(
            ["apply", Self.job] + Self.answers + Rig.quickRun + ["--max-duration", "1ms"])
        #expect(apply.code == 5, "\(apply.testDescription)")
        let whole = try rig.folder.bytes(Self.job)
        for (table, column) in [
            ("run", "command"), ("run", "user"), ("run", "host"), ("run", "ended_how"),
            ("approval", "digest"),
            ("approval", "how"), ("job", "address"), ("job", "csv_name"), ("job", "target_name"),
            ("job", "csv_digest"),
            ("job", "target_text"), ("revision", "digest"), ("revision", "only"), ("project", "name"),
            ("plan", "detail"), ("plan", "live_name"), ("setting", "value"), ("plan", "role"),
            ("plan", "provider"),
        ] {
            try rig.folder.write(Self.job, whole.map { $0 })
            try alter(rig, "UPDATE \(table) SET \(column) = ?")
            try await all(rig)
        }
        try rig.folder.write(Self.job, whole.map { $0 })
        try alter(
            rig, "INSERT INTO halt (run, revision, cause, detail, at) SELECT max(id), 1, ?1, ?1, 1 FROM run")
        try await all(rig)
    }

    private func alter(_ rig: Rig, _ statement: String) throws {
        let queue = try DatabaseQueue(path: rig.folder.file(Self.job))
        try queue.writeWithoutTransaction { db in
            let text = "word" + ForgeryTests.payload
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: statement, arguments: [text])
        }
        try queue.close()
    }

    private func all(_ rig: Rig) async throws {
        for words in Self.looks + [
            ["apply", Self.job, "--yes"], ["resume", Self.job, "--max-duration", "1ms"],
            ["retry", Self.job, "--no-input"],
            ["verify", Self.job], ["undo", Self.job, "--job", "back.job"],
        ] {
            let ended = try await rig.keyshift(words)
            ForgeryTests.check(ended, isShown: false)
        }
    }
}

/// Stands before a simulator; see its script.
private final class ForgingServer {
    let address: String
    private let folder: WorkFolder
    private let program: Program

    static func start(before simulator: Simulator) async throws -> ForgingServer {
        let port = try Port.free()
        let server = try ForgingServer(port, simulator)
        try await Servers.await(server.program, port) { "" }
        return server
    }

    private init(_ port: Int, _ simulator: Simulator) throws {
        folder = try WorkFolder()
        try folder.write("payload", ForgeryTests.payload)
        address = "http://127.0.0.1:\(port)"
        let behind = simulator.address.split(separator: ":").last.map(String.init) ?? ""
        program = try Program(
            "/usr/bin/env", ["python3", "-B", Servers.script("forging_server.py"), "\(port)", behind],
            environment: Servers.pythonEnvironment, folder: folder.path)
    }
}
