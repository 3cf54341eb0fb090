import Foundation
import Reporting

package import ArgumentParser

/// The `keyshift` command.
package struct Keyshift: ParsableCommand {
    package static let version = ProgramVersion.text

    package static let configuration = CommandConfiguration(
        commandName: "keyshift",
        abstract: "Changes the encryption-at-rest settings of every MongoDB Atlas project in a CSV.",
        discussion: """
            A migration in five commands:

              keyshift plan fleet.csv --target plans/google-role.yaml --job fleet.job
              keyshift show fleet.job
              keyshift apply fleet.job
              keyshift resume fleet.job          (after any interruption)
              keyshift report fleet.job --format text

            And then: retry for what failed, verify weeks later, undo for what can go back.

            Credentials come from MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET (a service account), or
            MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY, or --credentials FILE.

            More: keyshift help retries, keyshift help exit-codes, keyshift help results.
            """,
        version: version,
        subcommands: [
            Plan.self, Show.self, Apply.self, Resume.self, Status.self, Report.self, Version.self, Retry.self,
            Verify.self, Undo.self, Inventory.self, Roles.self, Doctor.self,
        ])

    package init() {}

    /// The process's entry.
    package static func start() -> Never {
        ProcessSetup.prepare()
        Foundation.exit(run(Array(CommandLine.arguments.dropFirst()), Desk.live))
    }

    /// A whole command, from its words to its exit code. Topics of help come first, since the parser's own `help` knows
    /// commands only.
    static func run(_ arguments: [String], _ desk: (GlobalOptions) -> Desk) -> Int32 {
        do {
            if arguments.first == "help", let word = arguments.dropFirst().first, !word.hasPrefix("-"),
                let topic = try topic(word, further: arguments.dropFirst(2))
            {
                return topic.end(at: desk(topic.global)).rawValue
            }
            var command = try parsed(arguments)
            guard let verb = command as? any Verb else {
                try command.run()
                return ExitStatus.done.rawValue
            }
            return verb.end(at: desk(verb.global)).rawValue
        } catch {
            return tell(error, desk)
        }
    }

    /// The parser quotes arguments in texts of several lines. Where it refuses some, it is asked again with the
    /// arguments as they may be shown, so that none of them can end a line and begin another.
    private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
        do {
            return try parseAsRoot(arguments)
        } catch {
            let shown = arguments.map(TerminalText.safe)
            guard shown != arguments else { throw error }
            _ = try parseAsRoot(shown)
            throw ValidationError(TerminalText.safe(message(for: error)))
        }
    }

    /// As the parser's own `exit`, but what it quotes of the arguments is cleaned like all other text.
    private static func tell(_ error: any Error, _ desk: (GlobalOptions) -> Desk) -> Int32 {
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        if !message.isEmpty, let options = try? GlobalOptions.parse([]) {
            let console = desk(options).console
            if code == .success { console.data(message + "\n") } else { console.plain("\(lines: message)") }
            console.finish()
        }
        return code.rawValue
    }

    /// nil for a command, whose help is the parser's. The parser itself takes any word and says 0.
    private static func topic(_ word: String, further: ArraySlice<String>) throws -> TopicHelp? {
        let commands = configuration.subcommands.map { $0._commandName } + ["help"]
        let topic = HelpTopic(rawValue: word)
        guard topic != nil || commands.contains(word) else {
            throw ValidationError("'\(TerminalText.safe(word))' is neither a command nor a topic of help.")
        }
        if let extra = further.first(where: { !$0.hasPrefix("-") }) {
            throw ValidationError("help takes one word; '\(TerminalText.safe(extra))' is one too many.")
        }
        return try topic.map { try TopicHelp.parse([$0.rawValue]) }
    }
}

/// `keyshift help TOPIC`
private struct TopicHelp: Verb {
    @Argument var topic: HelpTopic
    @OptionGroup var global: GlobalOptions

    func run(_ desk: Desk) -> ExitStatus {
        desk.console.out(topic.text)
        return .done
    }
}

struct Version: Verb {
    static let configuration = CommandConfiguration(abstract: "Print the version.")
    @OptionGroup var global: GlobalOptions

    func run(_ desk: Desk) -> ExitStatus {
        desk.console.out("keyshift \(Keyshift.version)\n")
        return .done
    }
}
