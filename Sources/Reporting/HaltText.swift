import MigrationCore

/// What a halt means, and what a person does about it, safest first.
package enum HaltText {
    /// `cause`: as the job keeps it; a word that no version knows is shown as it is.
    package static func sentence(_ cause: String, _ detail: String) -> String {
        let text =
            switch Halt.Cause(rawValue: cause) {
            case .notValidAfterChange?: "Atlas can't use the key of a project after its change"
            case .collateralChange?: "a field that nobody asked to change differs after a change"
            case .sameRefusal?: "the same refusal on five projects in a row"
            case .apiVersion?: "Atlas does not know this API version any more"
            case .outage?: "Atlas did not answer within --outage-patience"
            case .maintenance?: "Atlas took no writes within --outage-patience"
            case .rateLimit?: "Atlas's rate limit did not open within --outage-patience"
            case .failureBudget?: "more projects ended badly than --max-failures allows"
            case .waveGate?: "a wave is not as it must be for the next one to start"
            case .gateUnread?: "a project of a finished wave could not be read again"
            case nil: cause
            }
        return "\(text) (\(detail))"
    }

    /// Numbered steps: look, fix and try again; accepting what failed comes last.
    package static func steps(_ cause: String, job: String) -> Prose {
        let job = ShellWord.quoted(job)
        let accept: Prose = "keyshift resume \(job) --accept-failures"
        let retry: Prose = "keyshift retry \(job) --only failed"
        let look: Prose = "1. See which projects and why:  keyshift report \(job)"
        switch Halt.Cause(rawValue: cause) {
        case .outage?, .maintenance?, .rateLimit?:
            return """
                Next: 1. See whether Atlas answers again:  keyshift doctor
                      2. Go on where it stopped:  \(accept)
                """
        case .apiVersion?:
            return """
                Next: 1. See what Atlas answers:  keyshift doctor
                      2. Look for a newer keyshift; then:  \(accept)
                """
        case .notValidAfterChange?:
            return """
                Next: \(look)
                      2. \(NextStep.restoreAccess)
                         Then have it checked:  \(retry)
                      3. Go on with the other projects, whatever became of it:  \(accept)
                """
        case .gateUnread?:
            return """
                Next: 1. See what Atlas answers for it:  keyshift verify \(job)
                      2. Read that wave again and go on; what still can't be read stays as it is:  \(accept)
                """
        case .waveGate?:
            return """
                Next: \(look)
                      2. Fix the cause, then try those again, by the result that they have:
                           \(retry)
                           keyshift retry \(job) --only drifted
                      3. Go on with the other projects, and leave those as they are:  \(accept)
                """
        default:
            return """
                Next: \(look)
                      2. Fix the cause, then try those again:  \(retry)
                      3. Go on with the other projects, and leave those as they are:  \(accept)
                """
        }
    }
}
