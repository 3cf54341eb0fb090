import Foundation
import Testing

/// Nothing is sent before the right answer: flags, numbers, digests, and a person at a terminal.
@Suite(.aFewAtATime) struct ConfirmationTests {
    private func planned(_ flags: [String] = ["--projects", "6"], target: String = Target.googleRole)
        async throws -> Rig
    {
        let rig = try await Rig(flags, target: target)
        try await rig.plan()
        return rig
    }

    @Test func withoutTheRightAnswer() async throws {
        let rig = try await Rig(["--projects", "212"])
        // The plan of yesterday's sheet, which had a project less.
        let sheet = try rig.folder.text("fleet.csv")
        try rig.folder.write(
            "fleet.csv", sheet.split(whereSeparator: \.isNewline).dropLast().joined(separator: "\n") + "\n")
        try await rig.plan()
        let old: String = try #require(try rig.job.value("SELECT digest FROM revision"))
        try FileManager.default.removeItem(atPath: rig.folder.file("fleet.job"))
        try rig.folder.write("fleet.csv", sheet)
        try await rig.plan()
        let before = rig.simulator.logSize
        for (more, code) in [
            ([], 9), (["--yes"], 9), (["--confirm-irreversible", "212"], 9), (["--no-input"], 9),
            (["--yes", "--confirm-irreversible", "211"], 9), (["--yes", "--confirm-irreversible", "213"], 9),
            (["--yes", "--confirm-irreversible", "0"], 9),
            (["--yes", "--confirm-irreversible", "212", "--approve", "sha256:0"], 7),
            (["--yes", "--confirm-irreversible", "212", "--approve", old], 7),
            (["--yes", "--confirm-irreversible", "212", "--no-verify"], 64),
        ] as [([String], Int32)] {
            let ended = try await rig.keyshift(["apply", "fleet.job"] + more)
            #expect(ended.code == code, "\(ended.testDescription)")
            #expect(rig.simulator.logSize == before)
            #expect(!rig.folder.has("fleet.results.csv"))
        }
        // A refusal does not start the job: it may still be planned, and resume is not for it.
        try await rig.resume(expecting: 7)
        try await rig.plan()
        let digest: String = try #require(try rig.job.value("SELECT digest FROM revision"))
        try await rig.apply(["--approve", digest], expecting: 0)
        try Audit(rig).rowsAreTrue()
    }

    private static func quoted(_ cell: String) -> String {
        "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    /// Somebody sorted one column of the sheet and not the others.
    @Test func idsThatWereSortedApartAreCaughtByNames() async throws {
        let rig = try await Rig(["--projects", "30"])
        let projects = try rig.simulator.truth().projects
        let ids = projects.map(\.id).sorted()
        let lines = zip(ids, projects).map { "\($0),\(Self.quoted($1.name))\n" }.joined()
        try rig.folder.write("fleet.csv", "project_id,project_name\n" + lines)
        try await rig.plan()
        let inPlace = zip(ids, projects).filter { $0 == $1.id }.count
        let apart = try rig.job.value("SELECT count(*) FROM plan WHERE reason = 'name_mismatch'") ?? 0
        #expect(apart == 30 - inPlace && apart > 20)
        try await rig.apply(expecting: 3)
        #expect(try rig.simulator.changeCount() == inPlace)
        #expect(
            try rig.results().filter { $0["reason"] == "name_mismatch" }.allSatisfy {
                $0["next_step"]?.contains("mis-sorted") == true
            })
    }

    @Test func reversibleOnesNeedYesOnly() async throws {
        let rig = try await planned(
            ["--projects", "6", "--scenario", "search-nodes-off"], target: Target.searchNodes)
        let refused = try await rig.keyshift(["apply", "fleet.job"])
        #expect(refused.code == 9, "\(refused.testDescription)")
        try await rig.apply(["--no-verify"], expecting: 0)
        let rows = try rig.results()
        #expect(rows.allSatisfy { $0["result"] == "changed" && $0["verified"] == "accepted" }, "\(rows)")
        #expect(try rig.simulator.truth().projects.allSatisfy { $0.patchesApplied == 1 })
    }

    @Test(arguments: [("6", Int32(0)), ("5", 9), ("yes", 9), ("", 9)])
    func typed(answer: String, code: Int32) async throws {
        let rig = try await planned()
        let terminal = try Terminal()
        let apply = try rig.start(
            ["apply", "fleet.job"] + Rig.quickRun, input: .terminal(terminal))
        try await eventually("the question") {
            terminal.look()
            return terminal.seen.contains("go on: ") || !apply.isRunning
        }
        #expect(terminal.seen.contains("CAN'T BE UNDONE") && terminal.seen.contains("6"), "\(terminal.seen)")
        #expect(try rig.simulator.changeCount() == 0)
        terminal.type(answer)
        let ended = try await apply.end()
        terminal.look()
        #expect(ended.code == code, "\(ended.testDescription) \(terminal.seen)")
        #expect(try rig.simulator.changeCount() == (code == 0 ? 6 : 0))
        if code == 0 { #expect(try rig.job.value("SELECT how FROM approval") == "typed") }
    }

    @Test func typedYes() async throws {
        let rig = try await planned(
            ["--projects", "3", "--scenario", "search-nodes-off"], target: Target.searchNodes)
        for (answer, code) in [("no", 9), ("yes", 0)] as [(String, Int32)] {
            let terminal = try Terminal()
            let apply = try rig.start(
                ["apply", "fleet.job"] + Rig.quickRun, input: .terminal(terminal))
            try await eventually("the question") {
                terminal.look()
                return terminal.seen.contains("go on: ") || !apply.isRunning
            }
            terminal.type(answer)
            let ended = try await apply.end()
            #expect(ended.code == code, "\(ended.testDescription)")
        }
        #expect(try rig.simulator.changeCount() == 3)
    }

    @Test func noInputDoesNotAsk() async throws {
        let rig = try await planned()
        let terminal = try Terminal()
        let apply = try rig.start(["apply", "fleet.job", "--no-input"], input: .terminal(terminal))
        let ended = try await apply.end(within: .seconds(10))
        #expect(ended.code == 9, "\(ended.testDescription)")
    }
}
