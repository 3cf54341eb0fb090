import Foundation
import Testing

/// A temporary folder like an operator's: a fleet.csv, the target files, keyshift on the PATH, and credentials.
struct ShellSession {
    struct Ended: CustomTestStringConvertible, Sendable {
        var status: Int32
        var output: String
        var testDescription: String { "exit \(status)\n\(output.suffix(4000))" }
    }

    let folder: URL
    private let environment: [String: String]

    init(fleet: String? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "keyshift-docs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "plans"), withDestinationURL: ThisPackage.plans)
        if let fleet {
            try FileManager.default.copyItem(
                at: ThisPackage.plans.appending(path: fleet), to: folder.appending(path: "fleet.csv"))
        }
        environment = [
            "PATH": try ThisPackage.programs().path + ":/usr/local/bin:/usr/bin:/bin", "HOME": folder.path,
            "LC_ALL": "C.UTF-8",
        ]
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Runs lines as a script that ends at the first failure, with both outputs in one.
    func run(_ lines: [String]) throws -> Ended {
        let script = folder.appending(path: "session.sh")
        let output = folder.appending(path: "session.out")
        try Data((["set -euo pipefail"] + lines).joined(separator: "\n").utf8).write(to: script)
        try Data().write(to: output)
        let sink = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [script.path]
        process.currentDirectoryURL = folder
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = sink
        process.standardError = sink
        try process.run()
        process.waitUntilExit()
        try sink.close()
        return Ended(
            status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8))
    }

    /// Lines that start a simulator of the session's fleet, and stop it whatever happens.
    static func simulator(scenario: String) -> [String] {
        [
            "trap 'kill $simulator 2>/dev/null || true; wait' EXIT",
            "keyshift-simulator --fleet fleet.csv --scenario \(scenario) --state truth.json "
                + "--ready-file address.sim >simulator.out 2>&1 &",
            "simulator=$!",
            waiting(for: "address.sim"),
            "export MONGODB_ATLAS_BASE_URL=$(cat address.sim)",
            "export MONGODB_ATLAS_CLIENT_ID=mdb_sa_id_5e1f0000000000000000c0de",
            "export MONGODB_ATLAS_CLIENT_SECRET=mdb_sa_sk_simulator",
        ]
    }

    static func waiting(for file: String) -> String {
        "for _ in $(seq 300); do [ -s \(file) ] && break; sleep 0.1; done"
    }

    /// Lines that stop the simulator and hold a report against what it knows.
    static func comparison(report: String, wanted: String) -> [String] {
        [
            "kill $simulator; wait $simulator",
            "keyshift-simulator --state truth.json --check-report \(report) --sheet fleet.csv --wanted \(wanted)",
        ]
    }
}
