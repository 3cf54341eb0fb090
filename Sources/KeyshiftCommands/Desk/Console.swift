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
    let streams: Streams
    private let messages: MessageStream
    /// Where results for people go: standard error when an output of the command is standard output.
    private var leavesOutput = false
    /// The reader of standard output has had enough.
    private var isResultRefused = false

    /// The descriptors that people and programs are at.
    struct Streams {
        var input = STDIN_FILENO
        var output = STDOUT_FILENO
        var error = STDERR_FILENO
    }

    init(_ options: GlobalOptions, environment: [String: String], streams: Streams = Streams()) {
        self.streams = streams
        messages = MessageStream(streams.error)
        isQuiet = options.quiet
        isVerbose = options.verbose
        let kind = environment["TERM"] ?? ""
        let isTerminal = isatty(streams.error) == 1 && !["", "dumb"].contains(kind)
        isLive = isTerminal
        hasColour = isTerminal && !options.noColor && (environment["NO_COLOR"] ?? "").isEmpty
        mayAsk = !options.noInput && isatty(streams.input) == 1 && isatty(streams.error) == 1
    }

    deinit { messages.finish() }

    /// Standard output is taken by an output of the command (`-o -`): what people are told goes beside it.
    func leaveStandardOutput() { leavesOutput = true }

    /// A result for people; blocks until the reader takes it.
    func out(_ text: String) {
        guard !leavesOutput else { return messages.add(TerminalText.lines(text)) }
        put(TerminalText.lines(text))
    }

    /// A result for programs (CSV, JSON): as it is, but for a terminal.
    func data(_ text: String) { put(TextForm(of: streams.output).written(text)) }

    private func put(_ text: String) {
        guard !isResultRefused else { return }
        let code = Self.write(text, to: streams.output)
        // A reader that went away (a closed pipe) has had enough; a full disk has lost something.
        if code == EPIPE {
            isResultRefused = true
        } else if code != 0, outputFailure == nil {
            outputFailure = String(cString: strerror(code))
        }
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
        guard !isQuiet, messages.drains else { return }
        let text = TerminalText.safe(text)
        if isLive {
            // Asked anew for each frame: a window changes. One column less, or some terminals begin a line.
            messages.add("\r\u{1B}[2K" + DisplayWidth.cut(text, to: columns - 1))
            hasProgressLine = true
        } else {
            messages.add(text + "\n")
        }
    }

    /// Asks and reads a line; nil at the end of the input.
    func ask(_ question: Prose) -> String? {
        clearProgress()
        messages.add(TerminalText.lines(question.text))
        messages.finish()
        return line(from: streams.input)
    }

    /// Without its end; byte by byte, since what follows is for somebody else. nil at the end of the input.
    private func line(from descriptor: Int32) -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
    }

    func clearProgress() {
        guard hasProgressLine else { return }
        messages.add("\r\u{1B}[2K")
        hasProgressLine = false
    }

    /// `mark` is the console's own, and may have colours.
    private func line(_ mark: String, _ text: Prose) {
        clearProgress()
        messages.add(mark + TerminalText.lines(text.text) + "\n")
    }

    /// Waits until what was said has been taken, if anybody takes it; before the process ends.
    func finish() { messages.finish() }

    private var columns: Int {
        var size = winsize()
        guard ioctl(streams.error, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
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
