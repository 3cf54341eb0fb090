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

/// Writes a file under another name and gives it its own at the end, so that nobody sees half of it.
enum AtomicFile {
    /// `body` gets a function that appends text.
    /// - Throws: `CommandError` 73 when it can't be made, 74 when it can't be written; the old file stays then.
    static func write(_ path: String, _ body: ((String) throws -> Void) throws -> Void) throws {
        let temporary = path + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(.cannotCreate, path, errno) }
        var isOpen = true
        defer { if isOpen { close(descriptor) } }
        var buffer: [UInt8] = []
        func flush() throws {
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                guard count > 0 else { throw failure(.inputOutput, path, errno) }
                rest = rest.dropFirst(count)
            }
            buffer.removeAll(keepingCapacity: true)
        }
        do {
            try body { text in
                buffer.append(contentsOf: text.utf8)
                if buffer.count > 1 << 16 { try flush() }
            }
            try flush()
            guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(.inputOutput, path, errno) }
            isOpen = false
            guard close(descriptor) == 0, rename(temporary, path) == 0 else {
                throw failure(.inputOutput, path, errno)
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func failure(_ status: ExitStatus, _ path: String, _ code: Int32) -> CommandError {
        CommandError(status, "\(path): can't be written: \(String(cString: strerror(code))).")
    }
}
