import Foundation
import Reporting

/// The files and connections that this process may have open at a time (`ulimit -n`). Too few end Swift's runtime by a
/// signal, and libcurl by errors that look like the network's, so it is asked before.
enum DescriptorLimit {
    /// For the job, its logs, what a command reads and writes, the event loop and name resolution.
    static let least = 32
    /// For each request in flight: a connection, a second attempt beside it (IPv6 and IPv4), and its end.
    private static let perRequest = 3
    /// What is asked for where the hard limit allows it.
    private static let wanted: rlim_t = 1024

    /// Raises a low soft limit as far as it goes, then looks whether there is room. Speaks and exits itself: nothing
    /// may be used yet that opens a file.
    static func prepare() {
        raise()
        guard room(upTo: least) < least else { return }
        let text = "error: \(sentence(least).text)\n"
        _ = text.withCString { Foundation.write(STDERR_FILENO, $0, strlen($0)) }
        exit(ExitStatus.environment.rawValue)
    }

    /// - Throws: `CommandError` 78 when `requests` can't be in flight at a time.
    static func require(requests: Int) throws {
        let needed = least + perRequest * requests
        guard room(upTo: needed) < needed else { return }
        throw CommandError(
            .environment, "\(sentence(needed))\nOr lower --concurrency, now \(requests). Nothing was sent.")
    }

    private static func sentence(_ needed: Int) -> Prose {
        """
        this process may have too few files and connections open at a time; keyshift needs \(needed) more.
        Raise the limit in the shell that starts it, as with: ulimit -n 1024
        """
    }

    private static func raise() {
        #if os(Linux)
            let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let kind = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0, limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(limit.rlim_max, wanted)
        setrlimit(kind, &limit)
    }

    /// Found by taking them, since a parent may have left some open.
    private static func room(upTo count: Int) -> Int {
        var taken: [Int32] = []
        taken.reserveCapacity(count)
        while taken.count < count {
            let descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
            guard descriptor >= 0 else { break }
            taken.append(descriptor)
        }
        for descriptor in taken { close(descriptor) }
        return taken.count
    }
}
