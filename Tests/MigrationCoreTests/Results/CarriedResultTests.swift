import MigrationCore
import Testing

/// What a retry that sends nothing leaves of an earlier result; every effect against every kind of read.
@Suite struct CarriedResultTests {
    private static let unreadable: [Reason] = [.notFound, .noAccess, .readFailed]
    private static let others: [Reason] = [
        .nameMismatch, .severalProviders, .providerMismatch, .providerNotEnabled, .roleMissing, .roleNotReady,
        .keyNotValid,
    ]

    private func earlier(_ result: ProjectResult, _ reason: Reason?) -> Outcome {
        var outcome = Outcome(result, reason, verified: .readBack, detail: "then", attempts: 3)
        (outcome.startedAt, outcome.finishedAt, outcome.httpStatus, outcome.errorCode) = (5, 9, 200, "CODE")
        return outcome
    }

    private func read(_ planClass: PlanClass, _ reason: Reason? = nil, wanted: Bool = false)
        -> CarriedResult.Read
    {
        CarriedResult.Read(planClass: planClass, reason: reason, detail: "now", isAsWanted: wanted, at: 99)
    }

    @Test func withoutAnEffectThePlanDecides() {
        for one in [
            read(.noop, wanted: true), read(.blocked, .keyNotValid, wanted: true), read(.blocked, .notFound),
        ] {
            #expect(
                CarriedResult.outcome(earlier: earlier(.failed, .refused), effect: .none, read: one) == nil)
        }
    }

    @Test(arguments: [CarriedResult.Effect.possible, .seen])
    func rightNowIsChanged(effect: CarriedResult.Effect) throws {
        for before in [earlier(.failed, .notValidAfterChange), earlier(.unknown, .outcomeUnknown)] {
            let outcome = try #require(
                CarriedResult.outcome(earlier: before, effect: effect, read: read(.noop, wanted: true)))
            #expect(outcome.result == .changed && outcome.reason == nil && outcome.verified == .valid)
            #expect(outcome.attempts == 3 && outcome.startedAt == 5 && outcome.finishedAt == 9)
            #expect(outcome.errorCode == nil && outcome.detail == nil)
        }
    }

    /// As long as what our change moved is not back, a retry that finds the target as wanted makes nothing good.
    @Test func whatOurChangeMovedStaysSo() throws {
        let before = earlier(.failed, .collateralChange)
        for (planClass, reason) in [(PlanClass.noop, nil), (.blocked, Reason.keyNotValid)] {
            var now = read(planClass, reason, wanted: true)
            now.moved = ["key: before a, now b"]
            let outcome = try #require(CarriedResult.outcome(earlier: before, effect: .seen, read: now))
            #expect(outcome.result == .failed && outcome.reason == .collateralChange)
            #expect(outcome.detail == "key: before a, now b" && outcome.attempts == 3)
        }
        let back = try #require(
            CarriedResult.outcome(earlier: before, effect: .seen, read: read(.noop, wanted: true)))
        #expect(back.result == .changed && back.reason == nil)
    }

    @Test(arguments: [CarriedResult.Effect.possible, .seen])
    func wantedWithADeadKeyIsOurs(effect: CarriedResult.Effect) throws {
        for before in [earlier(.failed, .notValidAfterChange), earlier(.unknown, .stillOld)] {
            let outcome = try #require(
                CarriedResult.outcome(
                    earlier: before, effect: effect, read: read(.blocked, .keyNotValid, wanted: true)))
            #expect(outcome.result == .failed && outcome.reason == .notValidAfterChange)
            #expect(outcome.attempts == 3 && outcome.startedAt == 5 && outcome.verified == .readBack)
        }
    }

    @Test func whatCanNotBeReadStays() throws {
        for reason in Self.unreadable {
            for (effect, result) in [
                (CarriedResult.Effect.possible, ProjectResult.unknown), (.seen, .failed),
            ] {
                let before = earlier(result, .notValidAfterChange)
                let outcome = try #require(
                    CarriedResult.outcome(earlier: before, effect: effect, read: read(.blocked, reason)))
                #expect(outcome.result == result && outcome.reason == before.reason)
                #expect(outcome.detail == "then; read again: \(reason.rawValue): now")
            }
        }
    }

    /// Somebody has changed it since: what was seen to be ours stays ours, what may never have been is the plan's.
    @Test func whatReadsOtherwise() throws {
        for one in Self.others.map({ read(.blocked, $0) }) + [read(.excluded)] {
            let before = earlier(.failed, .collateralChange)
            let outcome = try #require(CarriedResult.outcome(earlier: before, effect: .seen, read: one))
            #expect(outcome.result == .failed && outcome.reason == .collateralChange)
            #expect(outcome.detail?.hasPrefix("then; read again: ") == true)
            let unsure = earlier(.unknown, .outcomeUnknown)
            #expect(CarriedResult.outcome(earlier: unsure, effect: .possible, read: one) == nil)
        }
    }

    @Test func aRunThatDiedHadNoEnd() {
        var before = earlier(.unknown, .outcomeUnknown)
        before.finishedAt = nil
        let outcome = CarriedResult.outcome(
            earlier: before, effect: .possible, read: read(.noop, wanted: true))
        #expect(outcome?.finishedAt == 99)
    }
}
