import JobStore

extension JobFile {
    /// Does what a command does with a job, and sees to it that the history has the exit code that the process ends
    /// with, also when an error ends it.
    func recordingExit(_ desk: Desk, _ work: () throws -> ExitStatus) throws -> ExitStatus {
        do {
            let status = try work()
            try note(desk.console.outputFailure == nil ? status : .inputOutput, at: desk.wall)
            return status
        } catch {
            // The first error is the one to tell.
            try? note(ErrorText.explain(error).status, at: desk.wall)
            throw error
        }
    }

    private func note(_ status: ExitStatus, at now: Int64) throws {
        try noteExit(Int(status.rawValue), at: now)
    }
}
