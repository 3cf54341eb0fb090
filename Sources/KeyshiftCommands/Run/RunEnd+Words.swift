import MigrationCore
import Reporting

extension RunEnd {
    /// The exit code that the end of a run stands for, apart from the projects' results.
    var status: ExitStatus {
        switch self {
        case .completed: .done
        case .stopped: .stopped
        case .halted: .halted
        case .accessRefused: .accessRefused
        case .wrongOrganisation: .mismatch
        case .environment: .environment
        }
    }

    /// The word in the job's history.
    var word: String {
        switch self {
        case .completed: "completed"
        case .stopped(let cause): "stopped: \(cause.rawValue)"
        case .halted(let halt): "halted: \(halt.cause.rawValue)"
        case .accessRefused: "access refused"
        case .wrongOrganisation: "wrong organisation"
        case .environment: "environment"
        }
    }

    /// What to say about it and what to do; nil when all is done.
    /// `job`: the one that was run; nil for a command that only reads, so that no failures are to be accepted.
    func advice(resume: String, job: String? = nil) -> Prose? {
        switch self {
        case .completed: nil
        case .stopped(.lockLost):
            """
            Stopped: the job's lock file was taken away, so that another run could have begun beside this one.
            Nothing is lost. Find out who did that, then go on with: \(resume)
            """
        case .stopped(.stopAfterWave): "Stopped after the wave, as asked. Go on with: \(resume)"
        case .stopped: "Stopped\(job == nil ? "" : "; nothing is lost"). Go on with: \(resume)"
        case .halted(let halt):
            """
            Halted: \(HaltText.sentence(halt.cause.rawValue, halt.detail)).
            \(job.map { HaltText.steps(halt.cause.rawValue, job: $0) } ?? "When that has passed, go on with: \(resume)")
            """
        case .accessRefused(let detail):
            """
            Atlas refuses the credentials or this address for the whole run: \(detail)
            Fix the credentials, or add this machine to the API access list; then: \(resume)
            """
        case .wrongOrganisation(let detail):
            "Refused: \(detail). No project was touched; use the right credentials."
        case .environment(let detail):
            "Stopped by this machine's set-up: \(detail). Nothing is lost; fix it, then: \(resume)"
        }
    }
}
