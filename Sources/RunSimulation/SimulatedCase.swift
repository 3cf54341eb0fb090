package import TargetFiles
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
    /// The same while it reads them for the plan.
    package var planDeaths: [Death] = []
    package var weather = Weather()
    /// Faults by project, as `FaultPlan.scripts`.
    package var scripts: [String: [String: [String?]]] = [:]
    /// Keeps a real job file beside the model and compares the two.
    package var keepsFile = false

    package enum Death: Hashable, Sendable {
        case atCommit(Int, isAfter: Bool)
        /// At so many requests of this process: the last of them is seen by the server, or not.
        case atRequest(Int, isSeen: Bool)
        /// A signal so many milliseconds into the run.
        case signal(afterMilliseconds: Int64)
        /// `--max-duration`.
        case deadline(milliseconds: Int64)
        /// `--stop-after-wave`
        case wave(Int)
    }

    /// Draws all there is.
    package init(seed: UInt64) {
        self.init(calm: seed)
        var dice = Dice(seed: seed ^ 0x7EA7_4E12)
        weather = Weather(&dice)
        // Patience is counted in time, faults in requests: it has to hold for some of them, in any weather.
        settings.propagationPatience = .seconds(1800)
        for pause in weather.pauses { settings.propagationPatience += pause.length }
        drawRules(&dice)
        planDeaths = Self.deaths(upTo: 2, &dice)
        deaths += Self.deaths(upTo: 2, &dice)
        deaths.shuffle(using: &dice)
        if scenario == .awsStatic || scenario == .azureStatic, Int.random(in: 0..<3, using: &dice) == 0 {
            rotateSecret()
        }
        // A file's commits reach the disk, which takes its time.
        keepsFile = Int.random(in: 0..<16, using: &dice) == 0
    }

    private static func deaths(upTo count: Int, _ dice: inout Dice) -> [Death] {
        (0..<Int.random(in: 0...count, using: &dice)).map { _ in
            switch Int.random(in: 0..<6, using: &dice) {
            case 0: .deadline(milliseconds: Int64.random(in: 1...60_000, using: &dice))
            case 1: .signal(afterMilliseconds: Int64.random(in: 1...60_000, using: &dice))
            case 2 where Bool.random(using: &dice): .wave(Int.random(in: 1...3, using: &dice))
            case 2: .atCommit(Int.random(in: 1...60, using: &dice), isAfter: Bool.random(using: &dice))
            default: .atRequest(Int.random(in: 1...120, using: &dice), isSeen: Bool.random(using: &dice))
            }
        }
    }

    /// Waves, soak and failure budget.
    private mutating func drawRules(_ dice: inout Dice) {
        func one<Value>(of values: [Value]) -> Value {
            values[Int.random(in: 0..<values.count, using: &dice)]
        }
        let patterns = ["1,5,20%,rest", "1,1,1,rest", "30%,rest", "rest"].compactMap { WavePattern($0) }
        settings.waves = one(of: [.none, .none] + patterns.map { .pattern($0) })
        settings.waveSoak = one(of: [.zero, .seconds(1), .seconds(60), .seconds(3600)])
        settings.maxFailures = one(of: ["0", "1", "3", "5%", "20%", "100%"].compactMap { FailureLimit($0) })
    }

    /// A new secret in place of the role: nothing that a read shows tells whether it took.
    private mutating func rotateSecret() {
        target.role = nil
        let field = target.provider?.fields.first { $0.isSecret }?.name
        if let field { target.secrets[field] = .environment("SIMULATED_SECRET") }
    }

    /// Draws fleet, target, faults and deaths, and leaves the weather fine.
    package init(calm seed: UInt64) {
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
