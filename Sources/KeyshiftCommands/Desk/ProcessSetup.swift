import CProcess
import Foundation

/// What a process needs to be told once, before it opens a file, reads a secret or has a second thread.
enum ProcessSetup {
    /// The descriptors that whoever started the process gave it, which are all that `/dev/fd/N` may mean.
    ///
    /// Up to 255: shells name theirs below that.
    static let inherited = Set((Int32(0)...255).filter { fcntl($0, F_GETFD) >= 0 })

    static func prepare() {
        // Looked at before anything is opened.
        _ = inherited.count
        closeMemory()
        forgetVariables()
        occupyStandardDescriptors()
        DescriptorLimit.prepare()
        // A limit on file size (`ulimit -f`) is then an error of the write, which has a sentence, and no death.
        signal(SIGXFSZ, SIG_IGN)
        // A reader that goes away (`| head`) is then one too, and the command ends as it would have.
        signal(SIGPIPE, SIG_IGN)
    }

    /// The memory holds the credentials, and the keys that are sent: a crash must leave nothing of it behind.
    private static func closeMemory() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if os(Linux)
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        #else
            setrlimit(RLIMIT_CORE, &none)
        #endif
        _ = cprocess_close_memory()
        // Where SWIFT_BACKTRACE says so, Swift's runtime has taken these before `main`, to start a program that reads
        // the whole memory and writes parts of it down. It reads the variable no more, so giving the signals back is
        // what ends it. One that our parent had us ignore stays ignored.
        for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGQUIT] {
            let previous = signal(number, SIG_DFL)
            if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                signal(number, SIG_IGN)
            }
        }
    }

    /// `SSLKEYLOGFILE`: libcurl and the TLS libraries below it would write the keys of every connection there, with
    /// which the traffic can be read. `SWIFT_BACKTRACE` for a child.
    ///
    /// `OPENSSL_CONF` stays: it is how FIPS mode is switched on, and whoever sets it could as well preload a library.
    /// The oldest version of TLS and the roots are set by hand, whatever it says.
    private static func forgetVariables() {
        for name in ["SSLKEYLOGFILE", "SWIFT_BACKTRACE"] { unsetenv(name) }
    }

    /// A closed standard stream would give its number to the next file: the lock would be read as the CSV, or a
    /// report printed into it. Each is opened the wrong way round, so that using it fails as closed.
    private static func occupyStandardDescriptors() {
        for (descriptor, mode) in [
            (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
        ]
        where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // The lowest free number is this one, since those below it are open by now.
            _ = open("/dev/null", mode)
        }
    }
}
