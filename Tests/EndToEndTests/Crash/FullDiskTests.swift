import Foundation
import Testing

/// Goal: a disk that fills up ends a command with 74 and a sentence, loses nothing, and once there is room `resume`
/// finishes. Method: a small file system with a file that leaves a drawn rest free, and limits on file size, which the
/// system tells by a signal that would kill.
@Suite(.aFewAtATime) struct FullDiskTests {
    private static let canMount = ConditionTrait.enabled(
        if: Mount.isPossible, Comment(rawValue: Mount.comment))

    /// A rig whose folder is a file system of so many KiB.
    private func rig(onDiskOf kilobytes: Int) async throws -> (Rig, Mount) {
        let rig = try await Rig(["--projects", "100", "--state", "state.json"])
        let disk = try Mount(small: kilobytes, over: rig.folder.path)
        try rig.folder.write("target.yaml", Target.googleRole)
        try rig.folder.write("fleet.csv", try rig.simulator.folder.text("fleet.csv"))
        return (rig, disk)
    }

    /// Writes a file until so many KiB are left.
    private func fill(_ rig: Rig, butFor free: Int) throws {
        let values = try URL(filePath: rig.folder.path).resourceValues(forKeys: [.volumeAvailableCapacityKey])
        let room = (values.volumeAvailableCapacity ?? 0) / 1024
        try #require(room > free)
        try rig.folder.write("filler", [UInt8](repeating: 1, count: (room - free) * 1024))
    }

    private func isToldAndSafe(_ ended: Ended, _ rig: Rig, location: SourceLocation = #_sourceLocation) throws
    {
        #expect(ended.code == 74, "\(ended.testDescription)", sourceLocation: location)
        #expect(
            ended.err.contains("fleet.") && ended.err.contains("same command again"),
            "\(ended.testDescription)", sourceLocation: location)
        #expect(try rig.job.integrity == "ok", sourceLocation: location)
    }

    @Test(canMount, arguments: [0, 4, 40, 70, 150, 400]) func aRun(free: Int) async throws {
        let (rig, disk) = try await rig(onDiskOf: 6000)
        defer { disk.remove() }
        try await rig.plan()
        try fill(rig, butFor: free)
        let ended = try await rig.apply()
        try isToldAndSafe(ended, rig)
        // Others can still look, and no PATCH has left without its intent.
        for words in [["status", "fleet.job"], ["report", "fleet.job"]] {
            let look = try await rig.keyshift(words)
            #expect([0, 74].contains(look.code), "\(look.testDescription)")
        }
        try Audit(rig, rows: []).changesHaveIntents(rig.job)
        try FileManager.default.removeItem(atPath: rig.folder.file("filler"))
        let last = try await rig.apply()
        #expect(last.code == 0, "\(last.testDescription)")
        let audit = try await rig.prove()
        #expect(audit.counts == ["changed": 100])
        #expect(audit.truth.projects.allSatisfy { $0.patchesApplied == 1 })
        #expect(rig.folder.names == ["fleet.csv", "fleet.job", "fleet.results.csv", "target.yaml"])
    }

    @Test(canMount, arguments: [0, 8, 60, 120, 160]) func aPlan(free: Int) async throws {
        let (rig, disk) = try await rig(onDiskOf: 4000)
        defer { disk.remove() }
        try fill(rig, butFor: free)
        let ended = try await rig.plan(expecting: 74)
        #expect(ended.err.contains("fleet.job"), "\(ended.testDescription)")
        try FileManager.default.removeItem(atPath: rig.folder.file("filler"))
        try await rig.plan()
        #expect(try rig.irreversible == 100)
        #expect(rig.folder.names == ["fleet.csv", "fleet.job", "target.yaml"])
    }

    /// Only the results do not fit: all is done, and 74 says that they are missing.
    @Test(canMount) func theResults() async throws {
        let (rig, disk) = try await rig(onDiskOf: 6000)
        defer { disk.remove() }
        try await rig.plan()
        try await rig.apply(expecting: 0)
        let before = try rig.folder.text("fleet.results.csv")
        try fill(rig, butFor: 2)
        let again = try await rig.keyshift(["resume", "fleet.job"])
        #expect(again.code == 74, "\(again.testDescription)")
        // The old file stays whole.
        #expect(try rig.folder.text("fleet.results.csv") == before)
        let report = try await rig.keyshift(["report", "fleet.job", "--format", "json", "-o", "fleet.json"])
        #expect(report.code == 74 && report.err.contains("fleet.json"), "\(report.testDescription)")
        #expect(!rig.folder.names.contains { $0.hasPrefix("fleet.json") })
    }

    /// `ulimit -f` counts blocks of 512 bytes; SIGXFSZ comes on top of the error.
    @Test(arguments: [8, 80, 160, 320]) func aLimitOnFileSize(blocks: Int) async throws {
        let rig = try await Rig(["--projects", "100", "--state", "state.json"])
        try await rig.plan()
        let limited = "ulimit -f \(blocks); exec \"$0\" \"$@\""
        let ended = try await rig.start(
            shell: limited, ["apply", "fleet.job"] + rig.answers + Rig.quickRun
        ).end()
        try isToldAndSafe(ended, rig)
        let last = try await rig.apply()
        #expect(last.code == 0, "\(last.testDescription)")
        try await rig.prove()
        let report = try await rig.start(
            shell: "ulimit -f 4; exec \"$0\" \"$@\"",
            ["report", "fleet.job", "-o", "report.csv", "--format", "csv"]
        ).end()
        #expect(report.code == 74 && report.err.contains("report.csv"), "\(report.testDescription)")
        #expect(!rig.folder.names.contains { $0.hasPrefix("report.csv") })
    }

    @Test func aLimitOnFileSizeWhilePlanning() async throws {
        let rig = try await Rig(["--projects", "100"])
        for blocks in [4, 100, 180] {
            let ended = try await rig.start(
                shell: "ulimit -f \(blocks); exec \"$0\" \"$@\"",
                ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"]
            ).end()
            #expect(ended.code == 74 && ended.err.contains("fleet.job"), "\(ended.testDescription)")
        }
        try await rig.plan()
        #expect(try rig.irreversible == 100 && rig.job.integrity == "ok")
    }

    private static let hasFullDevice = ConditionTrait.enabled(
        if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full")

    /// The run itself is all there; that its summary is not is told by the code.
    @Test(hasFullDevice) func standardOutput() async throws {
        let rig = try await Rig(["--projects", "5", "--state", "state.json"])
        let line = "exec \"$0\" \"$@\" >/dev/full"
        let plan = ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"]
        for words in [
            plan, ["show", "fleet.job"],
            ["apply", "fleet.job", "--yes", "--confirm-irreversible", "5"] + Rig.unruled,
            ["status", "fleet.job"], ["report", "fleet.job"], ["report", "fleet.job", "--format", "json"],
            ["version"], ["help", "retries"],
        ] {
            let ended = try await rig.start(shell: line, words).end()
            if words == ["version"] { continue }
            #expect(ended.code == 74, "\(ended.testDescription)")
            #expect(ended.err.contains("standard output"), "\(ended.testDescription)")
        }
        let audit = try await rig.prove()
        #expect(audit.counts == ["changed": 5])
    }

    /// A closed stream's number must not go to a file of ours: a report would be printed into it.
    @Test func closedStreams() async throws {
        let rig = try await Rig(["--projects", "5", "--state", "state.json"])
        let words = ["plan", "--target", "target.yaml", "--job", "fleet.job"]
        let noInput = try await rig.start(shell: "exec \"$0\" \"$@\" <&-", words + ["-"]).end()
        #expect(noInput.code == 66, "\(noInput.testDescription)")
        #expect(noInput.err.contains("standard input: can't be read"), "\(noInput.testDescription)")
        #expect(rig.folder.names == ["fleet.csv", "target.yaml"])
        try await rig.plan()
        let none = "exec \"$0\" \"$@\" <&- >&- 2>&-"
        let apply = try await rig.start(
            shell: none, ["apply", "fleet.job"] + rig.answers + Rig.quickRun
        ).end()
        #expect(apply.code == 74, "\(apply.testDescription)")
        for words in [["status", "fleet.job"], ["report", "fleet.job", "--format", "csv"]] {
            let look = try await rig.start(shell: none, words).end()
            #expect(look.code == 74, "\(look.testDescription)")
        }
        try await rig.prove()
        let report = try await rig.keyshift(["report", "fleet.job", "--format", "csv"])
        #expect(try rig.folder.text("fleet.results.csv") == report.out)
    }
}
