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

    /// Closing any descriptor of the file would drop the lock: asking must not.
    @Test(.enabled(if: python != nil)) func askingDoesNotLoseIt() throws {
        let folder = try Folder()
        let lock = try RunLock(job: folder.job)
        #expect(RunLock.holder(of: folder.job)?.hasPrefix("pid \(getpid()) on ") == true)
        #expect(throws: RunLock.Held.self) { try RunLock(job: folder.job) }
        let (process, said) = try Self.start(folder.job + ".lock", false)
        process.waitUntilExit()
        #expect(said == "refused")
        withExtendedLifetime(lock) {}
    }

    /// What lies at the lock's name and is not ours is neither followed, nor emptied, nor taken away.
    @Test func whatHasItsName() throws {
        let folder = try Folder()
        let (name, victim) = (folder.job + ".lock", folder.path + "/victim")
        func refused() throws {
            #expect(throws: JobStoreError.self) { try RunLock(job: folder.job) }
            #expect(RunLock.holder(of: folder.job) == nil)
        }
        try Data("precious".utf8).write(to: URL(fileURLWithPath: victim))
        try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: victim)
        try refused()
        unlink(name)
        link(victim, name)
        try refused()
        unlink(name)
        mkfifo(name, 0o600)
        try refused()
        unlink(name)
        mkdir(name, 0o700)
        try refused()
        rmdir(name)
        for text in ["precious", "pid", "pid 1 on a\nand more", "pid x on y"] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: name))
            try refused()
            #expect(try String(contentsOfFile: name, encoding: .utf8) == text)
        }
        unlink(name)
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "precious")
        _ = try RunLock(job: folder.job)
    }

    @Test func aLockThatWasTakenAway() throws {
        let folder = try Folder()
        var lock: RunLock? = try RunLock(job: folder.job)
        #expect(lock?.isInPlace == true)
        rename(folder.job + ".lock", folder.path + "/moved")
        #expect(lock?.isInPlace == false)
        try Data("another's".utf8).write(to: URL(fileURLWithPath: folder.job + ".lock"))
        #expect(lock?.isInPlace == false)
        lock = nil
        #expect(folder.names == ["fleet.job.lock", "moved"], "what is not ours stays")
    }

    /// A run that the job itself names, and that is alive, refuses the next; one whose number another process has by
    /// now, one on another machine and one that has ended do not.
    @Test func aRunnerThatTheJobNames() throws {
        let folder = try Folder()
        let job = try folder.openJob().job
        try job.close()
        let sleeper = Process()
        sleeper.executableURL = URL(fileURLWithPath: "/bin/sleep")
        sleeper.arguments = ["60"]
        try sleeper.run()
        let host = ProcessInfo.processInfo.hostName
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        func mayRun(_ pid: Int32, _ host: String, at: Int64, ended: Bool = false) throws -> Bool {
            try Tampering.alter(
                folder.job,
                [
                    """
                    UPDATE run SET pid = \(pid), host = '\(host)', started_at = \(at),
                        ended_at = \(ended ? "1" : "NULL")
                    """
                ])
            let open = try Job.open(folder.job, for: .run)
            defer { try? open.close() }
            do {
                try open.checkNobodyRuns()
                return true
            } catch is RunLock.Held {
                #expect(throws: RunLock.Held.self) { try open.firstRevision.beginRun("resume", at: now) }
                return false
            }
        }
        #expect(try !mayRun(sleeper.processIdentifier, host, at: now))
        #expect(try mayRun(sleeper.processIdentifier, host, at: now, ended: true))
        #expect(try mayRun(sleeper.processIdentifier, "elsewhere", at: now))
        #expect(try mayRun(sleeper.processIdentifier, host, at: now - 3_600_000))
        #expect(try mayRun(getpid(), host, at: now))
        for odd in [0, -1, Int32.max] { #expect(try mayRun(odd, host, at: now)) }
        kill(sleeper.processIdentifier, SIGKILL)
        sleeper.waitUntilExit()
        #expect(try mayRun(sleeper.processIdentifier, host, at: now))
    }

    @Test func aUserWithoutAName() {
        #expect(UserName.name(of: 4_000_000_123) == "uid 4000000123")
        #expect(UserName.name(of: 0) == "root")
    }

    @Test func noFolderIsAnError() {
        #expect(throws: JobStoreError.self) { try RunLock(job: "/no/such/folder/job") }
    }
}
