/// What earlier PATCHes to a project came to, over all runs; read from the job at the start of its work.
package struct AttemptHistory: Hashable, Sendable {
    /// The number of the last intent; intents are numbered from 1, whether they count or not.
    package private(set) var lastNumber: Int
    private var counts: [Verdict: Int]
    /// The verdict of the last attempt that counts.
    package private(set) var last: Verdict?
    package private(set) var lastFailure: Failure?
    /// A read after an intent has shown the wanted state.
    package var sawWanted: Bool
    /// An attempt of an earlier revision of the plan may have been applied; it counts for nothing else.
    private var mayHaveAppliedBefore: Bool

    package init() {
        lastNumber = 0
        counts = [:]
        sawWanted = false
        mayHaveAppliedBefore = false
    }

    package mutating func begin() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// An attempt ended; one whose end was never written (a crash) is `noAnswer`.
    package mutating func end(_ verdict: Verdict, _ failure: Failure?) {
        counts[verdict, default: 0] += 1
        guard verdict.treatment.isAttempt else { return }
        last = verdict
        lastFailure = failure
    }

    /// For a history read from the job.
    package mutating func restore(number: Int, verdict: Verdict, failure: Failure?, sawWanted: Bool) {
        lastNumber = max(lastNumber, number)
        self.sawWanted = self.sawWanted || sawWanted
        end(verdict, failure)
    }

    /// For an attempt of a revision before this one: the tries start anew, the numbers go on.
    package mutating func restoreEarlier(number: Int, verdict: Verdict, sawWanted: Bool) {
        lastNumber = max(lastNumber, number)
        if sawWanted || verdict.treatment.effect != .none { mayHaveAppliedBefore = true }
    }

    package func count(_ verdict: Verdict) -> Int { counts[verdict, default: 0] }

    /// Attempts as the report counts them.
    package var attempts: Int { counts.filter(\.key.treatment.isAttempt).values.reduce(0, +) }

    /// Attempts that `--max-attempts` binds.
    package var boundAttempts: Int {
        counts.filter { $0.key.treatment.bound == .attempts }.values.reduce(0, +)
    }

    /// A change may have been applied that no check has settled yet.
    package var isOpen: Bool { sawWanted || (last.map { $0.treatment.effect != .none } ?? false) }

    /// Whether an answer, or the lack of one, leaves open that an attempt was applied.
    package var mayHaveApplied: Bool {
        sawWanted || mayHaveAppliedBefore
            || counts.contains { $0.value > 0 && $0.key.treatment.effect != .none }
    }

    /// Whether what shows as wanted may be ours: a PATCH of this revision arrived, or any may have been applied. An
    /// answer that refuses for now may come from somebody behind whom the change took all the same.
    package var hasArrived: Bool {
        mayHaveApplied || counts.contains { $0.value > 0 && $0.key.treatment.arrives }
    }

    /// The next read belongs to the check, not to the look: never a second PATCH after these.
    package var belongsToCheck: Bool { sawWanted || last == .accepted }
}
