package import AtlasAPI
package import AtlasSimulation
import MigrationCore

/// What the world around the projects does in one run: limits, latencies, outages, and what befalls the process.
package struct Weather: Sendable {
    package struct Pause: Sendable {
        package var at: Instant
        package var length: Duration
    }

    package var options = SimulationOptions()
    package var outages: [FaultPlan.Window] = []
    /// The process is stopped and goes on later, or the machine sleeps.
    package var pauses: [Pause] = []
    package var clockJumps: [(at: Instant, offset: Int64)] = []

    /// No limits but the published ones, no latency of the server's, nothing that befalls the process.
    package init() {}

    init(_ dice: inout Dice) {
        func one<Value>(of values: [Value]) -> Value {
            values[Int.random(in: 0..<values.count, using: &dice)]
        }
        options.latency = one(of: [0...0, 0...0, 0...300, 0...5000, 0...40000])
        // A token that is dead when it arrives helps nobody.
        options.tokenLife = one(of: [3600, 3600, 300, options.latency.upperBound > 300 ? 300 : 20])
        options.omitsRetryAfter = one(of: [false, true])
        options.resetsOmittedSearchNodes = one(of: [false, true])
        options.spoiledReads = one(of: [0, 1, 2, 2])
        if let capacity = one(of: [nil, nil, 5, 20]) {
            options.limits[EndpointSet.encryption.rawValue] = RateLimit(
                capacity: capacity, refill: 20, seconds: 60)
        }
        let kinds: [FaultKind] = [
            .unavailable, .serverError, .badGateway, .maintenance, .limited, .limitedRetryAfter, .resetBefore,
            .hang, .signIn, .gatewayJSON, .gatewayRefusal, .limitedHours, .unavailableHours,
        ]
        for _ in 0..<one(of: [0, 0, 0, 1, 1, 2]) {
            let start = Int64.random(in: 0...120_000, using: &dice)
            // Shorter than --outage-patience, so that each passes within the limits.
            let length = Int64.random(in: 1_000...400_000, using: &dice)
            outages.append(FaultPlan.Window(range: start..<(start + length), kind: one(of: kinds)))
        }
        for _ in 0..<one(of: [0, 0, 0, 1, 2]) {
            pauses.append(
                Pause(
                    at: Instant(nanoseconds: 0) + .milliseconds(Int64.random(in: 0...60_000, using: &dice)),
                    length: one(of: [.seconds(2), .seconds(45), .seconds(600), .seconds(7200)])))
        }
        for _ in 0..<one(of: [0, 0, 0, 1, 2]) {
            clockJumps.append(
                (
                    Instant(nanoseconds: 0) + .milliseconds(Int64.random(in: 0...60_000, using: &dice)),
                    one(of: [-86_400_000, -3_600_000, 3_600_000, 86_400_000, 31_536_000_000])
                ))
        }
        pauses.sort { $0.at < $1.at }
    }
}
