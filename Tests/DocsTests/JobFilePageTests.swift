import Foundation
import GRDB
import Testing

/// Goal: whoever asks a job with the page's queries gets answers. Method: a job that stopped after its first wave, its
/// schema and rows against the page.
@Suite struct JobFilePageTests {
    private static let begun = [
        "keyshift plan fleet.csv --target plans/google-role.yaml --job fleet.job",
        "keyshift apply fleet.job --yes --confirm-irreversible 4 --wave-soak 0s --stop-after-wave 1 || [ $? = 5 ]",
    ]

    private static func withJob(_ more: [String] = [], _ body: (ShellSession) throws -> Void) throws {
        let session = try ShellSession(fleet: "google-role.csv")
        defer { session.remove() }
        let ended = try session.run(ShellSession.simulator(scenario: "google-static") + begun + more)
        try #require(ended.status == 0, "\(ended)")
        try body(session)
    }

    private static func open(_ session: ShellSession) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(
            path: session.folder.appending(path: "fleet.job").path, configuration: configuration)
    }

    @Test func tablesAndColumnsAreTheJobs() throws {
        let page = try Page.named("JobFile")
        let tables = page.tables.filter { ["Table", "View"].contains($0.rows[0][0]) }.flatMap {
            $0.rows.dropFirst()
        }
        try Self.withJob { session in
            try Self.open(session).read { db in
                let names = try String.fetchAll(
                    db,
                    sql: """
                        SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')
                            AND name NOT LIKE 'sqlite%' AND name <> 'grdb_migrations'
                        """)
                let written = tables.map { $0[0].trimmingCharacters(in: ["`"]) }
                #expect(Set(written) == Set(names) && written.count == names.count)
                for (name, row) in zip(written, tables) {
                    let columns = Set(try db.columns(in: name).map(\.name))
                    let shown = row[2].matches(of: /`(\w+)`/).map { String($0.1) }
                    #expect(!shown.isEmpty && columns.isSuperset(of: shown), "\(name)")
                }
            }
        }
    }

    /// Rows of each query of the page, in its order. One of four projects is changed, and nothing went wrong.
    @Test func everyQueryAnswers() throws {
        let queries = try Page.named("JobFile").blocks.filter { $0.language == "sql" }.map(\.text)
        try Self.withJob { session in
            try Self.open(session).read { db in
                let counts = try queries.map { try Row.fetchAll(db, sql: $0).count }
                // Not done, sent, without an end, fields, runs, waves, failures.
                #expect(counts == [3, 1, 0, 4, 2, 2, 0])
            }
        }
    }

    private static let hasSQLite = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/sqlite3")
    }

    @Test(.enabled(if: hasSQLite)) func theCommandLineAnswers() throws {
        let page = try Page.named("JobFile")
        let commands =
            page.commands.filter { $0.hasPrefix("sqlite3 ") }
            + page.code.filter { $0.hasPrefix("sqlite3 -") }
        #expect(commands.count == 2)
        try Self.withJob(commands + ["[ -s copy.job ]", "keyshift status copy.job"]) { _ in }
    }
}
