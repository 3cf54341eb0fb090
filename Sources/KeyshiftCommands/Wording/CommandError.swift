import Reporting

/// A refusal or failure of a command: what happened, whether anything was changed, what to do next.
struct CommandError: Error {
    var status: ExitStatus
    /// One or more whole lines.
    var message: Prose

    init(_ status: ExitStatus, _ message: Prose) {
        self.status = status
        self.message = message
    }
}
