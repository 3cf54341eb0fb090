package import ArgumentParser

/// The `keyshift` command.
package struct Keyshift: ParsableCommand {
    package static let version = "0.1.0"

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

    /// The process's entry: topics first, since the parser's own `help` knows commands only.
    package static func start() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.count == 2, arguments[0] == "help", let topic = HelpTopic(rawValue: arguments[1]),
            let options = try? GlobalOptions.parse([])
        {
            Console(options).out(topic.text)
            return
        }
        main(arguments)
    }
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version.")
    @OptionGroup var global: GlobalOptions

    func run() { Console(global).out("keyshift \(Keyshift.version)\n") }
}
