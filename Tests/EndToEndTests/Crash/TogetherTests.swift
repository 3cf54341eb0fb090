import Foundation
import Testing

/// Two runs of one job: the second is refused and harms nothing; others may look at any time; a dead run does not bind;
/// and the job is one private file at rest. The first run is slow on purpose.
@Suite(.aFewAtATime) struct TogetherTests {
    private static let slow = ["--rate", "8/s"]
    /// Outlasts any pause of the simulator.
    private static let patient = ["--request-timeout", "5m"]
    private static let atRest = ["fleet.csv", "fleet.job", "fleet.results.csv", "target.yaml"]

    /// A rig with a run under way.
    private func running() async throws -> (Rig, Program) {
        let rig = try await Rig(["--projects", "20"])
        try await rig.plan()
        #expect(rig.folder.names == ["fleet.csv", "fleet.job", "target.yaml"])
        let first = try rig.start(
            ["apply", "fleet.job"] + rig.answers + Self.slow + Self.patient)
        try await eventually("it has begun") { try rig.simulator.changeCount() > 0 }
        return (rig, first)
    }

    @Test func theSecondIsRefused() async throws {
        let (rig, first) = try await running()
        // So that it can't come to its end meanwhile, however busy the machine is.
        rig.simulator.pause()
        for words in [
            ["apply", "fleet.job", "--yes", "--confirm-irreversible", "20"], ["resume", "fleet.job"],
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"],
        ] {
            let second = try await rig.keyshift(words)
            #expect(second.code == 8 && second.err.contains("\(first.pid)"), "\(second.testDescription)")
        }
        #expect(first.isRunning)
        rig.simulator.goOn()
        let ended = try await first.end()
        #expect(ended.code == 0, "\(ended.testDescription)")
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        #expect(audit.truth.projects.allSatisfy { $0.patchesSeen == 1 })
        #expect(rig.folder.names == Self.atRest)
    }

    @Test func othersMayLook() async throws {
        let (rig, first) = try await running()
        rig.simulator.pause()
        let text = try await rig.keyshift(["status", "fleet.job"])
        #expect(text.code == 0 && text.out.contains("running"), "\(text.testDescription)")
        let json = try await rig.keyshift(["status", "fleet.job", "--format", "json"])
        let status = try #require(
            try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
        #expect(status["running"] as? Bool == true && status["projects"] as? Int == 20)
        for words in [["show", "fleet.job"], ["report", "fleet.job", "--format", "csv"]] {
            let look = try await rig.keyshift(words)
            #expect(look.code == 0, "\(look.testDescription)")
        }
        let watch = try rig.start(["status", "fleet.job", "--watch"])
        rig.simulator.goOn()
        let ended = try await first.end()
        #expect(ended.code == 0, "\(ended.testDescription)")
        let watched = try await watch.end(within: .seconds(10))
        #expect(watched.code == 0 && watched.out.contains("20 changed"), "\(watched.testDescription)")
        let after = try await rig.keyshift(["status", "fleet.job", "--format", "json"])
        #expect(after.out.contains("\"running\":false") && after.out.contains("\"changed\":20"))
        #expect(rig.folder.names == Self.atRest)
        #expect(try rig.folder.mode("fleet.job") == 0o600)
        for name in ["fleet.results.csv"] { #expect(try rig.folder.mode(name) & 0o077 == 0) }
    }

    @Test func aDeadRunDoesNotBind() async throws {
        let (rig, first) = try await running()
        let time = Int64(Date().timeIntervalSince1970 * 1000)
        first.kill(SIGKILL)
        _ = try await first.end()
        #expect(rig.folder.has("fleet.job.lock"))
        for name in rig.folder.names where name.hasPrefix("fleet.job") {
            #expect(try rig.folder.mode(name) & 0o077 == 0, "\(name)")
        }
        let status = try await rig.keyshift(["status", "fleet.job"])
        #expect(status.code == 0 && status.out.contains("died"), "\(status.testDescription)")
        let report = try await rig.keyshift(["report", "fleet.job", "--format", "csv"])
        #expect(report.code == 0 && report.out.contains("pending"))
        try await rig.keyshift(["show", "fleet.job"])
        // On a started job `apply` is `resume`.
        let ended = try await rig.keyshift(["apply", "fleet.job"])
        #expect(ended.code == 0, "\(ended.testDescription)")
        try Audit(rig).rowsAreTrue(killedAt: [time])
        #expect(rig.folder.names == Self.atRest)
    }

    @Test func twoAtTheSameMoment() async throws {
        let rig = try await Rig(["--projects", "10"])
        try await rig.plan()
        let words = try ["apply", "fleet.job"] + rig.answers + Rig.quick + Self.slow
        let programs = [try rig.start(words), try rig.start(words), try rig.start(words)]
        var codes: [Int32?] = []
        for program in programs { codes.append(try await program.end().code) }
        #expect(codes.filter { $0 == 0 }.count == 1 && codes.filter { $0 == 8 }.count == 2, "\(codes)")
        let audit = try Audit(rig)
        audit.rowsAreTrue()
        #expect(audit.truth.projects.allSatisfy { $0.patchesSeen == 1 })
        #expect(rig.folder.names == Self.atRest)
    }

    @Test func nothingToDoMakesNoRequest() async throws {
        let rig = try await Rig(["--projects", "5"])
        try await rig.plan()
        try await rig.apply(expecting: 0)
        let before = rig.simulator.logSize
        let again = try await rig.keyshift(["apply", "fleet.job"])
        #expect(again.code == 0, "\(again.testDescription)")
        try await rig.resume(expecting: 0)
        #expect(rig.simulator.logSize == before)
    }
}
