import ArgumentParser
import AtlasAPI
import MigrationCore
import TargetFiles
import Testing

@testable import KeyshiftCommands

/// Flags over the target's settings over the defaults, at the first run and at those after it.
struct SettingsTests {
    private static let reversible = PlanNature(hasIrreversible: false, hasSheetWaves: false)
    private static let oneWay = PlanNature(hasIrreversible: true, hasSheetWaves: false)
    private static let inSheet = PlanNature(hasIrreversible: true, hasSheetWaves: true)

    private func first(
        _ run: [String] = [], _ connection: [String] = [], target: TargetSettings = TargetSettings(),
        _ plan: PlanNature = reversible
    ) throws -> RunSettings {
        try RunSettings.first(ConnectionOptions.parse(connection), RunOptions.parse(run), target, plan)
    }

    @Test func theFlagWinsOverTheTargetOverTheDefault() throws {
        var target = TargetSettings()
        #expect(try first().patchInterval == .milliseconds(500) && first().concurrency == 8)
        target.rate = Rate("60/min")
        target.concurrency = 3
        target.maxFailures = FailureLimit("7")
        target.waves = WaveChoice("2,rest")
        let given = try first(target: target)
        #expect(given.patchInterval == .seconds(1) && given.concurrency == 3)
        #expect(given.maxFailures == FailureLimit("7") && given.waves == WaveChoice("2,rest"))
        let flags = try first(
            ["--rate", "30/min", "--max-failures", "1", "--waves", "none"], ["--concurrency", "4"],
            target: target)
        #expect(flags.patchInterval == .seconds(2) && flags.concurrency == 4)
        #expect(flags.maxFailures == FailureLimit("1") && flags.waves == .none)
    }

    @Test func everyOtherFlagReachesItsSetting() throws {
        let settings = try first(
            [
                "--max-attempts", "9", "--propagation-patience", "5m", "--verify-patience", "7s",
                "--no-verify",
                "--wave-soak", "3s",
            ], ["--backoff-base", "1s", "--backoff-cap", "9s", "--outage-patience", "1h"])
        #expect(settings.maxAttempts == 9 && settings.propagationPatience == .seconds(300))
        #expect(settings.verifyPatience == .seconds(7) && !settings.verifies)
        #expect(settings.waveSoak == .seconds(3) && settings.backoffBase == .seconds(1))
        #expect(settings.backoffCap == .seconds(9) && settings.outagePatience == .seconds(3600))
    }

    @Test func whatCannotBeUndoneGoesInWaves() throws {
        #expect(try first(Self.oneWay).waves == .pattern(.standard))
        #expect(try first(Self.oneWay).waveSoak == .seconds(60))
        #expect(try first().waves == .none && first().waveSoak == .zero)
        #expect(try first(Self.inSheet).waves == .column)
    }

    private func first(_ plan: PlanNature) throws -> RunSettings { try first([], [], plan) }

    @Test(arguments: [
        (["--no-verify"], oneWay), (["--no-verify", "--waves", "1,rest"], reversible),
        (["--waves", "1,rest"], inSheet), (["--stop-after-wave", "1"], reversible),
    ]) func whatDoesNotGoTogether(flags: [String], plan: PlanNature) {
        let error = #expect(throws: CommandError.self) { try first(flags, [], plan) }
        #expect(error?.status == .usage)
    }

    @Test func aStartedRunMayOnlyBeLowered() throws {
        let kept = try first(["--rate", "60/min"], ["--concurrency", "4"])
        func resumed(_ run: [String], _ connection: [String] = []) throws -> RunSettings {
            try kept.resumed(ConnectionOptions.parse(connection), RunOptions.parse(run))
        }
        #expect(try resumed([]) == kept)
        #expect(try resumed(["--rate", "30/min"], ["--concurrency", "2"]).patchInterval == .seconds(2))
        #expect(try resumed([], ["--concurrency", "2"]).concurrency == 2)
        // As it was is no change.
        #expect(try resumed(["--max-attempts", "5"], ["--backoff-cap", "60s"]) == kept)
        for (run, connection) in [
            (["--rate", "90/min"], []), (["--rate", "none"], []), ([], ["--concurrency", "5"]),
            (["--max-attempts", "6"], []), (["--waves", "1,rest"], []), (["--no-verify"], []),
            (["--max-failures", "50%"], []), ([], ["--backoff-base", "1s"]),
            (["--stop-after-wave", "1"], []),
        ] as [([String], [String])] {
            let error = #expect(throws: CommandError.self) { try resumed(run, connection) }
            #expect(error?.status == .usage, "\(run) \(connection)")
        }
        let unpaced = try first(["--rate", "none"])
        #expect(
            try unpaced.resumed(ConnectionOptions.parse([]), RunOptions.parse(["--rate", "1/s"]))
                .patchInterval != nil)
    }

    @Test func aReadingRunTakesTheConnectionsFlags() throws {
        var target = TargetSettings()
        target.concurrency = 2
        let options = try ConnectionOptions.parse(["--backoff-base", "20ms"])
        #expect(RunSettings.reading(options, target).concurrency == 2)
        #expect(RunSettings.reading(options, target).backoffBase == .milliseconds(20))
    }

    @Test(arguments: [
        "--concurrency 0", "--concurrency 1001", "--backoff-base 9ms", "--request-timeout 0s",
        "--connect-timeout 0s", "--backoff-cap 5",
    ]) func connectionFlagsOutOfRange(line: String) {
        #expect(throws: (any Error).self) {
            try ConnectionOptions.parse(line.split(separator: " ").map(String.init))
        }
    }

    @Test(arguments: [
        "--max-attempts 0", "--stop-after-wave 0", "--rate 5", "--waves 2", "--max-failures -1",
    ])
    func runFlagsOutOfRange(line: String) {
        #expect(throws: (any Error).self) {
            try RunOptions.parse(line.split(separator: " ").map(String.init))
        }
    }
}
