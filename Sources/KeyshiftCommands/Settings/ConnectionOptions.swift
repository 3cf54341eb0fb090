import ArgumentParser
import MigrationCore

/// The flags of every command that talks to Atlas.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "Requests in flight, and projects in play, at a time. (default: 8)")
    var concurrency: Int?
    @Option(help: "How long one request may take.")
    var requestTimeout = DurationArgument(.seconds(120))
    @Option(help: "How long name resolution, TCP and TLS may take together.")
    var connectTimeout = DurationArgument(.seconds(10))
    @Option(
        help: "A PEM file with the certificate roots to trust in place of the system's.",
        transform: FileName.file)
    var caFile: String?
    @Option(
        help:
            "A file with MONGODB_ATLAS_… names as KEY=VALUE lines, readable by its owner only; else the environment.",
        transform: FileName.file)
    var credentials: String?
    @Option(help: "First wait of the exponential backoff with full jitter. (default: 5s)")
    var backoffBase: DurationArgument?
    @Option(help: "Longest wait of the backoff, short of a Retry-After. (default: 60s)")
    var backoffCap: DurationArgument?
    @Option(help: "How long an outage, a maintenance or a rate limit may hold the run. (default: 15m)")
    var outagePatience: DurationArgument?

    /// Files that it names; nothing may be written over them.
    var files: [String?] { [caFile, credentials] }

    func validate() throws {
        let range = RunSettings.concurrencyRange
        if let concurrency, !range.contains(concurrency) {
            throw ValidationError("--concurrency must be from \(range.lowerBound) to \(range.upperBound).")
        }
        if let backoffBase, backoffBase.duration < RunSettings.leastBackoffBase {
            throw ValidationError("--backoff-base must be at least 10ms.")
        }
        if requestTimeout.duration <= .zero || connectTimeout.duration <= .zero {
            throw ValidationError("Time-outs must be longer than nothing.")
        }
    }
}
