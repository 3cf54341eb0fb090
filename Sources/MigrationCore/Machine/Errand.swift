package import AtlasAPI

/// Drives the work on one project, of whatever kind; pure. The engine sends its next call and tells how it ended.
///
/// What follows from an answer is the procedure's to say. What is the same for every kind is decided here alone: how
/// often a read is tried and when, what is told of a read that was no success, and what a run that stops keeps and
/// lets leave. Not generic: the engine holds errands of all kinds side by side.
package struct Errand: Sendable {
    package struct Call: Hashable, Sendable {
        package var step: Step
        package var endpoint: Endpoint
        package var notBefore: Instant
    }

    private enum Next {
        case call(Call)
        case ended(Ending)
    }

    package private(set) var procedure: any Procedure
    private var next: Next
    /// The call has left, and how it ended has not been told yet.
    package private(set) var isInFlight = false
    private var isDraining = false
    /// Tries of the present read that failed.
    private var failedReads = 0
    /// PATCHes that came to nothing, in a row.
    private var failedChanges = 0

    package init(_ procedure: any Procedure, now: Instant) {
        let (step, wait) = procedure.firstCall
        self.procedure = procedure
        next = .call(Call(step: step, endpoint: procedure.endpoint(of: step), notBefore: now + wait))
    }

    /// nil: it has ended.
    package var call: Call? { if case .call(let call) = next { call } else { nil } }
    /// nil: there is a call to make, or one under way.
    package var ending: Ending? { if case .ended(let ending) = next { ending } else { nil } }

    /// The call is about to leave; a PATCH gives its intent here.
    package mutating func willSend(now: Now) -> [JournalRecord] {
        isInFlight = true
        return procedure.willSend(presentStep, now: now)
    }

    package mutating func ended(_ end: CallEnd, now: Now, dice: inout Dice) -> [JournalRecord] {
        isInFlight = false
        let step = presentStep
        guard !step.isChange else { return take(procedure.changed(end, now: now), after: step, now, &dice) }
        switch end {
        case .succeeded(let json, _):
            guard let move = procedure.took(json ?? .null, of: step, now: now) else {
                return failed(step, .transient, .unreadable, now, &dice)
            }
            failedReads = 0
            return take(move, after: step, now, &dice)
        case .failed(let verdict, let failure): return failed(step, verdict, failure, now, &dice)
        case .denied(let failure): return giveUp(step, .unauthorised, failure, now, &dice)
        case .heldBack(let verdict, let failure):
            return again(step, verdict, failure, at: now.instant, now)
        case .outage(let verdict, let failure):
            let wait = wait(verdict, failure, afterFailures: failedReads, &dice)
            return again(step, verdict, failure, at: now.instant + wait, now)
        }
    }

    /// The PATCH that is due has waited too long since its look: look again first.
    package mutating func lookAfresh(now: Instant) {
        guard !isInFlight, presentStep.isChange else { return }
        call(procedure.lookStep, at: now)
    }

    /// The run is stopping: what is under way may still arrive; of the rest only the last look may still leave.
    package mutating func drain(now: Now) -> [JournalRecord] {
        isDraining = true
        guard !isInFlight, let call else { return [] }
        return proceed(to: call.step, at: call.notBefore, after: nil, nil, now)
    }

    /// A run that stops does not wait for what keeps the last look from leaving.
    package mutating func giveUpLook(now: Now) -> [JournalRecord] {
        let failure = Failure(.ours(.stopped), detail: "the run stopped before it could look again")
        return again(presentStep, .throttled, failure, at: now.instant, now)
    }
}

/// What follows from the end of a call.
extension Errand {
    private var presentStep: Step {
        guard let call else { preconditionFailure("work that has ended makes no call") }
        return call.step
    }

    private mutating func failed(
        _ step: Step, _ verdict: Verdict, _ failure: Failure, _ now: Now, _ dice: inout Dice
    ) -> [JournalRecord] {
        failedReads += 1
        guard failedReads < readTries, verdict.treatment.bound != .permanent else {
            return giveUp(step, verdict, failure, now, &dice)
        }
        let wait = wait(verdict, failure, afterFailures: failedReads, &dice)
        return again(step, verdict, failure, at: now.instant + wait, now)
    }

    private mutating func giveUp(
        _ step: Step, _ verdict: Verdict, _ failure: Failure, _ now: Now, _ dice: inout Dice
    ) -> [JournalRecord] {
        let move = procedure.gaveUp(step, verdict, failure, now: now)
        return trouble(step, verdict, failure, now) + take(move, after: step, now, &dice)
    }

    private mutating func again(
        _ step: Step, _ verdict: Verdict, _ failure: Failure, at time: Instant, _ now: Now
    ) -> [JournalRecord] {
        trouble(step, verdict, failure, now) + proceed(to: step, at: time, after: step, failure, now)
    }

    private func trouble(_ step: Step, _ verdict: Verdict, _ failure: Failure, _ now: Now) -> [JournalRecord]
    {
        [.run(.troubledRead(ordinal: procedure.ordinal, step, verdict, failure, at: now.wall))]
    }

    private mutating func take(
        _ move: Move, after step: Step, _ now: Now, _ dice: inout Dice
    ) -> [JournalRecord] {
        switch move.next {
        case .end(let ending):
            next = .ended(ending)
            return move.records
        case .call(let next, let time):
            return move.records + proceed(to: next, at: time, after: step, nil, now)
        case .retry(let next, let verdict, let failure, let latest):
            if step.isChange { failedChanges += 1 }
            let mayBeAtWork = step.isChange && verdict.treatment.effect != .none
            let wait = wait(
                verdict, failure, afterFailures: step.isChange ? failedChanges : failedReads,
                floor: mayBeAtWork ? procedure.settings.settleTime : .zero, &dice)
            let time = min(now.instant + wait, latest ?? now.instant + wait)
            return move.records + proceed(to: next, at: time, after: step, failure, now)
        }
    }

    /// Makes `step` the next call; the one place where a run that stops holds a call back.
    /// `last`: the call before it, when that has just ended; with `failure`, as one that is to be tried again.
    private mutating func proceed(
        to step: Step, at time: Instant, after last: Step?, _ failure: Failure?, _ now: Now
    ) -> [JournalRecord] {
        guard isDraining else {
            call(step, at: time)
            return []
        }
        guard step != last, procedure.isLastLook(step, after: last) else {
            let move = procedure.leave(failure, now: now)
            guard case .end(let ending) = move.next else {
                preconditionFailure("work that is left makes no call")
            }
            next = .ended(ending)
            return move.records
        }
        // No longer wait than the server needs to settle.
        call(step, at: min(time, now.instant + procedure.settings.settleTime))
        return []
    }

    private mutating func call(_ step: Step, at time: Instant) {
        next = .call(Call(step: step, endpoint: procedure.endpoint(of: step), notBefore: time))
    }

    private func wait(
        _ verdict: Verdict, _ failure: Failure, afterFailures failures: Int, floor: Duration = .zero,
        _ dice: inout Dice
    ) -> Duration {
        let settings = procedure.settings
        return Backoff(base: verdict.treatment.firstWait ?? settings.backoffBase, cap: settings.backoffCap)
            .delay(
                afterFailures: max(1, failures),
                floor: max(floor, min(failure.retryAfter ?? .zero, settings.outagePatience)), dice: &dice)
    }
}
