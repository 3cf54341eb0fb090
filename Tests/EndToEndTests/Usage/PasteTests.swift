import Foundation
import Testing

/// Goal: a command in a message can be pasted into a shell as it stands, whatever the job is called. Method: jobs with
/// spaces, quotes, line breaks and format characters in their names; each command that is printed is run by a shell.
@Suite(.aFewAtATime) struct PasteTests {
    private static let jobs = ["O'Brien's $HOME job.db", "O'Brien's\n\u{202e}$HOME \\ job\t\u{85}.db"]
    private func plan(_ job: String) -> [String] {
        ["plan", "fleet.csv", "--target", "target.yaml", "--job", job]
    }

    /// Runs the first command of the message that begins so.
    private func paste(_ rig: Rig, _ start: String, from ended: Ended, _ more: String = "") async throws
        -> Ended
    {
        let found = try #require(ended.printed.range(of: start), "\(ended.testDescription)")
        let line = ended.printed[found.lowerBound...].prefix { $0 != "`" && $0 != "\n" }
        // Sentences end with a stop, which is no part of the command.
        let command = String(line.hasSuffix(".") ? line.dropLast() : line)
        rig.environment["PATH"] = (Binaries.keyshift as NSString).deletingLastPathComponent + ":/usr/bin:/bin"
        return try await Program(
            "/bin/bash", ["-c", command + " " + more], environment: rig.environment, folder: rig.folder.path
        ).end()
    }

    @Test(arguments: jobs) func everyCommandCanBePasted(_ job: String) async throws {
        let rig = try await Rig(["--projects", "12"])
        try await rig.keyshift(plan(job))
        // Not started, not confirmed, another digest, another number.
        let early = try await rig.keyshift(["resume", job])
        #expect(early.code == 7, "\(early.testDescription)")
        var pasted = try await paste(rig, "keyshift apply", from: early, "--no-input")
        #expect(pasted.code == 9, "\(pasted.testDescription)")
        for more in [["--approve", "sha256:0"], ["--confirm-irreversible", "3", "--yes"]] {
            let refused = try await rig.keyshift(["apply", job] + more)
            #expect([7, 9].contains(refused.code), "\(refused.testDescription)")
            pasted = try await paste(rig, "keyshift show", from: refused)
            #expect(pasted.code == 0 && pasted.out.contains("12"), "\(pasted.testDescription)")
        }
        // What answers the refusal is the whole command; it is stopped on its way.
        let stopped = try await paste(
            rig, "keyshift apply", from: refusal(rig, job), "--rate 20/s --max-duration 200ms --waves none")
        #expect(stopped.code == 5, "\(stopped.testDescription)")
        let planned = try await rig.keyshift(plan(job))
        #expect(planned.code == 7, "\(planned.testDescription)")
        pasted = try await paste(rig, "keyshift resume", from: planned, "--max-duration 1ms")
        #expect(pasted.code == 5, "\(pasted.testDescription)")
        pasted = try await paste(rig, "keyshift resume", from: stopped)
        #expect(pasted.code == 0 && pasted.out.contains("12"), "\(pasted.testDescription)")
    }

    /// The refusal that says how to confirm.
    private func refusal(_ rig: Rig, _ job: String) async throws -> Ended {
        let refused = try await rig.keyshift(["apply", job])
        #expect(refused.code == 9, "\(refused.testDescription)")
        return refused
    }

    @Test(arguments: jobs) func whileItRunsAndWhenItIsHalted(_ job: String) async throws {
        let rig = try await Rig.scripted(["*": ["PATCH": ["400"]]], projects: 12)
        try await rig.keyshift(plan(job))
        let apply = try rig.start(
            [
                "apply", job, "--yes", "--confirm-irreversible", "12", "--rate", "4/s", "--concurrency",
                "1",
            ] + Rig.unruled)
        try await eventually("it has begun") { try rig.simulator.changeCount() > 0 }
        let second = try await rig.keyshift(["resume", job])
        #expect(second.code == 8, "\(second.testDescription)")
        let watched = try await paste(rig, "keyshift status", from: second)
        #expect(watched.code == 0 && watched.out.contains("12 projects"), "\(watched.testDescription)")
        let halted = try await apply.end()
        #expect(halted.code == 4, "\(halted.testDescription)")
        let refused = try await rig.keyshift(["resume", job])
        #expect(refused.code == 4, "\(refused.testDescription)")
        for ended in [refused, halted] {
            let resumed = try await paste(rig, "keyshift resume", from: ended, "--max-duration 1ms")
            #expect([0, 3, 4, 5].contains(resumed.code), "\(resumed.testDescription)")
        }
    }
}
