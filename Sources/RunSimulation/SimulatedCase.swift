import AtlasAPI
package import AtlasSimulation
package import MigrationCore

/// What one seed draws: fleet, target, faults, settings, and what happens to the process.
package struct SimulatedCase: Sendable {
    package var seed: UInt64
    package var projects: Int
    package var scenario: Scenario
    package var storm: Storm
    package var hasHazards: Bool
    package var hidesAWSRole: Bool
    package var usesAPIKey: Bool
    package var settings: RunSettings
    package var target: ResolvedTarget
    /// Ends of the process while it changes projects, in order; after the last it runs to the end.
    package var deaths: [Death]

    package enum Death: Hashable, Sendable {
        case atCommit(Int, isAfter: Bool)
        /// A signal so many milliseconds into the run.
        case signal(afterMilliseconds: Int64)
    }

    package init(seed: UInt64) {
        var dice = Dice(seed: seed)
        self.seed = seed
        projects = Int.random(in: 1...24, using: &dice)
        scenario = Scenario.allCases.randomElement(using: &dice) ?? .googleMixed
        storm = Storm.allCases.randomElement(using: &dice) ?? .stormy
        hasHazards = Int.random(in: 0..<8, using: &dice) == 0
        hidesAWSRole = Int.random(in: 0..<6, using: &dice) == 0
        usesAPIKey = Bool.random(using: &dice)
        settings = Self.settings(&dice)
        target = Self.target(scenario, &dice)
        deaths = (0..<Int.random(in: 0...4, using: &dice)).map { _ in
            Int.random(in: 0..<4, using: &dice) == 0
                ? .signal(afterMilliseconds: Int64.random(in: 1...60_000, using: &dice))
                : .atCommit(Int.random(in: 1...60, using: &dice), isAfter: Bool.random(using: &dice))
        }
    }

    /// Attempts are many, since a death in the middle of a PATCH costs one: what is checked is that nothing is lost,
    /// not that five tries suffice against crashes and faults at once.
    private static func settings(_ dice: inout Dice) -> RunSettings {
        var settings = RunSettings()
        settings.concurrency = [1, 2, 4, 8, 16].randomElement(using: &dice) ?? 8
        settings.patchInterval =
            [nil, .milliseconds(100), .milliseconds(500), .seconds(5)]
            .randomElement(using: &dice) ?? nil
        settings.maxAttempts = 20
        settings.backoffBase =
            [.milliseconds(200), .seconds(1), .seconds(5)].randomElement(using: &dice) ?? .seconds(5)
        return settings
    }

    private static func target(_ scenario: Scenario, _ dice: inout Dice) -> ResolvedTarget {
        var target = ResolvedTarget(provider: nil)
        switch scenario {
        case .googleStatic, .googleMixed: target.provider = .googleCloudKms
        case .awsStatic: target.provider = .awsKms
        case .azureStatic: target.provider = .azureKeyVault
        case .mixed, .searchNodesOff: break
        }
        if target.provider != nil { target.role = .auto }
        if target.provider == nil || Int.random(in: 0..<4, using: &dice) == 0 { target.searchNodes = true }
        return target
    }
}
