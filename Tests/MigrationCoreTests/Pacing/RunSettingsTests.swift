import TargetFiles
import AtlasAPI
import MigrationCore
import Testing

/// Goal: durations and settings are read as written. Method: tables, and a round trip of random settings.
@Suite struct RunSettingsTests {
    @Test(
        arguments: [
            ("250ms", .milliseconds(250)), ("5s", .seconds(5)), ("3m", .seconds(180)), ("1h", .seconds(3600)),
            ("0s", .zero), ("8760h", .seconds(31_536_000)), ("514285714285ns", .nanoseconds(514_285_714_285)),
            ("8761h", nil), ("99999999999999999999s", nil), ("9223372036854775807ms", nil), ("", nil),
            ("s", nil),
            ("5", nil), ("-5s", nil), ("1.5s", nil), ("5 s", nil), ("5S", nil), ("5d", nil), ("٣s", nil),
            ("+5s", nil),
        ] as [(String, Duration?)]) func durations(text: String, duration: Duration?)
    {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(
        arguments: [
            (.zero, "0h"), (.milliseconds(1500), "1500ms"), (.seconds(90), "90s"), (.seconds(120), "2m"),
            (.seconds(7200), "2h"), (.nanoseconds(1_000_001), "1000001ns"),
        ] as [(Duration, String)]) func formats(duration: Duration, text: String)
    {
        #expect(DurationText.format(duration) == text && DurationText.parse(text) == duration)
    }

    @Test func defaultsAreTheContracts() {
        let settings = RunSettings()
        #expect(
            settings.pairs.map { "\($0.name)=\($0.value)" } == [
                "concurrency=8", "patch-interval=500ms", "max-attempts=5", "backoff-base=5s",
                "backoff-cap=1m",
                "propagation-patience=3m", "verify-patience=1m", "outage-patience=15m", "no-verify=false",
                "waves=none", "wave-soak=0h", "max-failures=5%",
            ])
        #expect(settings.settleTime == .seconds(5))
        var quick = settings
        quick.backoffBase = .milliseconds(20)
        #expect(quick.settleTime == .milliseconds(20))
    }

    static func pairs(_ settings: RunSettings) -> [String: String] {
        Dictionary(uniqueKeysWithValues: settings.pairs.map { ($0.name, $0.value) })
    }

    @Test func pairsAreReadBack() {
        var dice = Dice(seed: 11)
        func duration() -> Duration { .nanoseconds(Int64.random(in: 0...900_000_000_000, using: &dice)) }
        for _ in 0..<500 {
            var settings = RunSettings()
            settings.concurrency = Int.random(in: 1...1000, using: &dice)
            settings.maxAttempts = Int.random(in: 1...99, using: &dice)
            settings.patchInterval = Bool.random(using: &dice) ? nil : duration() + .microseconds(1)
            settings.backoffBase = duration() + RunSettings.leastBackoffBase
            settings.backoffCap = duration()
            settings.propagationPatience = duration()
            settings.verifyPatience = duration()
            settings.outagePatience = duration()
            settings.verifies = Bool.random(using: &dice)
            #expect(RunSettings(pairs: Self.pairs(settings)) == settings)
        }
    }

    @Test(arguments: ["1/h", "7/h", "11/h", "7/min", "3/s", "1000000/s", "none"])
    func everyRateIsReadBack(text: String) {
        var settings = RunSettings()
        // Whole nanoseconds are what a clock here can keep.
        settings.patchInterval = Rate(text)?.interval.map { .nanoseconds($0.nanoseconds) }
        #expect(RunSettings(pairs: Self.pairs(settings)) == settings)
    }

    @Test(
        arguments: [
            ("concurrency", nil), ("concurrency", "0"), ("concurrency", "x"), ("max-attempts", "-1"),
            ("patch-interval", "often"), ("backoff-base", ""), ("backoff-cap", nil),
            ("propagation-patience", "3"),
            ("concurrency", "1001"), ("concurrency", "9223372036854775807"), ("concurrency", "+8"),
            ("max-attempts", "101"), ("backoff-base", "9ms"), ("patch-interval", "0s"),
            ("patch-interval", "2h"),
            ("waves", "0"), ("max-failures", "200%"), ("seal", "sha256:0"),
            ("verify-patience", nil), ("outage-patience", "1y"), ("no-verify", nil), ("no-verify", "maybe"),
        ] as [(String, String?)]) func nonsense(name: String, value: String?)
    {
        var pairs = Self.pairs(RunSettings())
        pairs[name] = value
        #expect(RunSettings(pairs: pairs) == nil)
    }
}
