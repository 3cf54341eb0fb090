import AtlasAPI
import MigrationCore
import Testing

/// What a retry leaves of an earlier result: every effect against every kind of read, held against what was sent.
@Suite struct CarriedResultTests {
    private static let wanted = Sample.google(search: true)
    private static let dead = Sample.google(valid: false, search: true)
    private static let moved = Sample.google(key: "other", search: true)
    /// What a plan may call a project, whatever its state is.
    private static let names: [(PlanClass, Reason?)] = [
        (.noop, nil), (.excluded, nil), (.blocked, .nameMismatch), (.blocked, .severalProviders),
        (.blocked, .keyNotValid), (.blocked, .providerMismatch), (.blocked, .roleMissing), (.reversible, nil),
    ]
    private static let earlierOnes: [(ProjectResult, Reason?)] = [
        (.failed, .notValidAfterChange), (.unknown, .outcomeUnknown), (.unknown, .stillOld),
        (.failed, .attemptsExhausted), (.drifted, .stateChanged),
    ]

    private static func earlier(_ result: ProjectResult, _ reason: Reason?) -> Outcome {
        var outcome = Outcome(result, reason, verified: .readBack, detail: "then", attempts: 3)
        (outcome.startedAt, outcome.finishedAt, outcome.httpStatus, outcome.errorCode) = (5, 9, 200, "CODE")
        return outcome
    }

    private static func carried(
        _ earlier: Outcome, _ effect: CarriedResult.Effect, _ planClass: PlanClass,
        _ reason: Reason? = nil, live: EncryptionState?, sent: PlannedChange = Sample.toSearch
    ) -> Outcome? {
        CarriedResult.outcome(
            earlier: earlier, sent: sent, effect: effect,
            read: .init(planClass: planClass, reason: reason, detail: "now", live: live, at: 99))
    }

    @Test func withoutAnEffectThePlanDecides() {
        for (planClass, reason) in Self.names {
            for live in [Self.wanted, Self.dead, nil] {
                let before = Self.earlier(.failed, .refused)
                #expect(Self.carried(before, .none, planClass, reason, live: live) == nil)
            }
        }
    }

    /// Whatever the plan calls the project: another name, another guard, another class hide nothing.
    @Test(arguments: [CarriedResult.Effect.possible, .seen]) func whatWasSentDecides(
        effect: CarriedResult.Effect
    ) throws {
        for (result, earlierReason) in Self.earlierOnes {
            let before = Self.earlier(result, earlierReason)
            for (planClass, reason) in Self.names {
                func carried(_ live: EncryptionState) throws -> Outcome {
                    try #require(Self.carried(before, effect, planClass, reason, live: live))
                }
                let right = try carried(Self.wanted)
                #expect(right.result == .changed && right.reason == nil && right.verified == .valid)
                #expect(right.attempts == 3 && right.startedAt == 5 && right.finishedAt == 9)
                #expect(right.errorCode == nil && right.detail == nil)
                let dead = try carried(Self.dead)
                #expect(dead.result == .failed && dead.reason == .notValidAfterChange)
                #expect(dead.attempts == 3 && dead.verified == .readBack)
                let moved = try carried(Self.moved)
                #expect(moved.result == .failed && moved.reason == .collateralChange && moved.attempts == 3)
                #expect(moved.detail?.contains("now other") == true, "\(moved)")
            }
        }
    }

    /// Two providers with working keys are no dead key, and not what was sent either.
    @Test func anotherProviderIsTold() throws {
        var both = Self.wanted
        both.enabled.append(Sample.aws().enabled[0])
        let before = Self.earlier(.unknown, .outcomeUnknown)
        let outcome = try #require(Self.carried(before, .possible, .blocked, .severalProviders, live: both))
        #expect(outcome.reason == .collateralChange)
    }

    /// As long as what our change moved is not back, nothing is made good, and nothing is sent.
    @Test func whatOurChangeMovedStaysSo() throws {
        let before = Self.earlier(.failed, .collateralChange)
        let undone = Sample.google(key: "other")
        for (planClass, reason) in Self.names {
            let outcome = try #require(Self.carried(before, .seen, planClass, reason, live: undone))
            #expect(outcome.result == .failed && outcome.reason == .collateralChange)
            #expect(outcome.attempts == 3)
        }
        let back = try #require(Self.carried(before, .seen, .noop, live: Self.wanted))
        #expect(back.result == .changed && back.reason == nil)
    }

    /// `auto` takes any role: one that is not the one that was sent is somebody else's doing.
    @Test(arguments: [CarriedResult.Effect.possible, .seen]) func anothersRoleIsNotOurs(
        effect: CarriedResult.Effect
    ) throws {
        let theirs = Sample.google(role: Sample.otherRole)
        for (result, reason) in Self.earlierOnes {
            let outcome = try #require(
                Self.carried(Self.earlier(result, reason), effect, .noop, live: theirs, sent: Sample.toRole))
            #expect(outcome.result == .unchanged && outcome.reason == nil && outcome.attempts == 3)
            #expect(outcome.detail?.contains(Sample.otherRole.text) == true)
        }
        let ours = Sample.google(role: Sample.role)
        let before = Self.earlier(.unknown, .outcomeUnknown)
        #expect(Self.carried(before, effect, .noop, live: ours, sent: Sample.toRole)?.result == .changed)
    }

    /// No read shows a secret: its companions prove nothing until a check has seen them.
    @Test func aSecretIsOnlyOursWhenItWasSeen() throws {
        var taken = Sample.aws(access: "AKIA111111111111")
        taken.enabled[0].isValid = false
        let before = Self.earlier(.unknown, .outcomeUnknown)
        let open = try #require(
            Self.carried(before, .possible, .blocked, .keyNotValid, live: taken, sent: Sample.toSecret))
        #expect(open.result == .unknown && open.reason == .outcomeUnknown)
        let seen = try #require(
            Self.carried(before, .seen, .blocked, .keyNotValid, live: taken, sent: Sample.toSecret))
        #expect(seen.reason == .notValidAfterChange)
    }

    @Test func whatIsNotThereIsPlannedAnew() {
        let before = Self.earlier(.unknown, .outcomeUnknown)
        #expect(Self.carried(before, .possible, .reversible, live: Sample.google()) == nil)
        #expect(Self.carried(before, .seen, .reversible, live: Sample.google()) == nil)
    }

    /// A read that settles nothing: what was sent is not "left alone", and an open outcome is `unknown`.
    @Test func whatSettlesNothingStays() throws {
        for live in [nil, Sample.google(valid: false)] {
            for (result, reason) in Self.earlierOnes {
                for effect in [CarriedResult.Effect.possible, .seen] {
                    let before = Self.earlier(result, reason)
                    let blocked = live == nil ? Reason.noAccess : .keyNotValid
                    var outcome = try #require(Self.carried(before, effect, .blocked, blocked, live: live))
                    #expect(outcome.result == result && outcome.reason == reason && outcome.attempts == 3)
                    #expect(outcome.detail == "then; read again: \(blocked.rawValue): now")
                    // Told once, however often it is read.
                    outcome = try #require(Self.carried(outcome, effect, .blocked, blocked, live: live))
                    #expect(outcome.detail == "then; read again: \(blocked.rawValue): now")
                }
            }
        }
        let odd = Self.earlier(.failed, .outcomeUnknown)
        #expect(Self.carried(odd, .possible, .blocked, .readFailed, live: nil)?.result == .unknown)
        var mute = Self.earlier(.unknown, .outcomeUnknown)
        mute.detail = nil
        #expect(
            Self.carried(mute, .possible, .excluded, live: Sample.google())?.detail
                == "read again: excluded: now")
    }

    @Test func aRunThatDiedHadNoEnd() {
        var before = Self.earlier(.unknown, .outcomeUnknown)
        before.finishedAt = nil
        #expect(Self.carried(before, .possible, .noop, live: Self.wanted)?.finishedAt == 99)
    }
}
