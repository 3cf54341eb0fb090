import Foundation
import JobStore
import Testing

/// Goal: one runner at a time, and a dead one does not bind. Method: a second process (python3) that takes the same
/// lock and is killed.
@Suite struct RunLockTests {
    static let python = ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Runs a script; what it prints first is its report that it holds, or can't get, the lock.
    static func start(_ path: String, _ holdsOn: Bool) throws -> (Process, String) {
        let script = """
            import fcntl, os, sys
            f = os.open(sys.argv[1], os.O_CREAT | os.O_RDWR, 0o600)
            try:
                fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.write(f, b"pid 4242 on elsewhere")
                print("held", flush=True)
            except OSError:
                print("refused", flush=True)
            if \(holdsOn ? "True" : "False"): sys.stdin.read()
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python ?? "")
        process.arguments = ["-c", script, path]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = output.fileHandleForReading.availableData
        return (
            process, String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        )
    }

    @Test(.enabled(if: python != nil)) func anotherProcessHoldsIt() throws {
        let folder = try Folder()
        #expect(RunLock.holder(of: folder.job) == nil)
        let (process, said) = try Self.start(folder.job + ".lock", true)
        #expect(said == "held")
        let held = #expect(throws: RunLock.Held.self) { try RunLock(job: folder.job) }
        #expect(held?.holder == "pid 4242 on elsewhere")
        #expect(RunLock.holder(of: folder.job) == "pid 4242 on elsewhere")
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        // Its file is still there, and binds nobody.
        #expect(folder.names == ["fleet.job.lock"] && RunLock.holder(of: folder.job) == nil)
        let lock = try RunLock(job: folder.job)
        let text = try String(contentsOfFile: folder.job + ".lock", encoding: .utf8)
        #expect(text.hasPrefix("pid \(getpid()) on ") && text.filter(\.isNewline).count == 1)
        withExtendedLifetime(lock) {}
    }

    @Test(.enabled(if: python != nil)) func weHoldItAgainstOthers() throws {
        let folder = try Folder()
        var lock: RunLock? = try RunLock(job: folder.job)
        let (process, said) = try Self.start(folder.job + ".lock", false)
        process.waitUntilExit()
        #expect(said == "refused")
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(folder.names.isEmpty && RunLock.holder(of: folder.job) == nil)
        _ = try RunLock(job: folder.job)
    }

    @Test func noFolderIsAnError() {
        #expect(throws: JobStoreError.self) { try RunLock(job: "/no/such/folder/job") }
    }
}
