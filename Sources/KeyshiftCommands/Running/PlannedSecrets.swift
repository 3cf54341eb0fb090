import AtlasAPI
import Foundation
import JobRunner
import JobStore
import MigrationCore

/// The secrets that a job's plan names, read from where the target says.
enum PlannedSecrets {
    /// Each once. `unreadable` may throw, or go on.
    static func read(
        _ job: JobFile, _ origin: JobOrigin, unreadable: (any Error) throws -> Void
    ) throws -> [Secret] {
        guard try StoredTarget.parse(origin, path: job.path).target.hasSecret else { return [] }
        let source = SystemSecrets(environment: ProcessInfo.processInfo.environment)
        var seen: Set<String> = []
        var secrets: [Secret] = []
        try job.forEachPlanned { planned in
            for case .secret(let reference) in planned.changes.map(\.after)
            where seen.insert(reference).inserted {
                if case .file(let path)? = ResolvedSecretReference(text: reference) {
                    try FilePlace.checkInputs([path], job: job.path)
                }
                do { secrets.append(try source.read(reference)) } catch { try unreadable(error) }
            }
        }
        return secrets
    }

    /// The files that they are in.
    static func files(_ job: JobFile, _ origin: JobOrigin) throws -> Set<String> {
        guard try StoredTarget.parse(origin, path: job.path).target.hasSecret else { return [] }
        var files: Set<String> = []
        let present = job.revision
        defer { job.revision = present }
        for revision in 1...max(1, try job.lastRevision()) {
            job.revision = revision
            try add(job, to: &files)
        }
        return files
    }

    private static func add(_ job: JobFile, to files: inout Set<String>) throws {
        try job.forEachPlanned { planned in
            for case .secret(let reference) in planned.changes.map(\.after) {
                if case .file(let path)? = ResolvedSecretReference(text: reference) { files.insert(path) }
            }
        }
    }
}
