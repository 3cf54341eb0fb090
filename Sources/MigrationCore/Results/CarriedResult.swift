package import AtlasAPI

/// What a retry leaves of an earlier result of a project that it changes nothing of: held against the change that this
/// job sent, whatever the new plan calls the project. What was changed stays so, with its attempts, times and urgency.
package enum CarriedResult {
    /// How sure it is that an earlier PATCH of this job took effect.
    package enum Effect: Sendable {
        case none
        /// One arrived, and no read showed it.
        case possible
        /// A read showed what was wanted after it.
        case seen
    }

    /// What the new revision's plan read of the project.
    package struct Read: Sendable {
        package var planClass: PlanClass
        package var reason: Reason?
        package var detail: String?
        /// nil when the state could not be read.
        package var live: EncryptionState?
        /// Milliseconds since 1970.
        package var at: Int64

        package init(
            planClass: PlanClass, reason: Reason?, detail: String?, live: EncryptionState?, at: Int64
        ) {
            self.planClass = planClass
            self.reason = reason
            self.detail = detail
            self.live = live
            self.at = at
        }
    }

    /// `sent`: the change whose PATCH left last, with the state before it. nil: the new plan alone says what the
    /// project is.
    package static func outcome(
        earlier: Outcome, sent: PlannedChange, effect: Effect, read: Read
    ) -> Outcome? {
        guard effect != .none else { return nil }
        var outcome = earlier
        outcome.finishedAt = earlier.finishedAt ?? read.at
        guard let live = read.live else { return staying(outcome, read) }
        let moved = sent.collateralTexts(in: live)
        // A secret is never shown, so its companions prove nothing.
        let isOurs = sent.isWanted(live) && (effect == .seen || !sent.hasSecret)
        if isOurs, live.hasDeadKey {
            let dead = ["it reads as wanted, but Atlas can't use the key"] + moved
            return broken(outcome, .notValidAfterChange, dead)
        }
        if !moved.isEmpty, isOurs || earlier.reason == .collateralChange {
            return broken(outcome, .collateralChange, moved)
        }
        if isOurs { return asWanted(outcome, .changed, nil) }
        if read.planClass == .noop {
            let missing = sent.missing(in: live).joined(separator: "; ")
            return asWanted(
                outcome, .unchanged, "as the target wants it, not as this job changed it: \(missing)")
        }
        return read.planClass.isChange ? nil : staying(outcome, read)
    }

    private static func broken(_ earlier: Outcome, _ reason: Reason, _ detail: [String]) -> Outcome {
        var outcome = earlier
        (outcome.result, outcome.reason, outcome.verified) = (.failed, reason, .readBack)
        outcome.detail = detail.joined(separator: "; ")
        return outcome
    }

    private static func asWanted(_ earlier: Outcome, _ result: ProjectResult, _ detail: String?) -> Outcome {
        var outcome = earlier
        (outcome.result, outcome.reason, outcome.verified) = (result, nil, .valid)
        (outcome.errorCode, outcome.detail) = (nil, detail)
        return outcome
    }

    /// The read settles nothing; it is told beside what was known.
    private static func staying(_ earlier: Outcome, _ read: Read) -> Outcome {
        var outcome = earlier
        if earlier.reason == .outcomeUnknown || earlier.reason == .stillOld { outcome.result = .unknown }
        let now = [read.reason?.rawValue ?? read.planClass.rawValue, read.detail].compactMap { $0 }
        let known = (earlier.detail ?? "").split(
            separator: again, maxSplits: 1, omittingEmptySubsequences: false)[0]
        let joint = known.isEmpty || known.hasSuffix("; ") ? "" : "; "
        outcome.detail = known + joint + again + now.joined(separator: ": ")
        return outcome
    }

    /// Told once, however often it is read again.
    private static let again = "read again: "
}
