import FleetCSV
package import TargetFiles

/// Every number that a run can be told; the defaults are the contract's.
package struct RunSettings: Hashable, Sendable {
    /// Requests in flight, and so projects in play; at least 1.
    package var concurrency = 8
    /// The smallest time between two PATCHes, resends included; nil for none.
    package var patchInterval: Duration? = .milliseconds(500)
    /// Counted attempts per project; binds 409 passing, 500, 50x and transport failures.
    package var maxAttempts = 5
    package var backoffBase: Duration = .seconds(5)
    package var backoffCap: Duration = .seconds(60)
    /// How long a cloud identity may take to spread, from the first refusal that says so.
    package var propagationPatience: Duration = .seconds(180)
    /// How long a change may take to show, from the answer to the PATCH.
    package var verifyPatience: Duration = .seconds(60)
    /// How long an outage, a maintenance or a rate limit may hold the run.
    package var outagePatience: Duration = .seconds(900)
    /// Whether changes are read back.
    package var verifies = true
    /// How the run is cut up; settled at the first `apply`.
    package var waves = WaveChoice.none
    /// How long a wave soaks before it is read again and the next one starts.
    package var waveSoak: Duration = .zero
    package var maxFailures = standardMaxFailures

    package static let concurrencyRange = TargetSettings.concurrencyRange
    package static let maxAttemptsRange = 1...100
    package static let leastBackoffBase: Duration = .milliseconds(10)
    /// A million PATCHes a second to one an hour: what `--rate` can say.
    package static let patchIntervalRange: ClosedRange<Duration> = .microseconds(1)...(.seconds(3600))

    package static let standardMaxFailures = FailureLimit("5%") ?? .count(0)
    /// With anything irreversible in the plan (contract section 4).
    package static let irreversibleSoak: Duration = .seconds(60)

    package init() {}

    /// The wait between an unknown outcome and the look at it: the server may still be at work.
    package var settleTime: Duration { min(.seconds(5), backoffBase) }

    /// The wait after the first read of a check; it grows from there.
    var firstCheckWait: Duration { min(.seconds(1), backoffBase) }
}

extension RunSettings {
    /// Name and text of each setting, for the job file; names are those of the flags.
    package var pairs: [(name: String, value: String)] {
        [
            ("concurrency", String(concurrency)),
            ("patch-interval", patchInterval.map(DurationText.format) ?? "none"),
            ("max-attempts", String(maxAttempts)),
            ("backoff-base", DurationText.format(backoffBase)),
            ("backoff-cap", DurationText.format(backoffCap)),
            ("propagation-patience", DurationText.format(propagationPatience)),
            ("verify-patience", DurationText.format(verifyPatience)),
            ("outage-patience", DurationText.format(outagePatience)),
            ("no-verify", String(!verifies)),
            ("waves", waves.description),
            ("wave-soak", DurationText.format(waveSoak)),
            ("max-failures", maxFailures.description),
        ]
    }

    /// Reads what `pairs` wrote; nil when a value is missing, unknown, or one that no flag could have set.
    package init?(pairs: [String: String]) {
        func duration(_ name: String) -> Duration? { pairs[name].flatMap(DurationText.parse) }
        func count(_ name: String, _ range: ClosedRange<Int>) -> Int? {
            pairs[name].flatMap(DecimalText.number).flatMap { range.contains($0) ? $0 : nil }
        }
        guard pairs.count == RunSettings().pairs.count,
            let concurrency = count("concurrency", Self.concurrencyRange),
            let maxAttempts = count("max-attempts", Self.maxAttemptsRange),
            let interval = pairs["patch-interval"],
            interval == "none" || DurationText.parse(interval).map(Self.patchIntervalRange.contains) == true,
            let backoffBase = duration("backoff-base"), backoffBase >= Self.leastBackoffBase,
            let backoffCap = duration("backoff-cap"),
            let propagationPatience = duration("propagation-patience"),
            let verifyPatience = duration("verify-patience"),
            let outagePatience = duration("outage-patience"),
            let noVerify = pairs["no-verify"].flatMap({ Bool($0) }),
            let waves = pairs["waves"].flatMap({ $0 == "column" ? .column : WaveChoice($0) }),
            let waveSoak = duration("wave-soak"),
            let maxFailures = pairs["max-failures"].flatMap(FailureLimit.init)
        else { return nil }
        self.concurrency = concurrency
        self.maxAttempts = maxAttempts
        patchInterval = DurationText.parse(interval)
        self.backoffBase = backoffBase
        self.backoffCap = backoffCap
        self.propagationPatience = propagationPatience
        self.verifyPatience = verifyPatience
        self.outagePatience = outagePatience
        verifies = !noVerify
        self.waves = waves
        self.waveSoak = waveSoak
        self.maxFailures = maxFailures
    }
}

extension RunSettings {
    /// What must not stand together; the same for flags and for what a job keeps.
    package enum Conflict: Hashable, Sendable {
        case unverifiedIrreversible
        case unverifiedWaves
        /// The sheet has a wave column, and something else says the waves too.
        case wavesBesideSheet(WaveChoice)
        /// The waves are to come from a column that the sheet does not have.
        case noSheetWaves
    }

    /// nil: they may run a plan of this kind.
    package func conflict(hasIrreversible: Bool, hasSheetWaves: Bool) -> Conflict? {
        if hasSheetWaves, waves != .column { return .wavesBesideSheet(waves) }
        if !hasSheetWaves, waves == .column { return .noSheetWaves }
        guard !verifies else { return nil }
        if hasIrreversible { return .unverifiedIrreversible }
        return waves == .none ? nil : .unverifiedWaves
    }
}
