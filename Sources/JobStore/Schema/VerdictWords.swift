import MigrationCore

/// Lists of verdicts for the job's queries, made from what each verdict means. They stand in views that every job of
/// format 1 has, so they must not change their spelling; a test holds them against that format.
enum VerdictWords {
    /// An attempt that may have taken effect, or did.
    static let applied = list { $0.effect != .none }
    /// One that got to the server and was not refused for good.
    static let arrived = list { $0.arrives }
    static let maybeApplied = list { $0.effect == .maybe }
    static let certainlyApplied = list { $0.effect == .yes }
    /// No attempt, in the order in which format 1 has them.
    static let uncounted = words(Verdict.allCases.filter { !$0.treatment.isAttempt })
    /// An attempt whose end was never written: its process died.
    static let ofTheDead = words([.noAnswer])

    private static func list(_ trait: (Treatment) -> Bool) -> String { words(Verdict.those(trait)) }

    private static func words(_ verdicts: [Verdict]) -> String {
        verdicts.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }
}
