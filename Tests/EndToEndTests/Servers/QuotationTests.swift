import Foundation
import Testing

/// Goal: a server that quotes, in any later answer and in any code, what it was sent gets it into nothing that is printed
/// or kept. Method: whole runs through such a server, and a search of everything for its quotations and for the secrets.
@Suite(.aFewAtATime, .enabled(if: Servers.areThere, "scripts/servers could not bring Python"))
struct QuotationTests {
    private static let key = "CANARY-7f3a9c/Qm9vaGF5"

    @Test func nothingOfWhatWasSentComesBack() async throws {
        let rig = try await Rig(
            ["--projects", "18", "--scenario", "google-static"],
            target: "keyshift: 1\nname: x\ntarget: {googleCloudKms: {serviceAccountKey: '${env:THE_KEY}'}}\n")
        rig.environment["THE_KEY"] = #"{"private_key": "\#(Self.key)"}"#
        let server = try await QuotingServer.start(before: rig.simulator)
        rig.environment["MONGODB_ATLAS_BASE_URL"] = server.address
        var printed = [try await rig.keyshift(["doctor", "--verbose"]), try await rig.plan(["--verbose"])]
        #expect(printed[0].out.contains("<redacted>"), "\(printed[0].testDescription)")
        try await server.attackLooks()
        printed.append(
            try await rig.apply(
                ["--verbose", "--events", "events.ndjson", "--verify-patience", "1s"], expecting: 6))
        for words in [
            ["show", "fleet.job"], ["status", "fleet.job"], ["report", "fleet.job", "--format", "text"],
            ["report", "fleet.job", "--format", "json"], ["verify", "fleet.job", "--verbose"],
            // Processes of their own, which know what was sent by the job or the target only.
            ["retry", "fleet.job", "--only", "unknown", "--verbose"], ["verify", "fleet.job", "--verbose"],
            ["show", "fleet.job"],
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "second.job", "--verbose"],
            ["show", "second.job"],
        ] { printed.append(try await rig.keyshift(words)) }
        var texts = printed.map(\.printed)
        for name in rig.folder.names {
            texts.append(String(decoding: try rig.folder.bytes(name), as: UTF8.self))
        }
        let secrets = Set(server.lines.filter { $0.hasPrefix("SECRET ") }.map { String($0.dropFirst(7)) })
        #expect(secrets.count >= 3 && secrets.contains { $0.contains(Self.key) })
        for text in texts {
            for secret in secrets.union(["QUOTED", Self.key]) {
                #expect(text.split(separator: "\n").filter { $0.contains(secret) } == [])
            }
        }
        // The attack took place, in each code, and where a state could not be read nothing was sent.
        let patched = Set(server.lines.filter { $0.hasPrefix("PATCH") })
        #expect(patched.count == 16 && Set(server.lines.filter { $0.hasPrefix("QUOTED") }).count == 14)
        #expect(try rig.results().filter { $0["result"] == "pending" && $0["attempts"] == "0" }.count == 2)
        #expect(try rig.results().contains { $0["detail"]?.contains("<redacted>") == true })
    }
}

/// Stands before a simulator; see its script.
private final class QuotingServer {
    let address: String
    private let folder: WorkFolder
    private let program: Program

    static func start(before simulator: Simulator) async throws -> QuotingServer {
        let port = try Port.free()
        let server = try QuotingServer(port, simulator)
        try await Servers.await(server.program, port) { "" }
        return server
    }

    private init(_ port: Int, _ simulator: Simulator) throws {
        folder = try WorkFolder()
        address = "http://127.0.0.1:\(port)"
        let behind = simulator.address.split(separator: ":").last.map(String.init) ?? ""
        program = try Program(
            "/usr/bin/env", ["python3", "-B", Servers.script("quoting_server.py"), "\(port)", behind],
            environment: Servers.pythonEnvironment, folder: folder.path)
    }

    var lines: [String] { program.out.split(separator: "\n").map(String.init) }

    func attackLooks() async throws {
        let ask = try Program(
            "/usr/bin/env",
            [
                "python3", "-c",
                "import sys, urllib.request as u; u.urlopen(u.Request(sys.argv[1], method='PUT'))",
                address,
            ], environment: [:], folder: folder.path)
        try await #require(ask.end().code == 0)
    }
}
