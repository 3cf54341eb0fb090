import FleetCSV
import AtlasAPI
import JobStore
import MigrationCore
import Reporting

/// Counts the rows of each report and compares them with its totals and with the model.
struct ReportAudit {
    var file: Job
    var job: MemoryJob

    func problems() throws -> [String] {
        var wanted: [ProjectResult: Int] = [:]
        for row in job.rows { wanted[row.result, default: 0] += 1 }
        let totals = try file.totals()
        let counts = ProjectResult.allCases.filter { totals[$0] != wanted[$0, default: 0] }
        return counts.map { "the totals say \(totals[$0]) \($0.rawValue)" } + (try sheet(wanted))
            + (try json(wanted))
    }

    private func sheet(_ wanted: [ProjectResult: Int]) throws -> [String] {
        let report = ResultsCSV(columns: ["project_id"], nextStep: NextStep(job: "fleet.job"))
        var tokens = CSVTokenizer()
        var counts: [String: Int] = [:]
        var lines = 0
        func sink(_ event: CSVTokenizer.Event) throws {
            guard case .record(let record) = event else { return }
            lines += 1
            if lines > 1 { counts[record[2], default: 0] += 1 }
        }
        func feed(_ text: String) throws {
            var text = text
            try text.withUTF8 { try tokens.feed(UnsafeRawBufferPointer($0), to: sink) }
        }
        try feed(report.header)
        try file.forEachStatus { try feed(report.row($0)) }
        try tokens.finish(to: sink)
        return compare("results.csv", counts, wanted, rows: lines - 1)
    }

    private func json(_ wanted: [ProjectResult: Int]) throws -> [String] {
        var report = JSONReport(columns: ["project_id"], nextStep: NextStep(job: "fleet.job"))
        let facts = JobFacts(
            path: "fleet.job", target: "target.yaml", organisation: nil, address: "http://atlas.invalid",
            planDigest: nil, createdAt: VirtualClock.epoch)
        var text = report.prefix(job: facts, totals: try file.totals())
        try file.forEachStatus { text += report.row($0) }
        text += report.suffix
        guard let json = JSONValue(parsing: Array(text.utf8)), let rows = json["projects"]?.array else {
            return ["report --format json is not JSON"]
        }
        var counts: [String: Int] = [:]
        for row in rows { counts[row["result"]?.string ?? "none", default: 0] += 1 }
        let totals = ProjectResult.allCases.filter {
            json["totals"]?[$0.rawValue]?.integer != wanted[$0, default: 0]
        }
        return compare("json", counts, wanted, rows: rows.count)
            + totals.map { "report --format json: the total of \($0.rawValue) is not its rows" }
    }

    private func compare(
        _ report: String, _ counts: [String: Int], _ wanted: [ProjectResult: Int], rows: Int
    ) -> [String] {
        let expected = Dictionary(uniqueKeysWithValues: wanted.map { ($0.key.rawValue, $0.value) })
        return counts == expected && rows == job.rows.count ? [] : ["\(report): \(counts), not \(expected)"]
    }
}
