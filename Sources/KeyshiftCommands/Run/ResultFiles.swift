import Foundation
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// `NAME.results.csv` and `NAME.failed.csv` beside the job, each replaced in one step.
struct ResultFiles {
    var job: Job
    var jobPath: String

    /// What was written; `failed` is nil when there is nothing in it.
    struct Paths {
        var results: String
        var failed: String?
    }

    /// Asked before anything is sent: a place that can't be written is else found when all is done.
    /// - Throws: `CommandError` 73.
    static func checkPlaces(besides jobPath: String) throws {
        let names = FilePlace.results(besides: jobPath)
        for name in [names.results, names.failed] { _ = try OutputFile(name, .own) }
    }

    func write() throws -> Paths {
        let names = FilePlace.results(besides: jobPath)
        let columns = try job.origin().columns
        let nextStep = try job.lastRevision().nextStep()
        let rows = ResultsCSV(columns: columns, nextStep: nextStep)
        try OutputFile(names.results, .own).write { append in
            try append(rows.header)
            try job.forEachStatus { try append(rows.row($0)) }
        }
        let again = FailedCSV(columns: columns)
        do {
            try OutputFile(names.failed, .own).write { append in
                var isEmpty = true
                try append(again.header)
                try job.forEachStatus(matching: FailedCSV.results) { status in
                    guard let row = again.row(status) else { return }
                    isEmpty = false
                    try append(row)
                }
                if isEmpty { throw Empty() }
            }
            return Paths(results: names.results, failed: names.failed)
        } catch is Empty {
            removeOld(names.failed)
            return Paths(results: names.results, failed: nil)
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
