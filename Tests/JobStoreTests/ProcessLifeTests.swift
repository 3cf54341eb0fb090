import Foundation
@testable import JobStore
import Testing

/// Goal: whatever a job says of its runner, the answer is one, and no arithmetic ends the process. Method: this process,
/// one that has ended, and times at the ends of their range.
@Suite struct ProcessLifeTests {
    private static let times: [Int64] = [
        .min, .min + 1, -1, 0, 1, .max - 2001, .max - 2000, .max - 1999, .max - 1, .max,
    ]

    @Test func thisProcess() {
        let pid = Int(getpid())
        for time in Self.times {
            // It began long after the times up to 1970, so a runner of then was another.
            #expect(ProcessLife.isAlive(pid, runSince: time) == (time > 1), "\(time)")
        }
        #expect(ProcessLife.isAlive(pid, runSince: Int64(Date().timeIntervalSince1970 * 1000)))
    }

    @Test func numbersThatAreNoProcess() {
        for pid in [Int.min, -1, 0, Int(Int32.max), Int(Int32.max) + 1, Int(UInt32.max) + 2, Int.max] {
            for time in Self.times { #expect(!ProcessLife.isAlive(pid, runSince: time), "\(pid) \(time)") }
        }
    }

    /// Ended, and not asked about by its parent: it runs nothing any more.
    @Test func aZombie() throws {
        var pid: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/true"), nil]
        defer { free(words[0]) }
        try #require(posix_spawnp(&pid, "true", nil, nil, &words, nil) == 0)
        var info = siginfo_t()
        #expect(waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == 0)
        for time in Self.times { #expect(!ProcessLife.isAlive(Int(pid), runSince: time), "\(time)") }
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}
