import Foundation
import Testing

/// A simulator, a folder to work in, and keyshift pointed at it.
final class Rig {
    let folder: WorkFolder
    let simulator: Simulator
    var environment: [String: String]

    static let clientID = "mdb_sa_id_5e1f0000000000000000c0de"
    /// Short waits, so that a storm is over soon.
    static let quick = [
        "--backoff-base", "50ms", "--backoff-cap", "400ms", "--request-timeout", "1500ms", "--concurrency",
        "16",
    ]
    static let quickRun = quick + ["--rate", "none", "--verify-patience", "20s"]

    /// - Parameter sheet: whether the fleet's CSV is put into the folder.
    init(
        _ flags: [String], target: String = Target.googleRole, clientSecret: String = "mdb_sa_sk_simulator",
        simulatorEnvironment: [String: String] = [:]
    ) async throws {
        folder = try WorkFolder()
        simulator = try await Simulator.start(
            ["--latency", "0ms..2ms", "--hang", "3s"] + flags, environment: simulatorEnvironment)
        environment = [
            "MONGODB_ATLAS_CLIENT_ID": Self.clientID, "MONGODB_ATLAS_CLIENT_SECRET": clientSecret,
            "MONGODB_ATLAS_BASE_URL": simulator.address, "PATH": "/usr/bin:/bin",
        ]
        try folder.write("target.yaml", target)
        try folder.write("fleet.csv", try simulator.folder.text("fleet.csv"))
    }

    func start(_ arguments: [String], input: Program.Input = .nothing) throws -> Program {
        try Program(
            Binaries.keyshift, arguments, environment: environment, folder: folder.path, input: input)
    }

    @discardableResult
    func keyshift(
        _ arguments: [String], input: Program.Input = .nothing, within time: Duration = .seconds(90)
    ) async throws -> Ended {
        try await start(arguments, input: input).end(within: time)
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

    /// What answers apply's questions.
    var answers: [String] {
        get throws {
            let count = try irreversible
            return ["--yes"] + (count > 0 ? ["--confirm-irreversible", "\(count)"] : [])
        }
    }

    @discardableResult
    func apply(_ more: [String] = [], expecting code: Int32? = nil) async throws -> Ended {
        let ended = try await keyshift(["apply", "fleet.job"] + answers + Self.quickRun + more)
        if let code { #expect(ended.code == code, "\(ended.testDescription)") }
        return ended
    }

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
