import Foundation
import GRDB
import Testing

/// Goal: who watches a job neither holds it up nor is held up by it. Method: `status --watch` and readers of all kinds
/// across the end of a run.
@Suite(.aFewAtATime) struct WatchTests {
    private func running(_ count: Int = 20) async throws -> (Rig, Program) {
        let rig = try await Rig(["--projects", "\(count)", "--state", "state.json"])
        try await rig.plan()
        let apply = try rig.start(["apply", "fleet.job"] + rig.answers + Rig.quick + ["--rate", "20/s"])
        try await eventually("it has begun") { try rig.simulator.changeCount() > 2 }
        return (rig, apply)
    }

    private func isOneFile(_ rig: Rig, location: SourceLocation = #_sourceLocation) {
        let names = rig.folder.names.filter { $0.hasPrefix("fleet.job") }
        #expect(names == ["fleet.job"], sourceLocation: location)
    }

    @Test func manyWatchersAcrossTheEnd() async throws {
        let (rig, apply) = try await running()
        let watchers = try (0..<4).map { _ in try rig.start(["status", "fleet.job", "--watch"]) }
        // These open and close the job all the time, so that one of them is likely to be in it at the end.
        var looks: [Ended] = []
        while apply.isRunning { looks.append(try await rig.keyshift(["status", "fleet.job"])) }
        let ended = try await apply.end()
        #expect(ended.code == 0, "\(ended.testDescription)")
        for watcher in watchers {
            let watched = try await watcher.end(within: .seconds(10))
            #expect(watched.code == 0 && watched.out.contains("20 changed"), "\(watched.testDescription)")
            #expect(watched.err == "", "\(watched.testDescription)")
        }
        #expect(looks.count > 2)
        for look in looks { #expect(look.code == 0 && look.err == "", "\(look.testDescription)") }
        try await rig.prove()
        isOneFile(rig)
    }

    @Test func watchingWhatNobodyRunsEndsAtOnce() async throws {
        let rig = try await Rig(["--projects", "3"])
        try await rig.plan()
        let watched = try await rig.keyshift(["status", "fleet.job", "--watch"], within: .seconds(10))
        #expect(watched.code == 0 && watched.out.contains("3 pending"), "\(watched.testDescription)")
        isOneFile(rig)
    }

    @Test func theWatchedRunIsKilled() async throws {
        let (rig, apply) = try await running()
        let watch = try rig.start(["status", "fleet.job", "--watch"])
        try await eventually("it shows the run") { watch.out.contains("running: pid \(apply.pid)") }
        apply.kill(SIGKILL)
        let time = Rig.now
        _ = try await apply.end()
        let watched = try await watch.end(within: .seconds(10))
        #expect(watched.code == 0 && watched.out.contains("died"), "\(watched.testDescription)")
        try await rig.resume(expecting: 0)
        try await rig.prove(killedAt: [time])
    }

    @Test(arguments: [SIGKILL, SIGINT, SIGSTOP]) func theWatcherIsStruck(signal: Int32) async throws {
        let (rig, apply) = try await running(30)
        let watch = try rig.start(["status", "fleet.job", "--watch"])
        try await eventually("it shows the run") { watch.out.contains("running: pid \(apply.pid)") }
        watch.kill(signal)
        let ended = try await apply.end()
        #expect(ended.code == 0, "\(ended.testDescription)")
        watch.kill(SIGKILL)
        _ = try await watch.end()
        try await rig.prove()
    }

    /// The job stays in its log then, and the next look folds it.
    @Test func aReaderInTheMiddleOfARead() async throws {
        let (rig, apply) = try await running()
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: rig.folder.file("fleet.job"), configuration: configuration)
        let ended = try reader.inDatabase { db in
            try db.beginTransaction(.deferred)
            return try Int.fetchOne(db, sql: "SELECT count(*) FROM attempt")
        }
        #expect((ended ?? 0) > 0)
        let applied = try await apply.end()
        #expect(applied.code == 0 && !applied.printed.contains("locked"), "\(applied.testDescription)")
        let status = try await rig.keyshift(["status", "fleet.job"])
        #expect(status.code == 0 && status.out.contains("20 changed"), "\(status.testDescription)")
        try reader.inDatabase { try $0.commit() }
        try reader.close()
        try await rig.keyshift(["status", "fleet.job"])
        isOneFile(rig)
        try await rig.prove()
    }
}
