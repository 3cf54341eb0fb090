import Foundation

/// What a process needs to be told once, before it opens a file.
enum ProcessSetup {
    static func prepare() {
        occupyStandardDescriptors()
        // A limit on file size (`ulimit -f`) is then an error of the write, which has a sentence, and no death.
        signal(SIGXFSZ, SIG_IGN)
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
