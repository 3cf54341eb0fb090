import Foundation
import Testing

/// Goal: nothing is sent for a job that somebody else could have written, and the answer says what to type. Method: the
/// same job with other modes, owners (as root), a planted log and an open folder.
@Suite(.aFewAtATime) struct WhoseJobTests {
    @Test func aJobThatOthersCouldHaveWritten() async throws {
        let rig = try await Rig(["--projects", "2"])
        try await rig.plan()
        let job = rig.folder.file("fleet.job")
        func refused(_ sentence: String) async throws {
            for words in [
                ["apply", "fleet.job", "--yes", "--confirm-irreversible", "2"], ["resume", "fleet.job"],
                ["retry", "fleet.job"], ["verify", "fleet.job"], ["undo", "fleet.job", "--job", "back.job"],
            ] {
                let ended = try await rig.keyshift(words)
                #expect(ended.code == 65 && ended.err.contains(sentence), "\(ended.testDescription)")
            }
        }
        chmod(job, 0o666)
        try await refused("chmod go-w fleet.job")
        chmod(job, 0o600)
        chmod(rig.folder.path, 0o777)
        try await refused("chmod go-w \(rig.folder.path)")
        chmod(rig.folder.path, 0o700)
        try rig.folder.write("fleet.job-wal", "planted", mode: 0o666)
        try await refused("chmod go-w fleet.job-wal")
        unlink(job + "-wal")
        if geteuid() == 0 {
            try rig.folder.write("fleet.job-wal", "planted", mode: 0o600)
            chown(job + "-wal", 12_345, 12_345)
            try await refused("belongs to 12345")
            unlink(job + "-wal")
            chown(job, 12_345, 12_345)
            try await refused("belongs to 12345")
            chown(job, 0, 0)
        }
        #expect(try rig.simulator.changeCount() == 0 && !rig.folder.has("fleet.job.lock"))
        try await rig.apply(expecting: 0)
    }
}
