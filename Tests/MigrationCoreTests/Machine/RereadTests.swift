import TargetFiles
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

    /// The state of a project whose change is done, against what `verify` and a wave's gate say of it.
    private func finding(_ live: EncryptionState, _ outcome: Outcome, isGate: Bool) -> RereadFinding? {
        let item = RereadItem(
            ordinal: 1, project: Sample.project(1), expectation: .change(Sample.toSearch), outcome: outcome)
        var (reread, dice) = (
            Errand(Reread(item: item, settings: RunSettings(), isGate: isGate), now: now.instant),
            Dice(seed: 1)
        )
        var found: RereadFinding?
        for _ in 0..<9 where reread.ending == nil {
            _ = reread.willSend(now: now)
            for case .project(_, .reread(let finding, _)) in reread.ended(
                .succeeded(Sample.wire(live), status: 200), now: now, dice: &dice)
            { found = finding }
        }
        return found
    }

    @Test(arguments: [false, true]) func whatIsWrongIsNamedForWhatItIs(isGate: Bool) {
        let changed = Outcome(.changed)
        #expect(finding(Sample.google(search: true), changed, isGate: isGate) == .right)
        // Switched off since: there is no key whose access could be restored.
        let off = EncryptionState(enabled: [], searchNodes: true)
        #expect(finding(off, changed, isGate: isGate) == .notWanted("no provider is enabled any more"))
        // A dead key is told beside what is not as wanted.
        var dead = Sample.google(search: false)
        dead.enabled[0].isValid = false
        guard case .notWanted(let text)? = finding(dead, changed, isGate: isGate) else {
            Issue.record("it is as wanted")
            return
        }
        #expect(text.contains("Atlas can't use the key"))
    }

    /// What others have moved since is theirs; what our change moved is looked for by `verify`, too.
    @Test func verifyLooksForWhatOurChangeMoved() {
        var moved = Sample.google(search: true)
        moved.enabled[0].values[Provider.googleCloudKms.keyField] = .text("projects/p/other")
        #expect(finding(moved, Outcome(.changed), isGate: false) == .right)
        guard case .moved? = finding(moved, Outcome(.failed, .collateralChange), isGate: false) else {
            Issue.record("verify says that all is well")
            return
        }
    }

    /// What nobody could read is what it was: the gate halts with the reason, unless a person went on in spite of it.
    @Test(arguments: [
        Failure(status: 404, code: "GROUP_NOT_FOUND", detail: nil),
        Failure(status: 403, code: "ACCESS_FORBIDDEN", detail: nil),
        Failure(status: 401, code: "NOT_IN_GROUP", detail: nil), Failure(status: 500, code: "E", detail: nil),
        Failure(code: "timeout", detail: nil),
        Failure(status: 404, .ours(.notAtlas), detail: "a gateway"),
    ]) func theGateCorrectsNothingThatItCouldNotRead(failure: Failure) {
        for isAccepted in [false, true] {
            let item = RereadItem(
                ordinal: 1, project: Sample.project(1), expectation: .change(Sample.toSearch),
                outcome: Outcome(.changed, verified: .valid), acceptsUnreadable: isAccepted)
            var (reread, dice) = (
                Errand(Reread(item: item, settings: RunSettings(), isGate: true), now: now.instant),
                Dice(seed: 1)
            )
            var records: [JournalRecord] = []
            let isPermanent = (400...499).contains(failure.status ?? 0) && !failure.isForeign
            for _ in 0..<readTries where reread.ending == nil {
                _ = reread.willSend(now: now)
                let end = CallEnd.failed(isPermanent ? .refused : .transient, failure)
                records += reread.ended(end, now: now, dice: &dice)
            }
            #expect(!records.contains { if case .project(_, .outcome) = $0 { true } else { false } })
            guard case .settled(let halt)? = reread.ending else {
                Issue.record("it goes on")
                return
            }
            #expect(halt?.cause == (isAccepted ? nil : .gateUnread))
            #expect(isAccepted || halt?.detail.contains("can't be read") == true)
        }
    }

    /// Told at the first bad read, and once.
    @Test func theGateTellsOfADeadKeyAtOnce() {
        for (result, isGate) in [(ProjectResult.changed, true), (.unchanged, true), (.changed, false)] {
            let item = RereadItem(
                ordinal: 1, project: Sample.project(1), expectation: .change(Sample.toSearch),
                outcome: Outcome(result))
            var (reread, dice) = (
                Errand(Reread(item: item, settings: RunSettings(), isGate: isGate), now: now.instant),
                Dice(seed: 1)
            )
            var told: [Int] = []
            for read in 1...9 where reread.ending == nil {
                _ = reread.willSend(now: now)
                let state = Sample.wire(Sample.google(valid: false, search: true))
                for case .project(_, .sawDeadKey) in reread.ended(
                    .succeeded(state, status: 200), now: now, dice: &dice)
                { told.append(read) }
            }
            #expect(told == (isGate && result == .changed ? [1] : []))
        }
    }

    @Test func twoProvidersAreNoDeadKey() {
        for (isGate, isMoved) in [(true, true), (false, false)] {
            switch finding(LookTests.both, Outcome(.changed), isGate: isGate) {
            case .moved: #expect(isMoved)
            case .notWanted: #expect(!isMoved)
            default: Issue.record("it is told as something else")
            }
        }
    }

    @Test func aGoodAnswerIsKept() {
        var (reread, dice) = (stopped(), Dice(seed: 1))
        let state = Sample.wire(Sample.google(search: true))
        let records = reread.ended(.succeeded(state, status: 200), now: now, dice: &dice)
        #expect(records.contains { if case .project(1, .reread(.right, _)) = $0 { true } else { false } })
        #expect(reread.ending == .settled(halts: nil))
    }

    @Test func afterAFailureNothingMoreIsSent() {
        let failure = Failure(status: 500, code: nil, detail: nil)
        for end in [
            CallEnd.failed(.transient, failure), .outage(.transient, failure), .heldBack(.throttled, failure),
        ] {
            var (reread, dice) = (stopped(), Dice(seed: 1))
            let records = reread.ended(end, now: now, dice: &dice)
            #expect(records.contains { if case .run(.troubledRead) = $0 { true } else { false } })
            #expect(reread.ending == .left)
        }
    }
}
