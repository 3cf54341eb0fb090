import Foundation
import JobStore
import MigrationCore
import Reporting

/// `NAME.results.csv` and `NAME.failed.csv` beside the job, each replaced in one step.
struct ResultFiles {
    var job: JobFile
    var jobPath: String

    /// What was written; `failed` is nil when there is nothing in it.
    struct Paths {
        var results: String
        var failed: String?
    }

    /// The names beside a job: its last extension replaced.
    static func names(besides jobPath: String) -> (results: String, failed: String) {
        let base = (jobPath as NSString).deletingPathExtension
        return (base + ".results.csv", base + ".failed.csv")
    }

    func write() throws -> Paths {
        let (results, failed) = Self.names(besides: jobPath)
        let columns = try job.origin().columns
        let nextStep = try job.nextStep()
        let rows = ResultsCSV(columns: columns, nextStep: nextStep)
        try AtomicFile.write(results) { append in
            try append(rows.header)
            try job.forEachStatus { try append(rows.row($0)) }
        }
        let again = FailedCSV(columns: columns)
        var count = 0
        try AtomicFile.write(failed) { append in
            try append(again.header)
            try job.forEachStatus(matching: FailedCSV.results) { status in
                guard let row = again.row(status) else { return }
                count += 1
                try append(row)
            }
        }
        guard count == 0 else { return Paths(results: results, failed: failed) }
        try? FileManager.default.removeItem(atPath: failed)
        return Paths(results: results, failed: nil)
    }
}
