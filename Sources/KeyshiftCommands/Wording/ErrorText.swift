import CurlTransport
import JobRunner
import JobStore
import Reporting

/// Turns every error that can reach a command into its sentence and exit code, in one place.
enum ErrorText {
    static func explain(_ error: any Error) -> CommandError {
        switch error {
        case let error as CommandError: error
        case let error as JobStoreError: explain(error)
        case let error as RunLock.Held:
            CommandError(
                .locked,
                "another run holds the job (\(error.holder)); nothing was done. "
                    + "Follow it with `keyshift status \(ShellWord.quoted(error.job)) --watch`, "
                    + "or wait until it ends.")
        case let error as CurlTransportError: explain(error)
        case let error as SecretProblem:
            CommandError(
                .environment,
                "a secret can't be read: \(error.description). Nothing was sent; set it and start again.")
        default: CommandError(.internalError, "unexpected: \(error)")
        }
    }

    private static func explain(_ error: JobStoreError) -> CommandError {
        switch error {
        case .missing(let path):
            CommandError(.inputMissing, "\(path): no such job file. Make one with `keyshift plan`.")
        case .notAJob(let path):
            CommandError(
                .badData,
                "\(path): not a keyshift job; nothing was changed. "
                    + "Give the file that `keyshift plan --job` wrote.")
        case .otherKind(let path, let isRoles):
            CommandError(
                .badData,
                isRoles
                    ? "\(path): a job of `keyshift roles`, no migration; nothing was changed. "
                        + "Go on with `keyshift roles`."
                    : "\(path): a migration's job; nothing was changed. Give `keyshift roles` a file of its own."
            )
        case .damaged(let path, let detail):
            CommandError(
                .badData,
                "\(path): the job file is damaged (\(detail)). Keep it, restore a copy, and do not plan anew "
                    + "over a half-done migration.")
        case .notOurs(let flaw): explain(flaw)
        case .severalNames(let path, let count):
            CommandError(
                .mismatch,
                "\(path): this file has \(count) names (hard links), and a job's log and lock go by one of them. "
                    + "Nothing was sent. Keep the name that it was planned under and remove the others; they are "
                    + "listed by: find / -xdev -samefile \(ShellWord.quoted(path))")
        case .missingLog(let path, let loss): CommandError(.badData, missingLog(path, loss))
        case .sealBroken(let path, let detail):
            CommandError(
                .mismatch,
                "\(path): \(detail). The job was changed after it was planned or approved; nothing was sent. "
                    + "Find out by whom; then restore a copy, or plan into a new job.")
        case .changedMeanwhile(let path):
            CommandError(
                .mismatch,
                "\(path): another program has written to the job while this run had it open, so the run has ended. "
                    + "What was sent until then is in the job: keyshift status \(ShellWord.quoted(path)). "
                    + "Find out who wrote to it before you go on.")
        case .newer(let path, let version, let known):
            CommandError(
                .badData,
                "\(path): the job has format \(version), this keyshift knows \(known). Use the newer keyshift."
            )
        case .noWriteAheadLog(let path):
            CommandError(
                .inputOutput,
                "\(path): SQLite's write-ahead log does not work there (a network file system?). "
                    + "Move the job to a local disk.")
        case .io(let path, let detail):
            CommandError(
                .inputOutput,
                "\(path): \(detail). What was committed is safe; see to the disk (space, limits, "
                    + "permissions), then give the same command again: it goes on.")
        case .cannotCreate(let path, let detail):
            CommandError(.cannotCreate, "\(path): can't be created: \(detail).")
        }
    }

    /// A warning where a job is only looked at, an error where it would be run.
    static func missingLog(_ path: String, _ loss: LogLoss) -> Prose {
        let state: Prose =
            switch loss {
            case .absent: "is not there, and the last commits may have been in it"
            case .empty:
                "holds nothing of this job (it is cut off, or another's), and the last commits were in it"
            case .broken: "is damaged, and commits follow the damage"
            case .foreign: "is not that of the job's last run (an older copy, or another job's)"
            }
        return "\(path): its write-ahead log \(path)-wal \(state): what was "
            + "sent may read as if it never had been. If the job was copied, copy the -wal file too. Only if there is "
            + "no better one (a kill at the very end of a run can leave it so), go on with --accept-missing-log."
    }

    private static func explain(_ flaw: PlaceFlaw) -> CommandError {
        let path = ShellWord.quoted(flaw.path)
        let (what, todo) =
            switch flaw.kind {
            case .noRegularFile:
                ("is a link or no regular file, as no file of a job is", "Look at it: ls -ld \(path)")
            case .otherOwner(let owner):
                (
                    "belongs to \(owner), who could have changed what would be sent",
                    "Run keyshift as that user; or, when you have looked at the job: chown \"$USER\" \(path)"
                )
            case .writableByOthers:
                (
                    "can be written by others, who could have changed what would be sent",
                    "When you have looked at the job: chmod go-w \(path)"
                )
            case .folderOfAnother(let owner):
                (
                    "is a folder of \(owner), who could put another job in its place",
                    "Move the job to a folder of your own, such as your home"
                )
            case .folderWritableByOthers:
                (
                    "is a folder that others can write to, and so put another job in its place",
                    "Move the job to a folder of your own, or: chmod go-w \(path)"
                )
            }
        return CommandError(.badData, "\(flaw.path): \(what); nothing was sent. \(todo)")
    }

    private static func explain(_ error: CurlTransportError) -> CommandError {
        switch error {
        case .badAddress(.plainRemote):
            CommandError(
                .environment,
                "MONGODB_ATLAS_BASE_URL is plain http; that is taken only for this machine. Use https.")
        case .badAddress(let flaw):
            CommandError(
                .environment,
                "MONGODB_ATLAS_BASE_URL is not an https address such as https://cloud.mongodb.com: "
                    + "\(words(flaw)).")
        case .libraryTooOld(let found, let oldest):
            CommandError(.environment, "libcurl \(found) is too old; \(oldest) or newer is needed.")
        case .libraryLacks(let feature):
            CommandError(.environment, "this libcurl was built without \(feature).")
        case .initialisation(let function): CommandError(.internalError, "\(function) failed.")
        case .option(let number, let code):
            CommandError(.internalError, "libcurl refused option \(number) (code \(code)).")
        }
    }

    private static func words(_ flaw: CurlTransportError.AddressFlaw) -> String {
        switch flaw {
        case .malformed: "it can't be read as an address"
        case .scheme: "it begins with another scheme"
        case .plainRemote: "it is plain http"
        case .extraParts:
            "it holds a path, a user, a password, a query or a fragment; scheme, host and port are all it may have"
        }
    }
}
