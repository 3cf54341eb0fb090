import Foundation
import Testing

/// Goal: a job that was copied without its log after a kill does not pass for one that never ran. Method: a run killed
/// with -9, its job copied with and without the log.
@Suite(.aFewAtATime) struct LostLogTests {
    @Test func aCopyWithoutTheLog() async throws {
        let rig = try await Rig(["--projects", "10", "--latency", "30ms..40ms"], target: Target.searchNodes)
        try await rig.plan()
        let run = try rig.start(
            ["apply", "fleet.job", "--yes", "--rate", "none", "--concurrency", "1"] + Rig.unruled)
        try await eventually("four were changed") { try rig.simulator.changeCount() >= 4 }
        run.kill(SIGKILL)
        _ = try await run.end()
        try rig.folder.write("copy.job", Array(try rig.folder.bytes("fleet.job")))
        try rig.folder.write("whole.job", Array(try rig.folder.bytes("fleet.job")))
        try rig.folder.write("whole.job-wal", Array(try rig.folder.bytes("fleet.job-wal")))
        let sent = try rig.simulator.changeCount()

        for _ in 0..<2 {
            for words in [["status", "copy.job"], ["report", "copy.job"], ["show", "copy.job"]] {
                let ended = try await rig.keyshift(words)
                #expect(
                    ended.code == 0 && ended.err.contains("copy.job-wal is not there"),
                    "\(ended.testDescription)")
            }
            for words in [
                ["apply", "copy.job", "--yes"], ["resume", "copy.job"], ["retry", "copy.job"],
                ["verify", "copy.job"], ["undo", "copy.job", "--job", "back.job"],
            ] {
                let ended = try await rig.keyshift(words)
                #expect(
                    ended.code == 65 && ended.err.contains("--accept-missing-log"), "\(ended.testDescription)"
                )
            }
        }
        #expect(try rig.simulator.changeCount() == sent && !rig.folder.has("back.job"))

        let whole = try await rig.keyshift(["status", "whole.job"])
        #expect(whole.code == 0 && whole.err == "", "\(whole.testDescription)")
        // Whoever insists goes on with what there is: ours then reads as somebody else's, and nothing is sent twice.
        let insisting = try await rig.keyshift(
            ["apply", "copy.job", "--yes", "--rate", "none", "--accept-missing-log"] + Rig.unruled)
        #expect(insisting.code == 0, "\(insisting.testDescription)")
        #expect(try rig.simulator.truth().projects.allSatisfy { $0.patchesApplied <= 1 })
        #expect(try await rig.keyshift(["status", "copy.job"]).out.contains("apply --accept-missing-log"))
    }

    /// Cut off, a log reads as an empty one.
    @Test(arguments: [0, 20, 32, 3000]) func aCopyWithItsLogCutOff(size: Int) async throws {
        let rig = try await Rig(["--projects", "10", "--latency", "30ms..40ms"], target: Target.searchNodes)
        try await rig.plan()
        let run = try rig.start(
            ["apply", "fleet.job", "--yes", "--rate", "none", "--concurrency", "1"] + Rig.unruled)
        try await eventually("two were changed") { try rig.simulator.changeCount() >= 2 }
        run.kill(SIGKILL)
        _ = try await run.end()
        try rig.folder.write("fleet.job-wal", Array(try rig.folder.bytes("fleet.job-wal").prefix(size)))
        let sent = try rig.simulator.changeCount()
        for _ in 0..<2 {
            let status = try await rig.keyshift(["status", "fleet.job"])
            #expect(status.code == 0 && status.err.contains("write-ahead log"), "\(status.testDescription)")
            let resume = try await rig.keyshift(["resume", "fleet.job"])
            #expect(
                resume.code == 65 && resume.err.contains("--accept-missing-log"), "\(resume.testDescription)")
        }
        #expect(try rig.simulator.changeCount() == sent)
        let insisting = try await rig.keyshift(
            ["apply", "fleet.job", "--yes", "--rate", "none", "--accept-missing-log"] + Rig.unruled)
        #expect(insisting.code == 0, "\(insisting.testDescription)")
        #expect(try rig.simulator.truth().projects.allSatisfy { $0.patchesApplied <= 1 })
    }
}
