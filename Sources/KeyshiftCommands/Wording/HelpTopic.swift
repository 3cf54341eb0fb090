import ArgumentParser
import Reporting

/// Texts of `keyshift help TOPIC` that are about no single command.
enum HelpTopic: String, CaseIterable, ExpressibleByArgument {
    case retries
    case exitCodes = "exit-codes"
    case results

    var text: String {
        switch self {
        case .retries: RetryTableText().text
        case .exitCodes: Self.exitCodeText
        case .results: Self.resultText
        }
    }

    private static let exitCodeText = """
        0   all done, already done or excluded
        1   internal error
        2   plan --detailed-exitcode: there is something to change; verify: something is no longer right
        3   finished; some projects failed, are blocked or drifted, or could not be read
        4   halted: budget, wave, key, run-wide trouble; resume --accept-failures goes on
        5   stopped by a signal, --max-duration or --stop-after-wave; resume goes on
        6   ended with unknown outcomes; resume looks again
        7   refused: digest, input, organisation or job does not match
        8   refused: another run holds the job
        9   refused: not confirmed
        10  credentials or access list refused for the whole run
        64  usage
        65  bad data in the CSV, the target file or the job
        66  an input is missing
        73  an output can't be created
        74  I/O error, such as a full disk
        78  environment: credentials, CA file, address, a secret that can't be read, ulimit -n

        When several apply the first of 74, 78, 7, 10, 6, 4, 5, 3, 2 wins.

        """

    private static let resultText = """
        changed    our PATCH changed it, and a later GET says so and that the key works
        unchanged  it was already as wanted
        excluded   the target's `where` does not match it
        failed     tried, or looked at, and not as wanted; the reason says why
        blocked    left alone: a precondition does not hold
        drifted    left alone: it is no longer as planned
        unknown    a change was sent, and nobody can say yet whether it took; resume looks again
        pending    not worked on yet

        verified: none, accepted (2xx), read_back (reads as wanted), valid (and the key works)

        """
}
