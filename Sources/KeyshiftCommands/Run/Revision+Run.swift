import JobStore
import MigrationCore

extension Revision {
    /// A run of a command: the history has its end, and the exit code that the process leaves with.
    func run(
        _ command: String, _ desk: Desk, _ body: (Run) throws -> (RunEnd, ExitStatus)
    ) throws -> (end: RunEnd, status: ExitStatus) {
        func ending(_ status: ExitStatus, _ word: String) -> RunEnding {
            RunEnding(word, exitCode: Int(status.rawValue))
        }
        return try run(
            command, clock: { desk.wall },
            ending: { result in
                switch result {
                case .success(let (end, status)): return ending(status, end.word)
                case .failure(let error):
                    let status = ErrorText.explain(error).status
                    return ending(status, status == .notConfirmed ? "not confirmed" : "broken off")
                }
            }, body)
    }
}
