import FleetCSV
import AtlasAPI
import MigrationCore
import Testing

@testable import Reporting

struct ResultsCSVTests {
    private func records(_ text: String) -> [[String]] {
        var records: [[String]] = []
        var tokenizer = CSVTokenizer()
        let take: (CSVTokenizer.Event) -> Void = { event in
            guard case .record(let record) = event else {
                Issue.record("\(event)")
                return
            }
            records.append((0..<record.count).map { record[$0] })
        }
        Array(text.utf8).withUnsafeBytes { tokenizer.feed($0, to: take) }
        tokenizer.finish(to: take)
        return records
    }

    @Test func headerIsTheContracts() {
        let csv = ResultsCSV(
            columns: ["projectId", "team", "project_name", "result", "csv.result"], nextStep: Sample.nextStep)
        #expect(
            csv.header
                == "project_id,project_name,result,class,reason,verified,http_status,error_code,detail,"
                + "attempts,wave,started_at,finished_at,next_step,team,csv.result,csv.csv.result\n")
    }

    @Test func row() {
        var outcome = Outcome(
            .failed, .propagationTimeout,
            failure: Failure(status: 400, code: "CANNOT_ASSUME_ROLE", detail: "a, \"b\""),
            attempts: 3)
        outcome.startedAt = 1_790_000_060_125
        outcome.finishedAt = 1_790_000_061_500
        let csv = ResultsCSV(columns: Sample.columns, nextStep: Sample.nextStep)
        let status = Sample.status(
            10, outcome, planClass: .irreversible, name: "=cmd()", cells: ["", "", "+1", "'-y"])
        #expect(
            csv.row(status)
                == "00000000000000000000000a,'=cmd(),failed,irreversible,propagation_timeout,none,400,"
                + "CANNOT_ASSUME_ROLE,\"a, \"\"b\"\"\",3,,2026-09-21T14:14:20.125Z,2026-09-21T14:14:21.500Z,"
                + "\"Check the role's trust policy in AWS: it must name Atlas's account and the right "
                + "external id, then run keyshift retry fleet.job --only failed.\",'+1,''-y\n")
    }

    @Test func everyRowHasTheHeadersLength() {
        let csv = ResultsCSV(columns: Sample.columns, nextStep: Sample.nextStep)
        let rows = Sample.fleet(seed: 1, count: 200)
        let all = records(csv.header + rows.map(csv.row).joined())
        #expect(all.count == 201)
        #expect(all.allSatisfy { $0.count == all[0].count })
        #expect(all.dropFirst().map { $0[2] } == rows.map(\.outcome.result.rawValue))
    }

    @Test func failedRowsAreAFleet() {
        let columns = ["=team", "group_id", "project_name", "note"]
        let csv = FailedCSV(columns: columns)
        let outcomes = ProjectResult.allCases.map { Outcome($0) }
        let rows = outcomes.enumerated().map { number, outcome in
            let cells = ["=1+1", Sample.id(number).text, "'+x", "a\"b\r\n,\u{FEFF} "]
            return Sample.status(number, outcome, cells: cells)
        }
        let text = csv.header + rows.compactMap(csv.row).joined()
        var reader = FleetReader()
        var read: [FleetRow] = []
        reader.feed(Array(text.utf8)) { row, _ in read.append(row) }
        reader.finish { row, _ in read.append(row) }
        #expect(reader.problems.count == 0)
        #expect(reader.header?.columns == columns)
        let wanted = rows.filter { FailedCSV.results.contains($0.outcome.result) }
        #expect(read.map(\.id) == wanted.map(\.project))
        #expect(read.map(\.cells) == wanted.map(\.cells))
    }

    @Test func unlessItNeedsNoOtherGo() {
        let csv = FailedCSV(columns: Sample.columns)
        for result in ProjectResult.allCases {
            let isListed = csv.row(Sample.status(1, Outcome(result))) != nil
            #expect(isListed == [.failed, .blocked, .drifted, .unknown].contains(result))
        }
    }
}
