import AtlasAPI
import MigrationCore
import Testing

/// Goal: what has arrived when a run stops is kept, and nothing more is sent. Method: a second read driven by hand,
/// told to end while its request is on the way.
@Suite struct RereadTests {
    let now = Now(instant: Instant(nanoseconds: 0), wall: 5)

    /// A read on the way, and the stop.
    func stopped() -> Errand {
        let decision = PlanDecision(
            target: ResolvedTarget(provider: nil, searchNodes: true), filter: Filter(), givenName: nil)
        let outcome = Outcome(.unchanged)
        let item = RereadItem(
            ordinal: 1, project: Sample.project(1), expectation: .target(decision), outcome: outcome)
        var reread = Errand(Reread(item: item, settings: RunSettings(), isGate: false), now: now.instant)
        #expect(reread.willSend(now: now).isEmpty)
        #expect(reread.drain(now: now).isEmpty)
        return reread
    }

    @Test func aGoodAnswerIsKept() {
        var (reread, dice) = (stopped(), Dice(seed: 1))
        let state = Sample.wire(Sample.google(search: true))
        let records = reread.ended(.succeeded(state, status: 200), now: now, dice: &dice)
        #expect(records.contains { if case .reread(1, .right, _) = $0 { true } else { false } })
        #expect(reread.ending == .settled(halts: nil))
    }

    @Test func afterAFailureNothingMoreIsSent() {
        let failure = Failure(status: 500, code: nil, detail: nil)
        for end in [
            CallEnd.failed(.transient, failure), .outage(.transient, failure), .heldBack(.throttled, failure),
        ] {
            var (reread, dice) = (stopped(), Dice(seed: 1))
            let records = reread.ended(end, now: now, dice: &dice)
            #expect(records.contains { if case .troubledRead = $0 { true } else { false } })
            #expect(reread.ending == .left)
        }
    }
}
