import AtlasAPI
import CurlTransport
import Foundation
import JobRunner

/// What a command works with besides its flags and files; tests put their own in its place.
struct Desk {
    var console: Console
    var environment: [String: String]
    var now: () -> Now
    /// The way to Atlas; closed when nobody holds it any more.
    var makeTransport: (CurlTransport.Configuration) throws -> any Transport
    /// Takes what a second signal says; nil: signals are not looked at.
    var makeSignals: (String) -> SignalPipe?
    var pause: (Duration) -> Void

    /// Milliseconds since 1970 UTC.
    var wall: Int64 { now().wall }

    /// This process, its terminal and this machine.
    static func live(_ options: GlobalOptions) -> Desk {
        let environment = ProcessInfo.processInfo.environment
        return Desk(
            console: Console(options, environment: environment), environment: environment,
            now: SystemClock.now, makeTransport: { try CurlTransport(configuration: $0) },
            makeSignals: { SignalPipe(lastWords: $0) },
            pause: { Thread.sleep(forTimeInterval: $0.seconds) })
    }
}
