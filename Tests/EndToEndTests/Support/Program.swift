import Foundation
import Testing

/// How a program ended.
struct Ended: CustomTestStringConvertible, Sendable {
    /// nil when a signal ended it.
    var code: Int32?
    var signal: Int32?
    var out: String
    var err: String
    var words: [String]

    /// All that it printed.
    var printed: String { out + err }
    var testDescription: String {
        let end = code.map { "exit \($0)" } ?? "signal \(signal ?? 0)"
        return
            "\(words.joined(separator: " ")): \(end)\n--- out\n\(out.suffix(3000))\n--- err\n\(err.suffix(3000))"
    }
}

/// A running program with an explicit environment, whose output goes to files.
final class Program {
    let pid: pid_t
    private let words: [String]
    private let outputs: WorkFolder
    private var status: Int32?

    /// What the program has as its standard input.
    enum Input {
        case nothing
        case file(String)
        /// A terminal, which is its standard error too.
        case terminal(Terminal)
    }

    struct SpawnFailed: Error { var code: Int32 }

    init(
        _ path: String, _ arguments: [String], environment: [String: String], folder: String,
        input: Input = .nothing
    ) throws {
        words = [(path as NSString).lastPathComponent] + arguments
        outputs = try WorkFolder()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let creating = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 1, outputs.file("out"), creating, 0o600)
        switch input {
        case .nothing:
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 2, outputs.file("err"), creating, 0o600)
        case .file(let name):
            posix_spawn_file_actions_addopen(&actions, 0, name, O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 2, outputs.file("err"), creating, 0o600)
        case .terminal(let terminal):
            posix_spawn_file_actions_adddup2(&actions, terminal.slave, 0)
            posix_spawn_file_actions_adddup2(&actions, terminal.slave, 2)
        }
        // The shell sets the folder and becomes the program, which keeps its process id.
        let start = ["/bin/sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder, path] + arguments
        var arguments: [UnsafeMutablePointer<CChar>?] = start.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var pid: pid_t = 0
        // The threads that tests run on block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let code = posix_spawn(&pid, start[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw SpawnFailed(code: code) }
        self.pid = pid
    }

    deinit {
        guard status == nil else { return }
        Foundation.kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    }

    var isRunning: Bool {
        guard status == nil else { return false }
        var found: Int32 = 0
        guard waitpid(pid, &found, WNOHANG) == pid else { return true }
        status = found
        return false
    }

    func kill(_ signal: Int32) { if isRunning { Foundation.kill(pid, signal) } }

    var out: String { (try? outputs.text("out")) ?? "" }
    var err: String { (try? outputs.text("err")) ?? "" }

    /// Waits for the end; a program that takes too long is killed, and that is an issue of the test.
    func end(within time: Duration = .seconds(60)) async throws -> Ended {
        let deadline = ContinuousClock.now + time
        while isRunning {
            if ContinuousClock.now > deadline {
                Foundation.kill(pid, SIGKILL)
                try await eventually("killed", within: .seconds(5)) { !isRunning }
                Issue.record("\(words.joined(separator: " ")) did not end within \(time)\n\(out)\n\(err)")
                break
            }
            try await Task.sleep(for: .milliseconds(4))
        }
        let status = status ?? 0
        let isExit = status & 0x7F == 0
        return Ended(
            code: isExit ? (status >> 8) & 0xFF : nil, signal: isExit ? nil : status & 0x7F, out: out,
            err: err,
            words: words)
    }
}

/// A pseudo-terminal: what a person would see and type.
final class Terminal {
    let slave: Int32
    private let master: Int32
    private(set) var seen = ""

    struct None: Error {}

    init(columns: UInt16 = 80) throws {
        var ends: (master: Int32, slave: Int32) = (-1, -1)
        guard openpty(&ends.master, &ends.slave, nil, nil, nil) == 0 else { throw None() }
        (master, slave) = ends
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(master)
        close(slave)
    }

    func type(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// Takes in what has been printed.
    func look() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(master, &bytes, bytes.count)
            guard count > 0 else { return }
            seen += String(decoding: bytes.prefix(count), as: UTF8.self)
        }
    }
}
