/// What a retry that sends nothing to a project leaves of an earlier revision's result: what this job has changed stays
/// so, with its attempts, times and urgency, whatever a later plan reads.
package enum CarriedResult {
    /// How sure it is that an earlier PATCH of this job took effect.
    package enum Effect: Sendable {
        case none
        /// No answer that tells, and no read that showed it.
        case possible
        /// A read showed what was wanted after it.
        case seen
    }

    /// What the new revision's plan read of the project; its class is none that changes something.
    package struct Read: Sendable {
        package var planClass: PlanClass
        package var reason: Reason?
        package var detail: String?
        /// The state is the wanted one, whether its key works or not.
        package var isAsWanted: Bool
        /// What nobody asked to change and is not as before the change of this job, in words.
        package var moved: [String]
        /// Milliseconds since 1970.
        package var at: Int64

        package init(
            planClass: PlanClass, reason: Reason?, detail: String?, isAsWanted: Bool, moved: [String] = [],
            at: Int64
        ) {
            self.moved = moved
            self.planClass = planClass
            self.reason = reason
            self.detail = detail
            self.isAsWanted = isAsWanted
            self.at = at
        }
    }

    /// nil: the new plan alone says what the project is.
    package static func outcome(earlier: Outcome, effect: Effect, read: Read) -> Outcome? {
        guard effect != .none else { return nil }
        var outcome = earlier
        outcome.finishedAt = earlier.finishedAt ?? read.at
        if earlier.reason == .collateralChange, !read.moved.isEmpty {
            outcome.detail = read.moved.joined(separator: "; ")
        } else if read.planClass == .noop {
            (outcome.result, outcome.reason, outcome.verified) = (.changed, nil, .valid)
            (outcome.errorCode, outcome.detail) = (nil, nil)
        } else if read.isAsWanted {
            (outcome.result, outcome.reason, outcome.verified) = (.failed, .notValidAfterChange, .readBack)
            outcome.detail = read.detail
        } else if effect == .seen || !read.wasMade {
            let now = [read.reason?.rawValue ?? read.planClass.rawValue, read.detail].compactMap { $0 }
            outcome.detail = [earlier.detail, "read again: \(now.joined(separator: ": "))"]
                .compactMap { $0 }.joined(separator: "; ")
        } else {
            return nil
        }
        return outcome
    }
}

extension CarriedResult.Read {
    /// Whether the project's state could be read at all.
    fileprivate var wasMade: Bool {
        switch reason {
        case .notFound, .noAccess, .readFailed: false
        default: true
        }
    }
}
