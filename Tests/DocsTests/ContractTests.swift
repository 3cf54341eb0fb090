import Foundation
import KeyshiftCommands
import MigrationCore
import Reporting
import Testing

/// Goal: the contract is what is built. Method: its words, codes, columns, commands and flags against the code's own.
@Suite struct ContractTests {
    @Test func theWordsAreTheCodes() throws {
        let page = try Page.named("Contract")
        #expect(page.words(under: "Result") == ProjectResult.allCases.map(\.rawValue))
        #expect(page.words(under: "Class in the plan") == PlanClass.allCases.map(\.rawValue))
        #expect(page.words(under: "Reason") == Reason.allCases.map(\.rawValue))
        #expect(page.words(under: "Verified") == Verification.allCases.map(\.rawValue))
    }

    @Test func theExitCodesAreTheCodes() throws {
        let page = try Page.named("Contract")
        let table = try #require(page.tables.first { $0.rows[0] == ["Code", "Meaning"] })
        #expect(table.rows.dropFirst().map { Int32($0[0]) } == ExitStatus.allCases.map(\.rawValue))
    }

    @Test func theOrderOfExitCodesIsTheCodes() throws {
        let order = ExitStatus.order.map { String($0.rawValue) }.joined(separator: ", ")
        let session = try ShellSession()
        defer { session.remove() }
        let help = try session.run(["keyshift help exit-codes"])
        for text in [try Page.named("Contract").text, try Page("README.md").text, help.output] {
            #expect(text.contains("the first of \(order) wins"))
        }
    }

    @Test func theColumnsAreTheCodes() throws {
        let code = try Page.named("Contract").code
        let results = ResultsCSV(columns: [], nextStep: NextStep(job: "fleet.job")).header
        for header in [results, InventoryCSV.header] {
            let line = header.trimmingCharacters(in: .newlines)
            #expect(line.contains(",") && code.contains(line))
        }
    }

    @Test func theCommandsAreTheCodes() throws {
        let names = try Page.named("Contract").words(under: "Command").map { $0.prefix { $0 != " " } }
        #expect(Set(names) == Set(try Self.commands().map { $0[...] } + ["help"]))
    }

    /// Every flag of every command is in a table that names the command, and no other is.
    @Test func theFlagsAreTheCodes() throws {
        let commands = try Self.commands()
        let session = try ShellSession()
        defer { session.remove() }
        let ended = try session.run(commands.map { "echo '=== \($0)'; keyshift \($0) --help" })
        try #require(ended.status == 0, "\(ended)")
        let helps = ended.output.components(separatedBy: "=== ").dropFirst()
        #expect(helps.count == commands.count)
        let tables = try Page.named("Contract").tables.filter { $0.before.hasPrefix("Commands: ") }
        for (command, help) in zip(commands, helps) {
            let lines = help.components(separatedBy: "\n").filter { $0.contains(/^  (?:-\w, )?--/) }
            let told = Set(lines.flatMap { $0.prefix(26).matches(of: /--[a-z-]+/).map { String($0.0) } })
            let written = tables.filter { $0.before.contains("`\(command)`") }.flatMap { table in
                table.rows.dropFirst().flatMap { row in
                    row[0].matches(of: /--[a-z-]+/).map { String($0.0) }
                }
            }
            #expect(!told.isEmpty && Set(written) == told, "\(command)")
        }
    }

    private static func commands() throws -> [String] {
        let session = try ShellSession()
        defer { session.remove() }
        let ended = try session.run(["keyshift --help"])
        let list = try #require(ended.output.components(separatedBy: "SUBCOMMANDS:\n").last)
        return list.components(separatedBy: "\n").compactMap { line in
            line.prefixMatch(of: /\s\s([a-z]+)\s/).map { String($0.1) }
        }
    }
}
