import Foundation
import Testing

/// Goal: what was approved is what is sent. Method: real jobs, edited with SQL as an attacker with write access would,
/// then run with everything that a careful operator gives; nothing may reach the server.
@Suite(.aFewAtATime) struct TamperedJobTests {
    /// A copy of the planned job, edited.
    private func edited(_ rig: Rig, _ statements: String...) throws -> String {
        for end in ["-wal", "-shm"] { unlink(rig.folder.file("bad.job\(end)")) }
        try rig.folder.write("bad.job", Array(try rig.folder.bytes("fleet.job")))
        for statement in statements { try Tampering.alter(rig.folder.file("bad.job"), statement) }
        return "bad.job"
    }

    private func digest(_ rig: Rig) throws -> String {
        try rig.job.value("SELECT digest FROM revision ORDER BY number DESC LIMIT 1") ?? ""
    }

    static let edits = [
        "UPDATE plan SET body = json_set(body, '$.googleCloudKms.keyVersionResourceID', 'projects/evil')",
        "UPDATE plan SET class = 'reversible'",
        "UPDATE project SET project_id = 'aaaaaaaaaaaaaaaaaaaaaaa' || ordinal",
        "UPDATE plan SET role = NULL", "UPDATE job SET target_text = replace(target_text, 'auto', 'none')",
        "UPDATE plan SET class = 'blocked', reason = 'one_way', body = NULL WHERE ordinal = 1",
        "CREATE TRIGGER t BEFORE INSERT ON attempt BEGIN SELECT RAISE(IGNORE); END",
        "DROP VIEW status; CREATE VIEW status AS SELECT * FROM project",
    ]

    @Test func anEditedPlanIsNotSent() async throws {
        let rig = try await Rig(["--projects", "4"])
        try await rig.plan()
        let answers = ["--yes", "--confirm-irreversible", "4"]
        for edit in Self.edits {
            let job = try edited(rig, edit)
            for more in [[], ["--approve", try digest(rig)]] {
                let ended = try await rig.keyshift(["apply", job] + answers + more)
                #expect([7, 65].contains(ended.code ?? 0), "\(edit): \(ended.testDescription)")
                #expect(ended.err.contains("bad.job"), "\(edit): \(ended.testDescription)")
            }
            let shown = try await rig.keyshift(["show", job])
            #expect([7, 65].contains(shown.code ?? 0), "\(edit): \(shown.testDescription)")
        }
        #expect(try rig.simulator.changeCount() == 0)
        try await rig.apply(["--approve", try digest(rig)], expecting: 0)
    }

    /// Rows that say somebody has approved: with the right digest, and with settings that bind nothing.
    @Test func aForgedApproval() async throws {
        let rig = try await Rig(["--projects", "3"])
        try await rig.plan()
        let forged = try edited(
            rig, "INSERT INTO run VALUES (9, 'apply', 'boss', 'office', 1, 1, 2, 'completed', 0)",
            "INSERT INTO approval SELECT 9, 9, number, digest, 3, 'typed', 2 FROM revision",
            """
            INSERT INTO setting VALUES (1, 'concurrency', '1000'), (1, 'patch-interval', 'none'),
                (1, 'max-attempts', '5'), (1, 'backoff-base', '5s'), (1, 'backoff-cap', '1m'),
                (1, 'propagation-patience', '3m'), (1, 'verify-patience', '1m'), (1, 'outage-patience', '15m'),
                (1, 'no-verify', 'true'), (1, 'waves', 'none'), (1, 'wave-soak', '0s'), (1, 'max-failures', '100%')
            """)
        for words in [
            ["apply", forged], ["resume", forged], ["retry", forged, "--only", "failed"],
            ["apply", forged, "--yes", "--confirm-irreversible", "3", "--approve", try digest(rig)],
        ] {
            let ended = try await rig.keyshift(words)
            #expect(ended.code == 7, "\(ended.testDescription)")
        }
        #expect(try rig.simulator.changeCount() == 0)
    }

    @Test func aResumeIsWhatWasApproved() async throws {
        let rig = try await Rig(["--projects", "6"])
        try await rig.plan()
        let first = try await rig.keyshift(
            [
                "apply", "fleet.job", "--yes", "--confirm-irreversible", "6", "--wave-soak", "0s", "--rate",
                "none",
                "--stop-after-wave", "1",
            ] + Rig.quick)
        #expect(first.code == 5, "\(first.testDescription)")
        let sent = try rig.simulator.changeCount()
        for edit in [
            "UPDATE setting SET value = 'none' WHERE name = 'waves'",
            "UPDATE setting SET value = 'true' WHERE name = 'no-verify'",
            "UPDATE plan SET wave = 2", "UPDATE approval SET at = at + 1",
            "UPDATE run SET user = 'somebody else'", "DELETE FROM setting WHERE name = 'seal'",
        ] {
            let job = try edited(rig, edit)
            for words in [
                ["resume", job], ["apply", job], ["retry", job], ["undo", job, "--job", "back.job"],
            ] {
                let ended = try await rig.keyshift(words)
                #expect([7, 65].contains(ended.code ?? 0), "\(edit): \(ended.testDescription)")
            }
            // A report comes all the same, and says what it is of.
            let report = try await rig.keyshift(["report", job])
            #expect(
                report.code == 65 || report.err.contains("was changed after it was approved"),
                "\(edit): \(report.testDescription)")
        }
        #expect(try rig.simulator.changeCount() == sent && !rig.folder.has("back.job"))
        let seal: String = try rig.job.value("SELECT value FROM setting WHERE name = 'seal'") ?? ""
        let wrong = try await rig.keyshift(["resume", "fleet.job", "--approve", "sha256:0"])
        #expect(wrong.code == 7, "\(wrong.testDescription)")
        let last = try await rig.resume(["--approve", seal], expecting: 0)
        let said = last.err.split(separator: "\n").first { $0.hasPrefix("Approved by ") } ?? ""
        #expect(
            said.contains(" on ") && said.contains("--yes --confirm-irreversible 6"),
            "\(last.testDescription)")
        #expect(said.contains(try digest(rig)) && said.contains(seal), "\(last.testDescription)")
        try Audit(rig).rowsAreTrue()
    }

    /// Before an approval there is no seal; the sheet is given again, and says what the rows must be.
    @Test func rowsThatAreNotTheSheets() async throws {
        let rig = try await Rig(["--projects", "3", "--scenario", "google-static"])
        let plan = ["plan", "fleet.csv", "--target", "target.yaml", "--job"]
        let roles = ["roles", "fleet.csv", "--provider", "googleCloudKms", "--create", "--job"]
        #expect(try await rig.keyshift(plan + ["fleet.job", "--offline"]).code == 0)
        #expect([0, 3].contains(try await rig.keyshift(roles + ["roles.job"] + Rig.quick).code ?? 1))
        let sent = rig.simulator.logSize
        for (words, job) in [(plan, "fleet.job"), (roles, "roles.job")] {
            for edit in [
                "UPDATE project SET project_id = 'aaaaaaaaaaaaaaaaaaaaaaaa' WHERE ordinal = 1",
                "UPDATE project SET name = 'other' WHERE ordinal = 2", "UPDATE project SET wave = 3",
                "UPDATE project SET cells = replace(cells, '-', '+') WHERE ordinal = 1",
                "DELETE FROM project WHERE ordinal = 3",
                "UPDATE job SET columns = replace(columns, 'project_id', 'id')",
                // What is set, how fast and how carefully: `settings` stand in the target's text, too.
                "UPDATE job SET target_text = substr(target_text, 1, length(target_text) - 1) || ' }'",
                """
                UPDATE job SET target_text = substr(target_text, 1, length(target_text) - 1)
                    || ',"settings":{"waves":"none"}}'
                """,
                "UPDATE job SET target_digest = 'sha256:0'", "UPDATE job SET address = 'https://example.com'",
            ] {
                try rig.folder.write("bad.job", Array(try rig.folder.bytes(job)))
                try Tampering.alter(rig.folder.file("bad.job"), edit)
                let ended = try await rig.keyshift(words + ["bad.job"])
                #expect(ended.code == 7, "\(edit): \(ended.testDescription)")
            }
        }
        #expect(rig.simulator.logSize == sent)
    }

    // MARK: - Any file

    /// How many of each kind; `scripts/torture` asks for thousands.
    private static let crafted =
        ProcessInfo.processInfo.environment["KEYSHIFT_CRAFTED"].flatMap { Int($0) } ?? 30
    private static let codes: Set<Int32> = [0, 2, 3, 5, 6, 7, 8, 9, 64, 65, 66, 74]

    private func endsAsDocumented(_ rig: Rig, _ what: String) async throws {
        for words in [
            ["status", "bad.job", "--format", "json"], ["show", "bad.job"],
            ["report", "bad.job", "--format", "json"], ["report", "bad.job"],
            ["resume", "bad.job", "--request-timeout", "100ms", "--max-duration", "1ms"],
        ] {
            let ended = try await rig.keyshift(words)
            #expect(
                ended.code.map(Self.codes.contains) == true, "\(what): \(ended.testDescription)")
        }
    }

    private func halfDone() async throws -> Rig {
        let rig = try await Rig(["--projects", "8", "--scenario", "google-mixed"])
        try await rig.plan()
        let ended = try await rig.keyshift(
            [
                "apply", "fleet.job", "--yes", "--confirm-irreversible", "\(try rig.irreversible)",
                "--stop-after-wave", "1", "--wave-soak", "0s",
            ] + Rig.quick)
        #expect(ended.code == 5, "\(ended.testDescription)")
        return rig
    }

    @Test func oddValuesInEveryColumn() async throws {
        let rig = try await halfDone()
        let values = [
            "x'00ff'", "'text'", "''", "NULL", "1.5", "-1", "9223372036854775807", "-9223372036854775808",
            "'[]'",
            "'{}'", "'null'", "char(27, 93, 48, 59, 7)", "zeroblob(3000)", "'2026-01-01'",
        ]
        let columns = try Tampering.columns(rig.folder.file("fleet.job"))
        #expect(columns.count > 60)
        var dice = SystemlessDice(state: 7)
        for _ in 0..<Self.crafted {
            _ = try edited(rig)
            let (column, value) = (columns[dice.next(columns.count)], values[dice.next(values.count)])
            guard try Tampering.put(value, into: column, rig.folder.file("bad.job")) else { continue }
            try await endsAsDocumented(rig, "\(column) = \(value)")
        }
    }

    @Test func flippedBytes() async throws {
        let rig = try await halfDone()
        let whole = Array(try rig.folder.bytes("fleet.job"))
        var dice = SystemlessDice(state: 8)
        for _ in 0..<Self.crafted {
            var bytes = whole
            let places = (0...dice.next(4)).map { _ in dice.next(bytes.count) }
            for place in places { bytes[place] = UInt8(dice.next(256)) }
            for end in ["-wal", "-shm", "-journal"] { unlink(rig.folder.file("bad.job\(end)")) }
            try rig.folder.write("bad.job", bytes)
            try await endsAsDocumented(rig, "bytes at \(places)")
        }
    }
}
