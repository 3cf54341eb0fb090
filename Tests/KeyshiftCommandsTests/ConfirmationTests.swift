import AtlasSimulation
import Foundation
import Testing

@testable import KeyshiftCommands
@testable import RunSimulation

/// Nothing leaves before the right answer: flags, the number, the digest, or a person at a terminal.
struct ConfirmationTests {
    private func planned(_ count: Int = 3, target: String = Target.googleRole) throws -> Rig {
        let rig = try Rig(
            count, target == Target.searchNodes ? .searchNodesOff : .googleStatic, target: target)
        try rig.plan()
        return rig
    }

    private func digest(_ rig: Rig) throws -> String {
        let shown = try rig.run("show @fleet.job").out
        return String(try #require(shown.firstMatch(of: /sha256:[0-9a-f]{64}/)).0)
    }

    @Test(arguments: [
        ("", 9), ("--yes", 9), ("--confirm-irreversible 3", 9), ("--yes --confirm-irreversible 2", 9),
        ("--yes --confirm-irreversible 4", 9), ("--yes --confirm-irreversible 3 --approve sha256:0", 7),
        ("--yes --confirm-irreversible 3 --no-verify", 64),
        ("--yes --confirm-irreversible 3 --stop-after-wave 0", 64),
    ]) func flagsThatDoNotDo(flags: String, code: Int32) throws {
        let rig = try planned()
        let ended = try rig.run("apply @fleet.job " + flags, expecting: code)
        #expect(!ended.err.isEmpty && !rig.has("fleet.results.csv"))
        #expect(rig.projects.allSatisfy { $0.patchesSeen == 0 })
        // It is not started either.
        try rig.run("resume @fleet.job", expecting: 7)
    }

    @Test func theDigestWithOrWithoutItsWord() throws {
        for isBare in [true, false] {
            let rig = try planned()
            let digest = try digest(rig)
            let given = isBare ? String(digest.dropFirst("sha256:".count)) : digest
            try rig.run("apply @fleet.job --yes --confirm-irreversible 3 --approve \(given)", expecting: 0)
            // It is started now, and the digest says nothing of what it was approved with.
            let again = try rig.run("apply @fleet.job --approve \(digest)", expecting: 7)
            #expect(again.err.contains("--approve takes seal2:"))
        }
    }

    @Test(arguments: [
        ("3\n", 0), ("3", 9), (" 3 \n", 0), ("yes\n", 9), ("4\n", 9), ("\n", 9), ("\u{4}", 9),
    ]) func aPersonTypesTheNumber(typed: String, code: Int32) throws {
        let rig = try planned()
        // Without a line end the terminal still waits; the end of the input ends it.
        rig.terminal = try Terminal(
            typing: typed.contains("\n") || typed == "\u{4}" ? typed : typed + "\u{4}\u{4}")
        let ended = try rig.run("apply @fleet.job --waves none", expecting: typed == "3" ? 0 : code)
        #expect(ended.err.contains("3 of the changes CAN'T BE UNDONE."), "\(ended.testDescription)")
        #expect(ended.err.contains("Type the number"))
    }

    @Test func aPersonTypesYes() throws {
        for (typed, code) in [("yes\n", 0), ("Yes\n", 9)] as [(String, Int32)] {
            let rig = try planned(target: Target.searchNodes)
            rig.terminal = try Terminal(typing: typed)
            let ended = try rig.run("apply @fleet.job", expecting: code)
            #expect(ended.err.contains("All of the changes can be undone."))
            #expect(ended.err.contains("Type yes to go on: "))
        }
        let silent = try planned(target: Target.searchNodes)
        silent.terminal = try Terminal(typing: "yes\n")
        try silent.run("apply @fleet.job --no-input", expecting: 9)
    }
}
