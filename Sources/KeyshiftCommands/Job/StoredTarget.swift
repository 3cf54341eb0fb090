import TargetFiles
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
}
