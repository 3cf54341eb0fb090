/// A refusal or failure of a command: what happened, whether anything was changed, what to do next.
struct CommandError: Error {
    var status: ExitStatus
    /// One or more whole lines.
    var message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}
