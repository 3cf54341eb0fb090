package import TargetFiles

/// Counts the projects that end badly and says how many may be in play, so that their number never passes L + 1
/// (contract section 4).
package struct FailureBudget: Hashable, Sendable {
    private let choice: FailureLimit
    /// All that are to be changed: reversible and irreversible.
    private let projects: Int
    package let limit: Int
    /// `failed`, `unknown` and `drifted` since the last time that a person accepted the failures.
    package private(set) var failures: Int
    /// All that have a result of this job since then.
    package private(set) var tried: Int

    package init(_ choice: FailureLimit, of projects: Int, failures: Int = 0, tried: Int = 0) {
        self.choice = choice
        self.projects = projects
        limit = choice.limit(of: projects)
        self.failures = failures
        self.tried = tried
    }

    package static func counts(_ result: ProjectResult) -> Bool {
        result == .failed || result == .unknown || result == .drifted
    }

    /// `isAccepted`: a person has gone on in spite of just this.
    package mutating func ended(_ result: ProjectResult, isAccepted: Bool = false) {
        tried += 1
        if Self.counts(result), !isAccepted { failures += 1 }
    }

    /// A project that had ended comes into play again.
    package mutating func reopened(_ result: ProjectResult, isAccepted: Bool = false) {
        tried -= 1
        if Self.counts(result), !isAccepted { failures -= 1 }
    }

    /// How many projects may be in play: if all of them end badly, the failures come to L + 1.
    package var room: Int { max(0, limit - failures + 1) }

    package var isSpent: Bool { failures > limit }

    /// `failed 11 of 140 tried; limit 5% of 212 = 10`
    package var arithmetic: String {
        let bound =
            switch choice {
            case .count: "\(limit)"
            case .percent: "\(choice) of \(projects) = \(limit)"
            }
        return "failed \(failures) of \(tried) tried; limit \(bound)"
    }
}
