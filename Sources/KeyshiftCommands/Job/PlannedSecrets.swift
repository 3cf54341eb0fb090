import TargetFiles
import AtlasAPI
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// The secrets that a job's plan names, read from where the target says.
enum PlannedSecrets {
    /// Each once, those of every revision: what an earlier one sent may be quoted by any answer.
    /// - Parameter unreadable: told of one that a project's present plan needs; may throw, or go on.
    static func read(
        _ job: Job, _ origin: JobOrigin, _ environment: [String: String],
        unreadable: (any Error) throws -> Void
    ) throws -> [Secret] {
        guard try StoredTarget.parse(origin, path: job.path).target.hasSecret else { return [] }
        let source = SystemSecrets(environment: environment)
        // Whether a present plan needs it, by reference.
        var needed: [String: Bool] = [:]
        try job.forEachSecretReference { needed[$0] = $1 || needed[$0] == true }
        return try needed.sorted { $0.key < $1.key }.compactMap { reference, isNeeded in
            if case .file(let path)? = ResolvedSecretReference(text: reference) {
                try FilePlace.checkInputs([path], job: job.path)
            }
            do { return try source.read(reference) } catch {
                if isNeeded { try unreadable(error) }
                return nil
            }
        }
    }

    /// The files that they are in.
    static func files(_ job: Job, _ origin: JobOrigin) throws -> Set<String> {
        guard try StoredTarget.parse(origin, path: job.path).target.hasSecret else { return [] }
        var files: Set<String> = []
        try job.forEachSecretReference { reference, _ in
            if case .file(let path)? = ResolvedSecretReference(text: reference) { files.insert(path) }
        }
        return files
    }

    /// - Throws: `CommandError` 64 when `output` is the sheet that the job was made from, or a file that its plan
    ///   reads a secret from.
    static func checkOutput(_ output: String, isNoInputOf file: Job) throws {
        let origin = try file.origin()
        if origin.csvName != "-", FilePlace.isSame(origin.csvName, output) {
            throw CommandError(
                .usage, "\(output) is the sheet that the job was made from. Choose another name.")
        }
        guard try files(file, origin).contains(where: { FilePlace.isSame($0, output) }) else { return }
        throw CommandError(.usage, "\(output) holds a secret that the job's plan reads. Choose another name.")
    }
}
