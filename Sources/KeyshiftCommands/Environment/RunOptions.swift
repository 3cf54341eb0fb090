import ArgumentParser
import MigrationCore

/// The flags of `apply` and `resume` that say how to run.
struct RunOptions: ParsableArguments {
    @Option(help: "Pace of PATCHes, resends included: N/s, N/min, N/h or none. (default: 120/min)")
    var rate: Rate?
    @Option(help: "Counted attempts for a project. (default: 5)")
    var maxAttempts: Int?
    @Option(help: "How long a cloud identity may take to spread. (default: 3m)")
    var propagationPatience: DurationArgument?
    @Option(help: "How long a change may take to show. (default: 60s)")
    var verifyPatience: DurationArgument?
    @Flag(help: "Don't read changes back; refused with irreversible items.")
    var noVerify = false
    @Option(help: "Start nothing new after this time; exit 5, resumable.")
    var maxDuration: DurationArgument?
    @Option(help: "Append what happens to this file, a JSON object a line.")
    var events: String?

    func validate() throws {
        if let maxAttempts, !(1...100).contains(maxAttempts) {
            throw ValidationError("--max-attempts must be from 1 to 100.")
        }
    }
}

/// Flags of the contract that come with a later version; refused with a sentence instead of "unknown option".
struct LaterOptions: ParsableArguments {
    @Option(help: .private) var waves: String?
    @Option(help: .private) var waveSoak: String?
    @Option(help: .private) var stopAfterWave: String?
    @Option(help: .private) var maxFailures: String?

    func validate() throws {
        let given = [
            ("--waves", waves), ("--wave-soak", waveSoak), ("--stop-after-wave", stopAfterWave),
            ("--max-failures", maxFailures),
        ]
        if let (name, _) = given.first(where: { $0.1 != nil }) {
            throw ValidationError(
                "\(name) comes with a later version of keyshift; run without it, in small CSVs where you want waves."
            )
        }
    }
}

extension RunSettings {
    /// Flags over the target file's settings over the defaults.
    static func first(_ connection: ConnectionOptions, _ run: RunOptions?, _ target: TargetSettings)
        -> RunSettings
    {
        var settings = RunSettings()
        settings.concurrency = connection.concurrency ?? target.concurrency ?? settings.concurrency
        if let rate = run?.rate ?? target.rate { settings.patchInterval = rate.interval }
        settings.apply(connection, run)
        return settings
    }

    private mutating func apply(_ connection: ConnectionOptions, _ run: RunOptions?) {
        backoffBase = connection.backoffBase?.duration ?? backoffBase
        backoffCap = connection.backoffCap?.duration ?? backoffCap
        outagePatience = connection.outagePatience?.duration ?? outagePatience
        maxAttempts = run?.maxAttempts ?? maxAttempts
        propagationPatience = run?.propagationPatience?.duration ?? propagationPatience
        verifyPatience = run?.verifyPatience?.duration ?? verifyPatience
        if run?.noVerify == true { verifies = false }
    }

    /// The settings that a job was started with, lowered where these flags lower them.
    /// - Throws: `CommandError` 64 for any other change.
    func resumed(_ connection: ConnectionOptions, _ run: RunOptions) throws -> RunSettings {
        var settings = self
        if let concurrency = connection.concurrency {
            guard concurrency <= self.concurrency else {
                throw Self.refused("--concurrency", "\(self.concurrency)", "may only be lowered")
            }
            settings.concurrency = concurrency
        }
        if let rate = run.rate {
            let slower = rate.interval.map { $0 >= patchInterval ?? .zero } ?? (patchInterval == nil)
            guard slower else {
                let present = patchInterval.map { "a PATCH every \(DurationText.format($0))" } ?? "none"
                throw Self.refused("--rate", present, "may only be lowered")
            }
            settings.patchInterval = rate.interval
        }
        var others = settings
        others.apply(connection, run)
        let before = Dictionary(uniqueKeysWithValues: settings.pairs.map { ($0.name, $0.value) })
        if let changed = others.pairs.first(where: { before[$0.name] != $0.value }) {
            throw Self.refused("--\(changed.name)", before[changed.name] ?? "", "can't change any more")
        }
        return settings
    }

    private static func refused(_ flag: String, _ present: String, _ why: String) -> CommandError {
        CommandError(.usage, "\(flag) \(why): the job was started with \(present). Leave the flag away.")
    }
}
