import JobStore

extension Job {
    /// Does what a command does with a job, and sees to it that the history has the exit code that the process ends
    /// with, also when an error ends it.
    func recordingExit(_ desk: Desk, _ work: () throws -> ExitStatus) throws -> ExitStatus {
        do {
            let status = try work()
            try note(desk.console.outputFailure == nil ? status : .inputOutput)
            return status
        } catch {
            // The first error is the one to tell.
            try? note(ErrorText.explain(error).status)
            throw error
        }
    }

    private func note(_ status: ExitStatus) throws {
        try noteExit(Int(status.rawValue))
    }
}
