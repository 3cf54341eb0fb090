import Foundation
import Testing

/// A folder to work in and keyshift, with no server to talk to.
class Desk {
    let folder: WorkFolder
    var environment: [String: String]

    static let clientID = "mdb_sa_id_5e1f0000000000000000c0de"
    static let clientSecret = "mdb_sa_sk_simulator"
    static let apiKey = (id: "simulator", secret: "simulator-private-key")

    /// `address`: by default one where nobody listens.
    init(address: String = "http://127.0.0.1:1", clientSecret: String = Desk.clientSecret) throws {
        folder = try WorkFolder()
        environment = [
            "MONGODB_ATLAS_CLIENT_ID": Self.clientID, "MONGODB_ATLAS_CLIENT_SECRET": clientSecret,
            "MONGODB_ATLAS_BASE_URL": address,
        ]
    }

    func useAPIKey(_ id: String = apiKey.id, _ secret: String = apiKey.secret) {
        environment["MONGODB_ATLAS_CLIENT_ID"] = nil
        environment["MONGODB_ATLAS_CLIENT_SECRET"] = nil
        environment["MONGODB_ATLAS_PUBLIC_API_KEY"] = id
        environment["MONGODB_ATLAS_PRIVATE_API_KEY"] = secret
    }

    func start(_ arguments: [String], input: Program.Input = .nothing) throws -> Program {
        try Program(
            Binaries.keyshift, arguments, environment: environment, folder: folder.path, input: input)
    }

    /// Starts it through a shell line that sees it as `"$0" "$@"`.
    func start(shell line: String, _ arguments: [String]) throws -> Program {
        try Program(
            "/bin/sh", ["-c", line, Binaries.keyshift] + arguments, environment: environment,
            folder: folder.path)
    }

    @discardableResult
    func keyshift(
        _ arguments: [String], input: Program.Input = .nothing, within time: Duration = .seconds(90)
    ) async throws -> Ended {
        try await start(arguments, input: input).end(within: time)
    }
}

/// A simulator, and a desk whose keyshift is pointed at it.
final class Rig: Desk {
    let simulator: Simulator

    /// Short waits, so that a storm is over soon.
    static let quick = [
        "--backoff-base", "50ms", "--backoff-cap", "400ms", "--request-timeout", "1500ms",
        "--concurrency", "16",
    ]
    /// Without waves and their minute of rest, and to the end whatever fails; tests of these rules say so.
    static let unruled = ["--waves", "none", "--max-failures", "100%"]
    static let quickRun = quick + ["--rate", "none", "--verify-patience", "20s"] + unruled
    static let timeout = ["--request-timeout", "1500ms"]

    /// `flags` are the simulator's.
    init(
        _ flags: [String], target: String = Target.googleRole, clientSecret: String = Desk.clientSecret,
        simulatorEnvironment: [String: String] = [:]
    ) async throws {
        simulator = try await Simulator.start(
            ["--latency", "0ms..2ms", "--hang", "3s"] + flags, environment: simulatorEnvironment)
        try super.init(address: simulator.address, clientSecret: clientSecret)
        try folder.write("target.yaml", target)
        try folder.write("fleet.csv", try simulator.folder.text("fleet.csv"))
    }

    /// Kept for a simulator that is started again.
    private var script: WorkFolder?

    /// Projects on Google's static key, each with a script of faults: `["1": ["PATCH": ["409", nil]]]`.
    static func scripted(
        _ scripts: [String: [String: [String?]]], projects: Int = 1, scenario: String = "google-static",
        target: String = Target.googleRole, flags: [String] = []
    ) async throws -> Rig {
        let script = try WorkFolder()
        let data = try JSONEncoder().encode(scripts)
        try script.write("script.json", Array(data))
        let rig = try await Rig(
            ["--projects", "\(projects)", "--scenario", scenario, "--scripted", script.file("script.json")]
                + flags, target: target)
        rig.script = script
        return rig
    }

    /// A script in which the first PATCH of these projects is applied and never answered.
    static func hanging(_ projects: ClosedRange<Int>) -> [String: [String: [String?]]] {
        Dictionary(uniqueKeysWithValues: projects.map { ("\($0)", ["PATCH": ["hang-after"]]) })
    }

    /// Plans the fleet into `fleet.job`.
    @discardableResult
    func plan(_ more: [String] = [], expecting code: Int32 = 0) async throws -> Ended {
        let ended = try await keyshift(
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"] + Self.quick + more)
        #expect(ended.code == code, "\(ended.testDescription)")
        return ended
    }

    var irreversible: Int {
        get throws { try job.value("SELECT count(*) FROM plan WHERE class = 'irreversible'") ?? 0 }
    }

    /// What answers apply's questions, and lets it go on without waves.
    var answers: [String] {
        get throws {
            let count = try irreversible
            return ["--yes"] + (count > 0 ? ["--confirm-irreversible", "\(count)"] : []) + Self.unruled
        }
    }

    @discardableResult
    func apply(_ more: [String] = [], expecting code: Int32? = nil) async throws -> Ended {
        let ended = try await keyshift(["apply", "fleet.job"] + answers + Self.quickRun + more)
        if let code { #expect(ended.code == code, "\(ended.testDescription)") }
        return ended
    }

    @discardableResult
    func resume(_ more: [String] = [], expecting code: Int32? = nil) async throws -> Ended {
        let ended = try await keyshift(["resume", "fleet.job"] + Self.timeout + more, within: .seconds(120))
        if let code { #expect(ended.code == code, "\(ended.testDescription)") }
        return ended
    }

    /// Resumes, and again while outcomes are unknown, as exit code 6 asks for; three times at most.
    /// - Returns: the last run's end, and how many there were.
    func resumeToTheEnd(_ more: [String] = []) async throws -> (last: Ended, runs: Int) {
        var last = try await resume(more)
        var runs = 1
        while last.code == 6, runs < 3 {
            last = try await resume(more)
            runs += 1
        }
        return (last, runs)
    }

    /// The time now as the simulator's log has it, in milliseconds since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    var job: JobRows { JobRows(folder.file("fleet.job")) }

    func results() throws -> [[String: String]] { try Sheet(try folder.text("fleet.results.csv")).rows }

    /// The ids of the fleet in the sheet's order.
    func ids() throws -> [String] {
        try Sheet(try folder.text("fleet.csv")).rows.compactMap { $0["project_id"] }
    }
}

/// Target files.
enum Target {
    static let googleRole = """
        keyshift: 1
        name: google-role
        target: {googleCloudKms: {roleId: auto}}
        where: {provider: googleCloudKms, auth: static}

        """
    static let awsRole = """
        keyshift: 1
        name: aws-role
        target: {awsKms: {roleId: auto}}
        where: {provider: awsKms, auth: static}

        """
    static let azureRole = """
        keyshift: 1
        name: azure-role
        target: {azureKeyVault: {roleId: auto}}
        where: {provider: azureKeyVault, auth: static}

        """
    static let searchNodes = "keyshift: 1\nname: search-nodes\ntarget: {enabledForSearchNodes: true}\n"
}
