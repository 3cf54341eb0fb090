import MigrationCore
import Testing

@testable import Reporting

struct RetryTableTextTests {
    private let table = RetryTableText()

    @Test func everyRuleIsThere() {
        // The young role, the stale challenge, the answers of others and the two ends without an answer are no rules of the table.
        #expect(table.rows.count == RetryTable.rules.count + 5)
        for rule in RetryTable.rules {
            #expect(table.rows.contains { $0.codes == rule.codes && $0.meaning == rule.meaning })
            for code in rule.codes {
                #expect(table.text.contains(code) && table.markdown.contains("`\(code)`"))
            }
        }
    }

    @Test func everyRowHasANumber() {
        for row in table.rows { #expect(row.limit.contains { $0.isNumber }, "\(row)") }
    }

    @Test func theNumbersAreTheSettings() {
        var settings = RunSettings()
        settings.maxAttempts = 7
        settings.propagationPatience = .seconds(240)
        settings.outagePatience = .seconds(1200)
        settings.verifyPatience = .seconds(90)
        let text = RetryTableText(settings: settings).text
        for words in ["up to 7 attempts", "up to 4m (--prop", "after 20m (--outage", "up to 90s (--verify"] {
            #expect(text.contains(words))
        }
        #expect(
            text.contains("3 more tries") && text.contains("2 more tries") && text.contains("gets 5 tries"))
    }

    @Test func linesFit() {
        for line in table.text.split(separator: "\n") { #expect(line.count <= 110, "\(line)") }
    }

    @Test func markdownHasFourCells() {
        let lines = table.markdown.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(lines.count == table.rows.count + 2)
        for line in lines { #expect(line.filter { $0 == "|" }.count == 5, "\(line)") }
    }
}
