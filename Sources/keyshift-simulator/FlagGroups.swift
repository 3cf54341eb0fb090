import ArgumentParser
import AtlasAPI
import AtlasSimulation
import FoundationEssentials

struct FleetFlags: ParsableArguments {
    @Option(help: "Number of projects.") var projects = 20
    @Option(help: "What the projects are like.") var scenario = Scenario.googleStatic
    @Option(help: "The same seed gives the same fleet and the same faults.") var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Take ids, names and roles from this CSV.", valueName: "csv")) var fleet:
        String?

    func makeFleet() throws -> Fleet {
        guard let fleet else { return Fleet(count: projects, seed: seed, scenario: scenario) }
        let text = String(decoding: try Data(contentsOf: URL(filePath: fleet)), as: UTF8.self)
        return Fleet(rows: try FleetSheet.rows(text), seed: seed, scenario: scenario)
    }
}

struct FaultFlags: ParsableArguments {
    @Option(help: "Ready mix of passing faults.") var storm = Storm.calm
    @Option(help: ArgumentHelp("Chance of one kind per request; may be repeated.", valueName: "kind=rate"))
    var fault: [FaultFlag] = []
    @Option(help: "No drawn fault after this many requests of one project and method.") var faultUntil: Int?
    @Option(help: "At most this many faults in a row.") var faultRun: Int?
    @Flag(help: "Also what ends a run on purpose: never-valid, foreign-edit.") var hazards = false
    @Option(
        help: ArgumentHelp(
            "Every request fails like this, so long after the first one; may be repeated.",
            valueName: "from..to=kind"))
    var during: [WindowFlag] = []
    @Option(help: ArgumentHelp("Faults by project, method and ordinal (JSON).", valueName: "file"))
    var scripted: String?
    @Option(help: "How long a hanging request is held.") var hang = TimeFlag(milliseconds: 30_000)

    func plan(for fleet: Fleet) throws -> FaultPlan {
        var plan = storm.plan
        if hazards { plan.rates.merge(Storm.hazards) { $1 } }
        for flag in fault { plan.rates[flag.kind] = flag.rate }
        if let faultUntil { (plan.lastOrdinal, plan.lastReadOrdinal) = (faultUntil, faultUntil) }
        plan.windows = during.map(\.window)
        if let faultRun { plan.longestRun = faultRun }
        guard let scripted else { return plan }
        let scripts = try JSONDecoder().decode(
            [String: [String: [String?]]].self, from: Data(contentsOf: URL(filePath: scripted)))
        for (key, methods) in scripts {
            guard let subject = fleet.subject(key) else {
                throw ValidationError("\(scripted): there is no project '\(key)'.")
            }
            for word in methods.values.joined().compactMap({ $0 }).flatMap({ $0.split(separator: "+") })
            where FaultKind(rawValue: String(word)) == nil {
                throw ValidationError("\(scripted): '\(word)' is no kind of fault.")
            }
            plan.scripts[subject, default: [:]].merge(methods) { $1 }
        }
        return plan
    }
}

struct BehaviourFlags: ParsableArguments {
    @Option(help: "Time until an answer leaves, from..to.") var latency = TimeRangeFlag(0...10)
    @Option(help: "Life of an OAuth token.") var tokenLife = TimeFlag(milliseconds: 3_600_000)
    @Option(help: "Life of a digest nonce.") var nonceLife = TimeFlag(milliseconds: 300_000)
    @Option(help: "Uses of a digest nonce; without it, any number.") var nonceUses: Int?
    @Option(help: "Time until a new Google role is COMPLETE.") var roleDelay = TimeFlag(milliseconds: 5000)
    @Option(
        help: ArgumentHelp(
            "Another limit for an endpoint set, as REFILL/TIME:CAPACITY; may be repeated.",
            valueName: "set=5/60s:3"))
    var limits: [LimitFlag] = []
    @Option(help: "Reads spoiled by a stale or not-valid fault.") var spoiledReads = 2
    @Option(help: "A date that every answer names in Sunset and Deprecation headers.") var sunset: String?
    @Flag(help: "Leave roleId out of AWS's answers.") var hideAwsRole = false
    @Flag(help: "A PATCH without enabledForSearchNodes switches it off.") var strictCarryOver = false
    @Flag(help: "Leave Retry-After out of 429 answers of the limits.") var noRetryAfter = false

    var options: SimulationOptions {
        var options = SimulationOptions()
        options.credentials = Self.credentials
        options.tokenLife = tokenLife.seconds
        options.nonceLife = nonceLife.seconds
        options.nonceUses = nonceUses
        options.roleDelay = roleDelay.milliseconds
        options.hidesAWSRole = hideAwsRole
        options.resetsOmittedSearchNodes = strictCarryOver
        options.omitsRetryAfter = noRetryAfter
        options.sunset = sunset
        options.latency = latency.range
        options.spoiledReads = spoiledReads
        for flag in limits { options.limits[flag.set.rawValue] = flag.limit }
        return options
    }

    /// The well-known values, unless the environment that the client uses says otherwise.
    private static var credentials: SimulatedCredentials {
        var credentials = SimulatedCredentials()
        let environment = ProcessInfo.processInfo.environment
        credentials.clientID = environment["MONGODB_ATLAS_CLIENT_ID"] ?? credentials.clientID
        credentials.clientSecret = environment["MONGODB_ATLAS_CLIENT_SECRET"] ?? credentials.clientSecret
        credentials.publicKey = environment["MONGODB_ATLAS_PUBLIC_API_KEY"] ?? credentials.publicKey
        credentials.privateKey = environment["MONGODB_ATLAS_PRIVATE_API_KEY"] ?? credentials.privateKey
        return credentials
    }
}

struct FileFlags: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("Write the fleet's CSV and go on.", valueName: "csv")) var writeFleet: String?
    @Option(help: ArgumentHelp("Keep the state here; load it if it exists.", valueName: "file")) var state:
        String?
    @Option(help: ArgumentHelp("Add every request to this NDJSON file.", valueName: "file")) var log: String?
    @Option(help: ArgumentHelp("Write what is really so, at the end.", valueName: "file")) var truth: String?
    @Option(help: ArgumentHelp("Write the address here once listening.", valueName: "file"))
    var readyFile: String?
}

struct CheckFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Don't listen: compare keyshift's results.csv with the truth in --state, line by line.",
            valueName: "csv"))
    var checkReport: String?
    @Option(
        help: ArgumentHelp(
            "The fleet CSV that was planned: each of its projects must be in the report, and no other.",
            valueName: "csv"))
    var sheet: String?
    @Option(help: ArgumentHelp("A field that the target was to change; may be repeated.", valueName: "field"))
    var wanted = [FieldName.roleID]
    @Flag(help: "Print only lines that are wrong, and the sum.") var summary = false
}
