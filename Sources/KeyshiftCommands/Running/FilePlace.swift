import Foundation

/// Which file a path means, links followed: nothing that keyshift writes may take the place of something else.
enum FilePlace {
    /// The path with its links resolved; of a file that is not there yet, its folder's.
    static func resolved(_ path: String) -> String {
        let url = URL(fileURLWithPath: path)
        if let whole = realpath(path, nil) {
            defer { free(whole) }
            return String(cString: whole)
        }
        guard let folder = realpath(url.deletingLastPathComponent().path, nil) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + url.lastPathComponent
    }

    static func isSame(_ one: String, _ other: String) -> Bool { resolved(one) == resolved(other) }

    /// The job and everything that a run writes or makes beside it.
    static func ofJob(_ job: String) -> [String] {
        let names = ResultFiles.names(besides: job)
        return [job, job + ".lock", job + ".tmp", job + "-wal", job + "-shm", names.results, names.failed]
    }

    /// - Throws: `CommandError` 64 when two outputs are one file, or one is an input.
    static func checkOutputs(_ outputs: [String?], inputs: [String?]) throws {
        var taken = inputs.compactMap { $0 }.filter { $0 != "-" }
        for output in outputs.compactMap({ $0 }) {
            // A device or a pipe may be named twice; it is written to, not replaced.
            if let other = taken.first(where: { isSame($0, output) }), AtomicFile.replaces(output) {
                let what = inputs.contains(other) ? "is an input too" : "is named twice"
                throw CommandError(
                    .usage, "\(output) \(what), and would be written over. Choose another name.")
            }
            taken.append(output)
        }
    }

    /// - Throws: `CommandError` 64 when `output` is one of the job's own files.
    static func checkOutput(_ output: String, job: String) throws {
        // The result files may be written anew; the others are the job.
        let names = ResultFiles.names(besides: job)
        let own = ofJob(job).filter { $0 != names.results && $0 != names.failed }
        guard own.contains(where: { isSame($0, output) }) else { return }
        throw CommandError(.usage, "\(output) belongs to the job \(job) itself. Choose another name.")
    }
}
