#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A program of the system that a test runs; its input and output are nothing.
final class Program {
    private let process: pid_t

    /// The program's path, or nil when the machine does not have it.
    static func path(of name: String) -> String? {
        ["/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/", "/bin/"].map { $0 + name }.first {
            access($0, X_OK) == 0
        }
    }

    init?(_ path: String, _ arguments: [String]) {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var process: pid_t = 0
        // The threads that tests run on block signals, and a child would inherit that.
        #if canImport(Darwin)
            var attributes: posix_spawnattr_t?
        #else
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        guard posix_spawn(&process, path, &actions, &attributes, &words, &environment) == 0 else {
            return nil
        }
        self.process = process
    }

    /// Waits for the program's end; its exit status, or nil when a signal ended it.
    func wait() -> Int32? {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }

    /// Asks it to end, which takes its children with it, and waits.
    func terminate() {
        kill(process, SIGTERM)
        _ = wait()
    }

    func stop() {
        kill(process, SIGKILL)
        _ = wait()
    }
}
