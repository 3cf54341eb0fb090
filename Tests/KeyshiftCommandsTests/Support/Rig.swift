import AtlasAPI
import AtlasSimulation
import Foundation
import Testing

@testable import CurlTransport
@testable import KeyshiftCommands
@testable import RunSimulation

/// `Testing` has another of that name.
typealias Code = KeyshiftCommands.ExitStatus

/// How a command ended.
struct Ended: CustomTestStringConvertible {
    var code: Int32
    var out: String
    var err: String

    var testDescription: String { "exit \(code)\n\(out)\(err)" }
}

/// A folder, a simulated Atlas under a clock of its own, and commands that run against both in this process.
final class Rig {
    let folder: String
    let clock = VirtualClock()
    let transport: SimulatedTransport
    var environment: [String: String]
    /// Standard input and error, where a terminal stands for both; nil: none, and nobody can be asked.
    var terminal: Terminal?
    var pause: (Duration) -> Void = { _ in }

    init(
        _ count: Int = 3, _ scenario: Scenario = .googleStatic, target: String = Target.googleRole,
        options: SimulationOptions = SimulationOptions()
    ) throws {
        folder = NSTemporaryDirectory() + "keyshift-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        let fleet = Fleet(count: count, seed: 7, scenario: scenario)
        transport = SimulatedTransport(
            atlas: SimulatedAtlas(fleet: fleet, seed: 7, options: options), clock: clock, seed: 7)
        environment = [
            "MONGODB_ATLAS_BASE_URL": "http://127.0.0.1:9",
            "MONGODB_ATLAS_CLIENT_ID": options.credentials.clientID,
            "MONGODB_ATLAS_CLIENT_SECRET": options.credentials.clientSecret,
        ]
        try write("fleet.csv", "project_id\n" + fleet.order.map { $0 + "\n" }.joined())
        try write("target.yaml", target)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var projects: [SimulatedProject] {
        transport.atlas.fleet.order.compactMap { transport.atlas.fleet.projects[$0] }
    }

    func path(_ name: String) -> String { folder + "/" + name }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path(name))), as: UTF8.self)
    }

    func write(_ name: String, _ text: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(filePath: path(name)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
    }

    /// The words of a command; `@NAME` is a file of the folder.
    @discardableResult func run(
        _ line: String, expecting code: Int32? = nil, location: SourceLocation = #_sourceLocation
    ) throws -> Ended {
        let words = line.split(separator: " ").map {
            $0.hasPrefix("@") ? path(String($0.dropFirst())) : String($0)
        }
        let ended = try run(words)
        if let code {
            #expect(ended.code == code, "\(line)\n\(ended.testDescription)", sourceLocation: location)
        }
        return ended
    }

    func run(_ words: [String]) throws -> Ended {
        let (out, err) = (try Capture(), try Capture())
        let none = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(none) }
        let streams = Console.Streams(
            input: terminal?.program ?? none, output: out.descriptor,
            error: terminal?.program ?? err.descriptor)
        let code = Keyshift.run(words) { desk($0, streams) }
        return Ended(code: code, out: out.text, err: terminal?.shown() ?? err.text)
    }

    private func desk(_ options: GlobalOptions, _ streams: Console.Streams) -> Desk {
        Desk(
            console: Console(options, environment: environment, streams: streams), environment: environment,
            now: { [clock] in clock.now },
            makeTransport: { [transport] configuration in
                transport.dropClient()
                transport.onReply = { entry, reply in configuration.trace?(Self.trace(entry, reply)) }
                return transport
            },
            makeSignals: { _ in nil }, pause: { [weak self] in self?.pause($0) })
    }

    private static func trace(_ entry: LogEntry, _ reply: Reply) -> TransferTrace {
        var status: Int?
        if case .answered(let answer) = reply { status = answer.status }
        return TransferTrace(
            id: RequestID(entry.sequence), method: HTTPRequest.Method(rawValue: entry.method) ?? .get,
            path: entry.path, status: status, failure: status == nil ? .reset : nil,
            duration: .milliseconds(3), reusedConnection: true, usedProxy: false, httpVersion: "HTTP/2",
            certificates: [], messages: 1)
    }
}

extension Rig {
    /// Plans the sheet into `fleet.job`.
    func plan(_ more: String = "", expecting code: Int32 = 0, location: SourceLocation = #_sourceLocation)
        throws
    {
        try run(
            "plan @fleet.csv --target @target.yaml --job @fleet.job " + more, expecting: code,
            location: location)
    }
}

enum Target {
    static let googleRole = """
        keyshift: 1
        name: google-role
        target: {googleCloudKms: {roleId: auto}}
        where: {provider: googleCloudKms, auth: static}

        """
    static let searchNodes = "keyshift: 1\nname: search-nodes\ntarget: {enabledForSearchNodes: true}\n"
}
