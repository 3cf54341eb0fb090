/// What became of a project; every project of the CSV has exactly one. The words are part of the contract.
package enum ProjectResult: String, CaseIterable, Sendable {
    /// Our PATCH changed it, and the check said so as far as `verified` tells.
    case changed
    /// It was already as wanted.
    case unchanged
    /// The target's `where` does not match it.
    case excluded
    /// Tried, or looked at, and surely not as wanted.
    case failed
    /// Left alone because a precondition does not hold.
    case blocked
    /// Left alone because it is no longer as planned.
    case drifted
    /// A change was sent and nobody can say yet whether it took; `resume` looks again.
    case unknown
    /// Not worked on yet.
    case pending

    /// As the target wants it.
    package var isDone: Bool { self == .changed || self == .unchanged }
}

/// How far a result was checked, weakest first.
package enum Verification: String, CaseIterable, Sendable {
    case none
    /// Atlas answered the PATCH with 2xx.
    case accepted
    /// A later GET reads as wanted.
    case readBack = "read_back"
    /// … and says that the key works.
    case valid
}
