import Foundation
import JobRunner
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
        try AtomicFile.write(results, .own) { append in
            try append(rows.header)
            try job.forEachStatus { try append(rows.row($0)) }
        }
        let again = FailedCSV(columns: columns)
        do {
            try AtomicFile.write(failed, .own) { append in
                var isEmpty = true
                try append(again.header)
                try job.forEachStatus(matching: FailedCSV.results) { status in
                    guard let row = again.row(status) else { return }
                    isEmpty = false
                    try append(row)
                }
                if isEmpty { throw Empty() }
            }
            return Paths(results: results, failed: failed)
        } catch is Empty {
            removeOld(failed)
            return Paths(results: results, failed: nil)
        }
    }

    private struct Empty: Error {}

    /// An earlier run's list: the name is the job's, as when there is something to write, and a file of another user
    /// or of another kind is not.
    private func removeOld(_ failed: String) {
        guard let path = try? FilePlace.followed(failed), OwnFile.isOurs(path) else { return }
        OwnFile.remove(path)
    }
}
