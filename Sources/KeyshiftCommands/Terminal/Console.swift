import Foundation
import Reporting

/// Results go to standard output, everything else to standard error. Every text is cleaned here, whoever made it:
/// line breaks and the console's own colours are all that a terminal gets to act on. Whose the line breaks are,
/// `Prose` sees to.
final class Console {
    let isQuiet: Bool
    let isVerbose: Bool
    /// Whether standard error is a terminal that takes colour and redrawing.
    let isLive: Bool
    let hasColour: Bool
    /// Whether a question may be asked.
    let mayAsk: Bool
    /// A progress line stands on the terminal and must be cleared before other text.
    private var hasProgressLine = false

    init(_ options: GlobalOptions, environment: [String: String] = ProcessInfo.processInfo.environment) {
        isQuiet = options.quiet
        isVerbose = options.verbose
        let isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
        isLive = isTerminal
        hasColour = isTerminal && !options.noColor && (environment["NO_COLOR"] ?? "").isEmpty
        mayAsk = !options.noInput && isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
    }

    /// A result for people; blocks until the reader takes it.
    func out(_ text: String) { put(TerminalText.lines(text)) }

    /// A result for programs (CSV, JSON): as it is, but for a terminal.
    func data(_ text: String) { put(TextForm(of: STDOUT_FILENO).written(text)) }

    private func put(_ text: String) {
        let code = Self.write(text, to: STDOUT_FILENO)
        // A reader that went away (a closed pipe) has had enough; a full disk has lost something.
        if code != 0, code != EPIPE, outputFailure == nil { outputFailure = String(cString: strerror(code)) }
    }

    /// Why some of the results did not reach standard output.
    private(set) var outputFailure: String?

    /// A message for the person at the terminal.
    func say(_ text: Prose) {
        guard !isQuiet else { return }
        line("", text)
    }

    /// Said also when the flags could not be read.
    func plain(_ text: Prose) { line("", text) }

    func verbose(_ text: Prose) { if isVerbose { line("", text) } }

    /// `text` may have several lines.
    func error(_ text: Prose) {
        line(hasColour ? "\u{1B}[31merror:\u{1B}[0m " : "error: ", text)
    }

    func warn(_ text: Prose) {
        line(hasColour ? "\u{1B}[33mwarning:\u{1B}[0m " : "warning: ", text)
    }

    /// Draws over the progress line; dropped when the terminal does not drain.
    func progress(_ text: String) {
        guard !isQuiet, Self.drains(STDERR_FILENO) else { return }
        let text = TerminalText.safe(text)
        if isLive {
            Self.write("\r\u{1B}[2K" + text, to: STDERR_FILENO)
            hasProgressLine = true
        } else {
            Self.write(text + "\n", to: STDERR_FILENO)
        }
    }

    /// Asks and reads a line; nil at the end of the input.
    func ask(_ question: Prose) -> String? {
        clearProgress()
        Self.write(TerminalText.lines(question.text), to: STDERR_FILENO)
        return readLine()
    }

    func clearProgress() {
        guard hasProgressLine else { return }
        Self.write("\r\u{1B}[2K", to: STDERR_FILENO)
        hasProgressLine = false
    }

    /// `mark` is the console's own, and may have colours.
    private func line(_ mark: String, _ text: Prose) {
        clearProgress()
        Self.write(mark + TerminalText.lines(text.text) + "\n", to: STDERR_FILENO)
    }

    private static func drains(_ descriptor: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&polled, 1, 0) == 1 && polled.revents & Int16(POLLOUT) != 0
    }

    /// - Returns: 0, or the `errno` that ended it.
    @discardableResult
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR || errno == EAGAIN else { return errno }
            if count > 0 { bytes = bytes.dropFirst(count) }
        }
        return 0
    }
}
