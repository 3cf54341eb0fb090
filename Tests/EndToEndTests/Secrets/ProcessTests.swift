import Foundation
import Testing

/// Goal: the memory of a process that holds credentials gets nowhere: into no core dump, no debugger, no file of TLS keys,
/// and no backtrace program reads it. Method: what the kernel says of the process, and each crash signal with every door
/// open that the environment can open.
@Suite(.aFewAtATime) struct ProcessTests {
    /// A program that waits for its standard input, with its set-up behind it. `words` start it, and see its own words
    /// as `"$@"`.
    private func waiting(
        _ environment: [String: String] = [:], by line: String = "exec \"$@\""
    ) async throws -> (Program, Desk, Terminal) {
        let desk = try Desk()
        try desk.folder.write("target.yaml", Target.searchNodes)
        desk.environment.merge(environment) { $1 }
        let terminal = try Terminal()
        let plan = ["plan", "-", "--target", "target.yaml", "--job", "fleet.job", "--offline"]
        let program = try Program(
            "/bin/sh", ["-c", line, "sh", Binaries.keyshift] + plan, environment: desk.environment,
            folder: desk.folder.path, input: .terminal(terminal))
        try await eventually("keyshift runs") { Self.system(program.pid, "comm") == "keyshift\n" }
        // What comes before `main` sleeps nowhere for so long.
        try await Task.sleep(for: .milliseconds(150))
        try await eventually("it waits") {
            Self.system(program.pid, "stat").split(separator: ")").last?.hasPrefix(" S ") == true
        }
        return (program, desk, terminal)
    }

    private static func system(_ process: pid_t, _ name: String) -> String {
        let data = FileManager.default.contents(atPath: "/proc/\(process)/\(name)") ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    #if os(Linux)
        @Test func thereIsNoCore() async throws {
            let (program, _, _) = try await waiting()
            let limits = Self.system(program.pid, "limits")
            #expect(limits.contains(/Max core file size\s+0\s+0\b/), "\(limits)")
        }

        /// The kernel gives the files of a process that may not be looked into to root, whoever runs it.
        @Test func nobodyMayLookIntoIt() async throws {
            // Root's process is told apart by its group.
            let become =
                "import os, sys; os.setgid(65534) if os.getuid() == 0 else 0; os.execv(sys.argv[1], sys.argv[1:])"
            let (program, _, _) = try await waiting(by: "exec python3 -c '\(become)' \"$@\"")
            var info = stat()
            #expect(stat("/proc/\(program.pid)/maps", &info) == 0 && info.st_uid == 0 && info.st_gid == 0)
            #expect(
                Self.system(program.pid, "status").contains("Gid:\t\(geteuid() == 0 ? 65534 : getegid())"))
        }
    #endif

    /// Shells and `nohup` have signals ignored for a child.
    @Test func whatWasIgnoredStaysIgnored() async throws {
        let (program, _, terminal) = try await waiting(Self.backtraces, by: "trap '' QUIT; exec \"$@\"")
        program.kill(SIGQUIT)
        program.kill(SIGTERM)
        let ended = try await program.end()
        terminal.look()
        #expect(ended.signal == SIGTERM, "\(ended.testDescription)")
    }

    /// With them a recording of the traffic can be read.
    @Test(.enabled(if: Servers.areThere, "scripts/servers could not bring nginx"))
    func noKeysOfConnections() async throws {
        let rig = try await Rig(["--projects", "2"])
        let nginx = try await Nginx.start(before: rig.simulator)
        rig.go(through: nginx)
        rig.environment["SSLKEYLOGFILE"] = rig.folder.file("tls.keys")
        let ended = try await rig.keyshift(["doctor", "--ca-file", nginx.caFile])
        #expect(ended.code == 0, "\(ended.testDescription)")
        #expect(!rig.folder.has("tls.keys"))
    }

    private static let backtraces = [
        "SWIFT_BACKTRACE": "enable=yes,interactive=no,color=no,threads=all,registers=all,output-to=stderr"
    ]

    /// Swift's runtime takes these signals before `main` when the environment says so.
    @Test(arguments: [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGQUIT])
    func aCrashLeavesNothing(signal: Int32) async throws {
        let (program, desk, terminal) = try await waiting(Self.backtraces)
        program.kill(signal)
        let ended = try await program.end()
        terminal.look()
        #expect(ended.signal == signal && ended.code == nil, "\(ended.testDescription)")
        #expect(ended.printed.isEmpty && !terminal.seen.contains("rash"), "\(terminal.seen)")
        #expect(!desk.folder.names.contains { $0.hasPrefix("core") })
    }
}
