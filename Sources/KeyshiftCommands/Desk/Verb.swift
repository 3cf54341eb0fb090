import ArgumentParser
import Reporting

/// A command of keyshift: flags that the parser fills in, and the work that they are for.
protocol Verb: ParsableCommand {
    var global: GlobalOptions { get }

    /// - Throws: anything; `ErrorText` has a sentence and an exit code for it.
    func run(_ desk: Desk) throws -> ExitStatus
}

extension Verb {
    func run() throws {
        let status = end(at: .live(global))
        if status != .done { throw ExitCode(status.rawValue) }
    }

    /// Does the work; an error is printed and becomes its exit code.
    func end(at desk: Desk) -> ExitStatus {
        let console = desk.console
        defer { console.finish() }
        do {
            let status = try run(desk)
            if let failure = console.outputFailure {
                throw CommandError(.inputOutput, "standard output: \(failure); some of the output is lost.")
            }
            return status
        } catch {
            let explained = ErrorText.explain(error)
            console.error(explained.message)
            return explained.status
        }
    }
}
