import TargetFiles
import Foundation
import JobRunner
import JobStore
import MigrationCore
import Reporting

/// Which file a path means: nothing that keyshift writes may take the place of something else, whatever its name.
enum FilePlace {
    /// The path with its links resolved; of a file that is not there yet, its folder's.
    static func resolved(_ path: String) -> String {
        if let whole = realpath(path, nil) {
            defer { free(whole) }
            return String(cString: whole)
        }
        guard let folder = realpath(folder(of: path), nil) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + name(of: path)
    }

    /// The sheet as a job keeps it; standard input by the name of the file that it is, if it is one: what is read must
    /// not be written over, whatever it was called.
    static func absolute(_ sheet: String) -> String {
        sheet == "-" ? InputFile.nameOfStandardInput ?? sheet : InputFile.absolute(sheet)
    }

    /// The names of files among inputs: without a pipe on standard input.
    static func files(_ inputs: [String?]) -> [String] {
        inputs.compactMap { $0 == "-" ? InputFile.nameOfStandardInput : $0 }
    }

    static func folder(of path: String) -> String { JobPlace.folder(of: path) }

    static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// By name, and by what the names lead to: a hard link is the same file under a name that tells nothing.
    static func isSame(_ one: String, _ other: String) -> Bool {
        if resolved(one) == resolved(other) { return true }
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_ino == second.st_ino
            && first.st_dev == second.st_dev
    }

    /// The job and everything that a run writes or makes beside it.
    static func ofJob(_ job: String) -> [String] {
        let names = results(besides: job)
        return ["", ".lock", ".tmp", "-wal", "-shm", "-journal"].map { job + $0 }
            + [names.results, names.failed]
    }

    /// Of the result files beside a job: its last extension replaced.
    static func results(besides jobPath: String) -> (results: String, failed: String) {
        let base = (jobPath as NSString).deletingPathExtension
        return (base + ".results.csv", base + ".failed.csv")
    }

    /// - Throws: `CommandError` 64 when two outputs are one file, or one is an input.
    static func checkOutputs(_ outputs: [String?], inputs: [String?]) throws {
        let inputs = files(inputs)
        var taken = inputs
        for output in outputs.compactMap({ $0 }) {
            // A device or a pipe may be named twice; it is written to, not replaced.
            if let other = taken.first(where: { isSame($0, output) }), OutputFile.replaces(output) {
                let what = inputs.contains(other) ? "is an input too" : "is named twice"
                throw CommandError(
                    .usage,
                    "\(output) \(what), and would be written over; nothing was done. Choose another name.")
            }
            taken.append(output)
        }
    }

    /// - Throws: `CommandError` 64 when `output` is one of the job's own files.
    static func checkOutput(_ output: String, job: String) throws {
        // The result files may be written anew; the others are the job.
        let names = results(besides: job)
        let job = JobPlace.resolved(job)
        let own = ofJob(job).filter { $0 != names.results && $0 != names.failed }
        guard own.contains(where: { isSame($0, output) }) else { return }
        throw CommandError(.usage, "\(output) belongs to the job \(job) itself. Choose another name.")
    }

    /// - Throws: `CommandError` 73 when the place belongs to a job or another database: the file itself, its logs,
    ///   also those that are not there now (SQLite would play a planted one back), or its lock.
    static func refuseDatabase(_ path: String) throws {
        let path = resolved(path)
        if isDatabase(path) {
            throw CommandError(
                .cannotCreate, "\(path): is a job, or another SQLite database; nothing was written over it.")
        }
        for suffix in ["-wal", "-shm", "-journal", ".lock"]
        where path.hasSuffix(suffix) && isDatabase(String(path.dropLast(suffix.count))) {
            throw CommandError(
                .cannotCreate,
                "\(path): belongs to the job or database \(path.dropLast(suffix.count)); nothing was written over it. "
                    + "Choose another name.")
        }
        // The lock of a job that is being planned has no job beside it yet.
        if path.hasSuffix(".lock"), start(path, 4) == Array("pid ".utf8) {
            throw CommandError(
                .cannotCreate,
                "\(path): is the lock of a run; nothing was written over it. Choose another name.")
        }
    }

    private static func isDatabase(_ path: String) -> Bool {
        let mark = Array("SQLite format 3\0".utf8)
        return start(path, mark.count) == mark
    }

    private static func start(_ path: String, _ count: Int) -> [UInt8]? {
        try? InputFile.start(of: path, for: .plain, count: count)
    }

    /// The file that an output goes to. Links are followed where they are the effective user's or root's own and
    /// nobody else can put one there: a folder that others can write to, and that is not sticky, lets anybody move a
    /// link of ours into it. nil when a link is not to be followed.
    /// - Throws: `foreignLink` for one that stands for a folder on the way.
    static func followed(_ path: String) throws -> String? {
        var path = path
        for _ in 0..<32 {
            guard (try? JobPlace.checkLinks(on: folder(of: path))) != nil else { throw foreignLink(path) }
            var info = stat()
            guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFLNK else { return path }
            guard (try? JobPlace.checkLinks(on: path)) != nil else { return nil }
            var target = stat()
            guard stat(path, &target) == 0 else {
                throw CommandError(
                    .cannotCreate, "\(path): can't be written: it is a link that leads nowhere.")
            }
            // The links of /dev/fd lead to what has no name.
            guard target.st_mode & S_IFMT == S_IFREG || target.st_mode & S_IFMT == S_IFDIR else {
                return path
            }
            // Those of /proc lead to what runs: the program itself, its folder.
            guard !resolved(folder(of: path)).hasPrefix("/proc/") else {
                throw CommandError(
                    .cannotCreate, "\(path): can't be written: it is a link of /proc. Choose another name.")
            }
            let next = try FileManager.default.destinationOfSymbolicLink(atPath: path)
            path = next.hasPrefix("/") ? next : folder(of: path) + "/" + next
        }
        throw CommandError(.cannotCreate, "\(path): can't be written: \(String(cString: strerror(ELOOP))).")
    }

    static func foreignLink(_ path: String) -> CommandError {
        CommandError(
            .cannotCreate,
            "\(path): is a link that another user made or could move there; it is not followed and nothing was "
                + "written. Remove it, or choose another name.")
    }

    /// - Throws: `CommandError` 64 when a file that a run reads is one that the run writes or takes away.
    static func checkInputs(_ inputs: [String?], job: String) throws {
        for input in inputs.compactMap({ $0 }) {
            guard let own = ofJob(job).first(where: { isSame($0, input) }) else { continue }
            throw CommandError(
                .usage,
                "\(input) is read by this run, which would write over it (\(own)). "
                    + "Rename it; nothing was sent.")
        }
    }

    /// What a command does not know to be an input (a report knows of no target file), but keyshift can tell by what
    /// is in it.
    /// - Throws: `CommandError` 73 when `path` is a target file or a credentials file.
    static func refuseOwnInput(_ path: String) throws {
        guard let start = start(path, TargetFile.sizeLimit + 1) else { return }
        let what: Prose
        if CredentialsFile.isOne(start) {
            what = "a credentials file"
        } else if isTarget(start) {
            what = "a target file"
        } else {
            return
        }
        throw CommandError(
            .cannotCreate, "\(path): is \(what); nothing was written over it. Choose another name.")
    }

    /// Also one with mistakes in it, which somebody is still at work on; YAML or JSON, in any layout.
    private static func isTarget(_ start: [UInt8]) -> Bool {
        let text = String(decoding: start, as: UTF8.self)
        let keys = text.matches(of: /(?m:^|[\s{,\u{FEFF}])["']?(keyshift|target)["']?\s*:/)
        return Set(keys.map(\.1)).count == 2
    }

    /// Whether a user may put another file in the place of `file`: in a sticky folder (`/tmp`) only the owner of the
    /// file or of the folder may, and root.
    static func mayReplace(_ file: stat, in folder: stat, as user: uid_t) -> Bool {
        folder.st_mode & S_ISVTX == 0 || user == 0 || file.st_uid == user || folder.st_uid == user
    }
}
