import TargetFiles
import ArgumentParser
import JobStore
import MigrationCore
import Reporting

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
    @Option(
        help: "Waves of projects, as 1,5,20%,rest, or none. (default: 1,5,20%,rest with irreversible items)")
    var waves: WaveChoice?
    @Option(
        help:
            "How long a wave soaks before it is read again. (default: 1m with irreversible items, else 0s)"
    )
    var waveSoak: DurationArgument?
    @Option(help: "End after this wave; exit 5, resumable.")
    var stopAfterWave: Int?
    @Option(
        help:
            "Halt when more projects end badly: a number, or a percentage of those to be changed. (default: 5%)"
    )
    var maxFailures: FailureLimit?
    @Flag(help: "Don't read changes back; refused with irreversible items or waves.")
    var noVerify = false
    @Option(help: "Start nothing new after this time; exit 5, resumable.")
    var maxDuration: DurationArgument?
    @Option(help: "Append what happens to this file, a JSON object a line.", transform: FileName.file)
    var events: String?

    func validate() throws {
        let attempts = RunSettings.maxAttemptsRange
        if let maxAttempts, !attempts.contains(maxAttempts) {
            throw ValidationError(
                "--max-attempts must be from \(attempts.lowerBound) to \(attempts.upperBound).")
        }
        if let stopAfterWave, stopAfterWave < 1 {
            throw ValidationError("--stop-after-wave must be at least 1.")
        }
    }
}

/// What of the plan decides which rules bind when nobody says.
struct PlanNature {
    var hasIrreversible: Bool
    var hasSheetWaves: Bool
}

extension PlanNature {
    init(_ job: Job, _ totals: Totals) throws {
        hasIrreversible = totals[PlanClass.irreversible] > 0
        hasSheetWaves = try job.hasSheetWaves()
    }
}

extension RunSettings {
    /// Flags over the target file's settings over the defaults.
    /// - Throws: `CommandError` 64 for what does not go together.
    static func first(
        _ connection: ConnectionOptions?, _ run: RunOptions?, _ target: TargetSettings, _ plan: PlanNature
    ) throws -> RunSettings {
        var settings = RunSettings()
        settings.concurrency = connection?.concurrency ?? target.concurrency ?? settings.concurrency
        if let rate = run?.rate ?? target.rate { settings.patchInterval = rate.interval }
        settings.waves =
            run?.waves ?? target.waves
            ?? (plan.hasSheetWaves ? .column : plan.hasIrreversible ? .pattern(.standard) : .none)
        settings.waveSoak = plan.hasIrreversible ? irreversibleSoak : .zero
        settings.maxFailures = target.maxFailures ?? settings.maxFailures
        settings.apply(connection, run)
        try settings.check(run, plan)
        return settings
    }

    /// For a run that changes nothing.
    static func reading(_ connection: ConnectionOptions, _ target: TargetSettings) -> RunSettings {
        var settings = RunSettings()
        settings.concurrency = connection.concurrency ?? target.concurrency ?? settings.concurrency
        settings.apply(connection, nil)
        return settings
    }

    private func check(_ run: RunOptions?, _ plan: PlanNature) throws {
        switch conflict(hasIrreversible: plan.hasIrreversible, hasSheetWaves: plan.hasSheetWaves) {
        case .unverifiedIrreversible?:
            throw CommandError(
                .usage, "--no-verify is refused: the plan has changes that can't be undone. Leave it away.")
        case .unverifiedWaves?:
            throw CommandError(
                .usage,
                "--no-verify is refused with waves: a wave starts only when the one before was read back.")
        case .wavesBesideSheet(let waves)?:
            throw CommandError(
                .usage,
                "waves are given twice: \(waves) and the sheet's wave column. Leave one of them away.")
        // Only a job can say so, and what a job says is checked where it is read.
        case .noSheetWaves?, nil: break
        }
        try checkStop(run)
    }

    private func checkStop(_ run: RunOptions?) throws {
        guard run?.stopAfterWave != nil, waves == .none else { return }
        throw CommandError(.usage, "--stop-after-wave needs waves, and this job has none.")
    }

    private mutating func apply(_ connection: ConnectionOptions?, _ run: RunOptions?) {
        backoffBase = connection?.backoffBase?.duration ?? backoffBase
        backoffCap = connection?.backoffCap?.duration ?? backoffCap
        outagePatience = connection?.outagePatience?.duration ?? outagePatience
        maxAttempts = run?.maxAttempts ?? maxAttempts
        propagationPatience = run?.propagationPatience?.duration ?? propagationPatience
        verifyPatience = run?.verifyPatience?.duration ?? verifyPatience
        if run?.noVerify == true { verifies = false }
        waves = run?.waves ?? waves
        waveSoak = run?.waveSoak?.duration ?? waveSoak
        maxFailures = run?.maxFailures ?? maxFailures
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
        try settings.checkStop(run)
        return settings
    }

    private static func refused(_ flag: String, _ present: String, _ why: String) -> CommandError {
        CommandError(.usage, "\(flag) \(why): the job was started with \(present). Leave the flag away.")
    }
}
