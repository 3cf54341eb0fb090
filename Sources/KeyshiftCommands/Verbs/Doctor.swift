import ArgumentParser
import Foundation

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check address, TLS, proxy, clock, credentials, access list, projects and limits.",
        discussion: """
            A line for each: ok, warn or fail, and what to do. Changes nothing; a handful of GET requests leave. 0 when
            nothing fails, 10 when the credentials or the access list do, else 3.

              keyshift doctor
              keyshift doctor --ca-file corporate-root.pem
            """)

    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run() throws {
        let console = Console(global)
        try ErrorText.reporting(console) {
            let environment = ProcessInfo.processInfo.environment
            return try DoctorVisit(
                console: console, connection: try Connection.load(connection, environment: environment),
                options: connection, environment: environment
            ).run()
        }
    }
}
