import Foundation
import Testing

/// Goal: what a job has changed stays so through every retry and is looked at by every `verify`, until it is right.
/// Method: a key that Atlas can't use after the change, later repaired, closed or undone by somebody, in the
/// simulator's own state.
@Suite(.aFewAtATime) struct CarriedChangeTests {
    /// The second of five projects has a dead key after its change, and the run halted.
    private func broken() async throws -> (rig: Rig, row: [String: String]) {
        let rig = try await Rig.scripted(
            ["2": ["PATCH": ["never-valid"]]], projects: 5, flags: ["--state", "state.json"])
        try await rig.plan()
        let words = try ["apply", "fleet.job"] + rig.answers + Rig.quick.dropLast(2)
        let ended = try await rig.keyshift(
            words + ["--concurrency", "1", "--rate", "none", "--verify-patience", "400ms"])
        #expect(ended.code == 4, "\(ended.testDescription)")
        let row = try rig.results()[1]
        #expect(row["reason"] == "not_valid_after_change" && row["attempts"] == "1", "\(row)")
        return (rig, row)
    }

    @discardableResult
    private func retry(_ rig: Rig, _ code: Int32) async throws -> Ended {
        let ended = try await rig.keyshift(
            ["retry", "fleet.job", "--only", "failed", "--yes"] + Rig.unruled)
        #expect(ended.code == code, "\(ended.testDescription)")
        #expect(
            ended.err.contains(code == 4 ? "Halted: " : "still halted")
                && ended.err.contains("keyshift resume fleet.job --accept-failures"),
            "\(ended.testDescription)")
        return ended
    }

    private static func repaired(_ project: [String: Any]) -> [String: Any] {
        project.mapValues { value in
            if let object = value as? [String: Any] { return repaired(object) }
            return value
        }.merging(project["valid"] == nil ? [:] : ["valid": true]) { $1 }
    }

    private static let kept = [
        "result", "reason", "class", "verified", "attempts", "started_at", "finished_at",
    ]

    @Test func aKeyThatStaysDeadAndIsRepaired() async throws {
        let (rig, before) = try await broken()
        for _ in 0..<2 {
            // As a run halts.
            let ended = try await retry(rig, 4)
            #expect(ended.err.contains("may stop its databases from"), "\(ended.testDescription)")
            #expect(!ended.out.contains("new job"), "one advice: \(ended.testDescription)")
            let row = try rig.results()[1]
            for name in Self.kept { #expect(row[name] == before[name], "\(name): \(row)") }
            #expect(
                row["next_step"] == before["next_step"] && row["next_step"]?.contains("15 minutes") == true)
        }
        let verify = try await rig.keyshift(["verify", "fleet.job", "-o", "again.csv"])
        #expect(verify.code == 2 && verify.out.contains("15 minutes"), "\(verify.testDescription)")
        #expect(verify.out.contains("Not checked, since nothing was sent to them: 3 pending."))
        #expect(try rig.folder.text("again.csv").contains(try rig.ids()[1]))
        #expect(verify.err.contains("To plan again: again.csv"))
        let piped = try await rig.keyshift(["verify", "fleet.job", "-o", "-"])
        #expect(
            piped.out.contains(try rig.ids()[1]) && !piped.err.contains("To plan again"),
            "\(piped.testDescription)")

        try await rig.changeState(of: try rig.ids()[1], Self.repaired)
        let right = try await rig.keyshift(["verify", "fleet.job", "-o", "none.csv"])
        #expect(!right.err.contains("To plan again"), "none is wrong: \(right.testDescription)")
        #expect(
            right.code == 0 && right.out.contains("as wanted now, and its result is failed"),
            "\(right.testDescription)")
        // Three are still pending.
        try await retry(rig, 3)
        let row = try rig.results()[1]
        #expect(row["result"] == "changed" && row["reason"] == "" && row["verified"] == "valid", "\(row)")
        for name in ["class", "attempts", "started_at"] {
            #expect(row[name] == before[name], "\(name): \(row)")
        }
        #expect(try rig.simulator.changeCount() == 2)
    }

    @Test func aProjectThatNobodyMayReadAnyMore() async throws {
        let (rig, before) = try await broken()
        try await rig.setAccess(of: try rig.ids()[1], to: "forbidden")
        try await retry(rig, 3)
        let rows = try rig.results()
        for name in Self.kept { #expect(rows[1][name] == before[name], "\(name): \(rows)") }
    }
}
