import Foundation
import MigrationCore
import Reporting
import Testing

/// The README says what the tool does: its commands run, its tables are the tool's.
@Suite struct ReadmeTests {
    /// How a section's commands are run: fleet.csv is this sample, the live Atlas is this scenario.
    private static let migrations: [(title: String, sample: String, scenario: String, wanted: String)] = [
        ("Move Google Cloud KMS to a role", "google-role.csv", "google-static", "roleId"),
        ("Switch search nodes on", "search-nodes.csv", "search-nodes-off", "enabledForSearchNodes"),
    ]
    private static let rehearsal = "Rehearse with your own CSV"

    /// Commands that a test can't or need not run: they build, or set the user's own credentials.
    private static let notRun = [
        "scripts/demo", "scripts/test", "scripts/setup", "swift build", "export PATH=",
        "export MONGODB_ATLAS_CLIENT_ID=mdb_sa_id_...", "read -rs ",
    ]

    private static func commands(_ title: String) throws -> [String] {
        let section = try #require(try Readme().sections.first { $0.title == title })
        return section.commands.filter { command in !notRun.contains { command.hasPrefix($0) } }
    }

    @Test(arguments: migrations.map(\.title))
    func migrationRunsAsWritten(title: String) throws {
        let migration = try #require(Self.migrations.first { $0.title == title })
        let session = try ShellSession(fleet: migration.sample)
        defer { session.remove() }
        let commands = try Self.commands(title)
        #expect(commands.contains { $0.hasPrefix("keyshift apply") })
        let results = title == Self.migrations[0].title ? "fleet.results.csv" : "nodes.results.csv"
        let ended = try session.run(
            ShellSession.simulator(scenario: migration.scenario) + commands
                + ShellSession.comparison(report: results, wanted: migration.wanted))
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.output.contains("4 of 4 projects accounted for"), "\(ended)")
    }

    @Test func rehearsalRunsAsWritten() throws {
        let session = try ShellSession(fleet: "google-role.csv")
        defer { session.remove() }
        // A person reads the address before typing on; the script waits for its file.
        let lines = try Self.commands(Self.rehearsal).flatMap { command in
            command.hasSuffix("&") ? [command, ShellSession.waiting(for: "address")] : [command]
        }
        let ended = try session.run(["trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"] + lines)
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.output.contains("4 of 4 projects accounted for"), "\(ended)")
    }

    @Test func everyCommandIsRunOrExcused() throws {
        let run = Self.migrations.map(\.title) + [Self.rehearsal]
        for section in try Readme().sections where !run.contains(section.title) {
            for command in section.commands {
                #expect(Self.notRun.contains { command.hasPrefix($0) }, "'\(command)' is run by no test")
            }
        }
    }

    /// With KEYSHIFT_UPDATE_README set, the README gets the tool's table.
    @Test func theRetryTableIsTheTools() throws {
        let (first, last) = ("<!-- retries -->", "<!-- end of retries -->")
        let readme = try Readme()
        let block = try #require(readme.block(first, last))
        let table = RetryTableText().markdown
        if ProcessInfo.processInfo.environment["KEYSHIFT_UPDATE_README"] != nil {
            let text = readme.text.replacing(first + "\n" + block + last, with: first + "\n" + table + last)
            try Data(text.utf8).write(to: ThisPackage.root.appending(path: "README.md"), options: .atomic)
        } else {
            #expect(
                block == table, "KEYSHIFT_UPDATE_README=1 scripts/test --filter ReadmeTests puts it right")
        }
    }

    @Test func everyResultAndReasonIsExplained() throws {
        let text = try Readme().text
        for word in ProjectResult.allCases.map(\.rawValue) {
            #expect(text.contains("| `\(word)` |"), "\(word)")
        }
        for word in Reason.allCases.map(\.rawValue) + Verification.allCases.map(\.rawValue) {
            #expect(text.contains("`\(word)`"), "\(word)")
        }
    }

    @Test func theExitCodesAreTheTools() throws {
        let session = try ShellSession()
        defer { session.remove() }
        let ended = try session.run(["keyshift help exit-codes"])
        let told = ended.output.split(separator: "\n").compactMap { Int($0.prefix { $0 != " " }) }
        let rows = try #require(try Readme().block("## Exit codes\n", "\nWhen several"))
        let written = rows.split(separator: "\n").compactMap { row in
            row.split(separator: "|").first.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        }
        #expect(ended.status == 0 && told.count > 10)
        #expect(written == told)
    }

    @Test func thePathsInTheMapExist() throws {
        let block = try #require(try Readme().block("## Where the code lives\n", "\nDecisions are pure"))
        let paths = block.split(separator: "`").filter { $0.hasPrefix("Sources/") }
        #expect(paths.count > 10)
        for path in paths {
            #expect(
                FileManager.default.fileExists(
                    atPath: ThisPackage.root.appending(path: String(path)).path), "\(path)")
        }
    }
}
