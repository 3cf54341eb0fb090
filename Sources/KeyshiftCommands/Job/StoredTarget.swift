import TargetFiles
import JobRunner
import JobStore
import MigrationCore

/// The target as the job keeps it.
enum StoredTarget {
    static func parse(_ origin: JobOrigin, path: String) throws -> TargetFile {
        do throws(TargetProblems) {
            return try TargetFile.parse(origin.targetText)
        } catch {
            throw JobStoreError.damaged(path: path, detail: "the target can't be read")
        }
    }

    /// From here on the job's plans are held against its target, too, wherever they are checked.
    static func hold(_ job: Job) {
        var decisions: RowDecisions?
        job.isPlanned = { [unowned job] project, change in
            let origin = try job.origin()
            let made =
                try decisions
                ?? RowDecisions(job, columns: origin.columns, target: parse(origin, path: job.path))
            decisions = made
            return try made.makes(change, of: project)
        }
    }
}
