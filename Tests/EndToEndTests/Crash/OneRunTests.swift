import Foundation
import Testing

/// Goal: a job is run by one process, whatever it is called and whatever becomes of its lock file; nothing is sent twice.
/// Method: a slow run, and a second one that comes by another name while it is under way.
@Suite(.aFewAtATime) struct OneRunTests {
    private static let answers = ["--yes", "--confirm-irreversible", "12"] + Rig.unruled

    private func running() async throws -> (rig: Rig, first: Program) {
        let rig = try await Rig(["--projects", "12", "--latency", "80ms..90ms"])
        try await rig.plan()
        let first = try rig.start(
            ["apply", "fleet.job", "--concurrency", "1", "--rate", "none"] + Self.answers)
        try await eventually("the first has sent") { try rig.simulator.changeCount() > 0 }
        return (rig, first)
    }

    private func second(_ rig: Rig, _ job: String, is code: Int32) async throws {
        for words in [["apply", job] + Self.answers, ["resume", job]] {
            let ended = try await rig.keyshift(words)
            #expect(ended.code == code, "\(ended.testDescription)")
        }
    }

    private func sentOnce(_ rig: Rig) async throws {
        let projects = try rig.simulator.truth().projects
        #expect(projects.allSatisfy { $0.patchesSeen == 1 }, "\(projects.map(\.patchesSeen))")
        try Audit(rig).rowsAreTrue()
    }

    @Test func throughALink() async throws {
        let (rig, first) = try await running()
        symlink("fleet.job", rig.folder.file("link.job"))
        try await second(rig, "link.job", is: 8)
        let status = try await rig.keyshift(["status", "link.job", "--format", "json"])
        #expect(status.code == 0 && status.out.contains(#""running":true"#), "\(status.testDescription)")
        #expect(try await first.end().code == 0)
        try await sentOnce(rig)
        #expect(!rig.folder.has("link.results.csv") && !rig.folder.has("link.job.lock"))
    }

    @Test func throughAHardLink() async throws {
        let (rig, first) = try await running()
        link(rig.folder.file("fleet.job"), rig.folder.file("hard.job"))
        try await second(rig, "hard.job", is: 7)
        // What it would show there is old, so it shows nothing.
        let status = try await rig.keyshift(["status", "hard.job"])
        #expect(status.code == 7 && status.out == "", "\(status.testDescription)")
        let true_ = try await rig.keyshift(["status", "fleet.job", "--format", "json"])
        #expect(true_.code == 0 && true_.out.contains(#""running":true"#), "\(true_.testDescription)")
        #expect(try await first.end().code == 0)
        try await sentOnce(rig)
        try await second(rig, "fleet.job", is: 7)
        unlink(rig.folder.file("hard.job"))
        try await second(rig, "fleet.job", is: 0)
    }

    /// The run goes on or ends cleanly; a second is refused under the new name and finds nothing under the old one.
    @Test func renamedWhileItRuns() async throws {
        let (rig, first) = try await running()
        #expect(rename(rig.folder.file("fleet.job"), rig.folder.file("moved.job")) == 0)
        for words in [["apply", "moved.job"] + Self.answers, ["resume", "moved.job"]] {
            let ended = try await rig.keyshift(words)
            #expect(
                [7, 8, 65].contains(ended.code) || !first.isRunning, "\(ended.testDescription)")
        }
        let gone = try await rig.keyshift(["resume", "fleet.job"])
        #expect(gone.code == 66, "\(gone.testDescription)")
        let ended = try await first.end()
        #expect([0, 5, 74].contains(ended.code), "\(ended.testDescription)")
        // SQLite puts the log of a moved file away without a word of it in the file's header, so the next run asks; but
        // nothing of it is lost.
        let resumed = try await rig.keyshift(["resume", "moved.job"] + Rig.timeout)
        #expect([0, 65].contains(resumed.code), "\(resumed.testDescription)")
        #expect(rename(rig.folder.file("moved.job"), rig.folder.file("fleet.job")) == 0)
        if resumed.code == 65 {
            #expect(resumed.err.contains("--accept-missing-log"), "\(resumed.testDescription)")
            try await rig.resume(["--accept-missing-log"], expecting: 0)
        }
        if rig.folder.has("moved.results.csv") {
            rename(rig.folder.file("moved.results.csv"), rig.folder.file("fleet.results.csv"))
        }
        try await sentOnce(rig)
    }

    @Test(arguments: ["deleted", "moved"]) func withoutItsLockFile(what: String) async throws {
        let (rig, first) = try await running()
        let lock = rig.folder.file("fleet.job.lock")
        if what == "deleted" { unlink(lock) } else { rename(lock, rig.folder.file("elsewhere")) }
        let status = try await rig.keyshift(["status", "fleet.job", "--format", "json"])
        #expect(
            status.code == 0 && status.out.contains(#""running":true"#), "\(status.testDescription)")
        for words in [["apply", "fleet.job"] + Self.answers, ["resume", "fleet.job"]] {
            let ended = try await rig.keyshift(words)
            // The first ends by itself within a second or so; from then on the job is free.
            #expect(ended.code == 8 || !first.isRunning, "\(ended.testDescription)")
        }
        // It can't keep others out any more, so it ends, with all that was sent looked at.
        let ended = try await first.end()
        #expect(ended.code == 5 && ended.err.contains("lock file"), "\(ended.testDescription)")
        try await rig.resume(expecting: 0)
        try await sentOnce(rig)
    }
}
