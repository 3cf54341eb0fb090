import AtlasAPI
import MigrationCore
import Testing

@testable import Reporting

struct TextReportTests {
    private let report = TextReport(nextStep: Sample.nextStep)

    private func summary(_ rows: [ProjectStatus]) -> SummaryBuilder {
        var summary = SummaryBuilder()
        for row in rows { summary.add(row) }
        return summary
    }

    @Test func summaryText() {
        var rows = (1...120).map { Sample.status($0, Outcome(.changed, verified: .valid)) }
        rows += (201...207).map { Sample.status($0, Sample.refusal("ACCOUNT_SUSPENDED", status: 402)) }
        rows.append(Sample.status(301, Outcome(.unknown, .stillOld), name: nil))
        rows.append(Sample.status(302, Outcome(.failed, .notValidAfterChange), name: "Evil\n\u{1b}[2J"))
        rows.append(Sample.status(303, Outcome(.blocked, .keyNotValid), planClass: .blocked))
        #expect(
            report.summary(summary(rows), command: "keyshift resume fleet.job") == """
                130 projects
                  changed  120
                  failed     8
                  blocked    1
                  unknown    1

                failed: not_valid_after_change (1 project)
                  Evil\\n\\u{1b}[2J (00000000000000000000012e)
                  To do: Restore Atlas's access to the key within 15 minutes, before its next check can \
                stop the database processes.

                failed: refused, HTTP 402 ACCOUNT_SUSPENDED (7 projects)
                  Payments (0000000000000000000000c9)
                  Payments (0000000000000000000000ca)
                  Payments (0000000000000000000000cb)
                  Payments (0000000000000000000000cc)
                  Payments (0000000000000000000000cd)
                  and 2 more
                  To do: Settle the organisation's billing in Atlas, then run keyshift retry fleet.job --only failed.

                unknown: still_old (1 project)
                  00000000000000000000012d
                  To do: Run keyshift resume fleet.job; it looks again before it sends anything.

                blocked: key_not_valid (1 project)
                  Payments (00000000000000000000012f)
                  To do: Restore Atlas's access to the project's present key, then run keyshift retry fleet.job --only blocked.

                Next: keyshift resume fleet.job

                """)
    }

    @Test func nothingAtAll() {
        #expect(report.summary(summary([])) == "0 projects\n")
    }

    @Test(arguments: [4, 5, 6])
    func totalsAreTheRows(_ seed: UInt64) {
        let rows = Sample.fleet(seed: seed, count: 300)
        let summary = summary(rows)
        let totals = Sample.totals(rows)
        #expect(summary.projects == totals.projects)
        for result in ProjectResult.allCases { #expect(summary[result] == totals[result]) }
        #expect(
            summary.causes.reduce(0) { $0 + $1.count }
                == rows.filter { FailedCSV.results.contains($0.outcome.result) }.count)
        let text = report.summary(summary)
        for result in ProjectResult.allCases where totals[result] > 0 {
            let line = text.split(separator: "\n").first { $0.hasPrefix("  \(result.rawValue) ") }
            #expect(line?.split(separator: " ").last.flatMap { Int($0) } == totals[result])
        }
    }

    @Test func causesAreBounded() {
        let rows = (1...1000).map { Sample.status($0, Sample.refusal("CODE_\($0)")) }
        let causes = summary(rows).causes
        #expect(causes.count == SummaryBuilder.causeLimit + 1)
        #expect(causes.last?.count == 1000 - SummaryBuilder.causeLimit && causes.last?.cause == nil)
        #expect(causes.allSatisfy { $0.examples.count <= SummaryBuilder.exampleLimit })
        #expect(report.summary(summary(rows)).contains("\nother causes (800 projects)\n"))
    }

    @Test func rowsOfWhatIsNotDone() {
        #expect(report.row(Sample.status(1, Outcome(.changed))) == nil)
        #expect(report.row(Sample.status(1, Outcome(.unchanged))) == nil)
        #expect(report.row(Sample.status(1, Outcome(.excluded))) == nil)
        var outcome = Sample.refusal(nil, status: 409, detail: "no\u{202e}\nway")
        outcome.verified = .accepted
        outcome.attempts = 3
        #expect(
            report.row(Sample.status(1, outcome)) == """
                Payments (000000000000000000000001)  failed: refused, HTTP 409
                    no\\u{202e}\\nway
                    3 attempts, checked: accepted
                    To do: End the other change to the project, or the condition that the detail names, \
                then run keyshift retry fleet.job --only failed.

                """)
    }

    /// Whatever a row holds, the only controls in the text are its line ends.
    @Test func nothingReachesTheTerminal() {
        let evil = "a\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\r\n"
        let row = Sample.status(1, Sample.refusal(evil, detail: evil), name: evil)
        let text = (report.row(row) ?? "") + report.summary(summary([row]), command: evil)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && TerminalText.isUnsafe($0) })
    }
}
