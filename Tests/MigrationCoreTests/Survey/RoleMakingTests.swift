import AtlasAPI
import MigrationCore
import Testing

/// Goal: one role for a project, whatever becomes of the POST. Method: the machine driven by hand through every end of
/// a POST, against a list that shows the role at once, late or never.
@Suite struct RoleMakingTests {
    struct Bench {
        var making: Errand
        var dice = Dice(seed: 1)
        var now = Now(instant: Instant(nanoseconds: 0), wall: 5)
        var records: [JournalRecord] = []

        init(
            makes: Bool = true, needsKey: Bool = false, name: String? = nil, chosen: String = "",
            requests: Int = 0, asked: RoleItem.Asked = .no
        ) {
            let item = RoleItem(
                ordinal: 1, project: Sample.project(1), name: name, chosen: chosen, requests: requests,
                asked: asked)
            let aim = RoleAim(
                provider: .googleCloudKms, makes: makes, needsKey: needsKey, rolePatience: .seconds(600),
                lookPatience: .seconds(60), settings: RunSettings())
            making = Errand(RoleMaking(item: item, aim: aim), now: now.instant)
        }

        var step: Step? { making.call?.step }
        var finding: RoleFinding? {
            records.compactMap { if case .role(_, .found(let finding, _)) = $0 { finding } else { nil } }
                .first
        }
        var intents: [Int] {
            records.compactMap { if case .role(_, .intent(let number, _)) = $0 { number } else { nil } }
        }

        /// Until when a role that is not listed is looked for, as told.
        var searches: [Int64] {
            records.compactMap { if case .role(_, .awaited(nil, let until)) = $0 { until } else { nil } }
        }

        mutating func end(_ end: CallEnd) {
            guard let due = making.call?.notBefore else { return }
            now.instant = max(now.instant, due)
            records += making.willSend(now: now)
            records += making.ended(end, now: now, dice: &dice)
        }

        mutating func read(_ json: JSONValue?) { end(.succeeded(json, status: 200)) }

        /// The name, an empty list, and a key with Google: a POST is due in a run that makes roles.
        mutating func goToThePost() {
            read(RoleMakingTests.name)
            read(RoleMakingTests.none)
            if step == .planState { read(RoleMakingTests.google) }
        }
    }

    static let name = Sample.json(
        #"{"id":"\#(Sample.project(1))","orgId":"\#(Sample.organisation)","name":"live"}"#)
    static let none = Sample.json(#"{"awsIamRoles":[],"azureServicePrincipals":[],"gcpServiceAccounts":[]}"#)
    static let google = Sample.json(
        #"{"googleCloudKms":{"enabled":true,"valid":true,"keyVersionResourceID":"k"}}"#)
    static func list(_ states: String...) -> JSONValue {
        let roles = states.enumerated().map {
            #"{"roleId":"6500000000000000000000c\#($0.offset)","status":"\#($0.element)","#
                + #""gcpServiceAccountForAtlas":"sa@x"}"#
        }
        return Sample.json(#"{"gcpServiceAccounts":[\#(roles.joined(separator: ","))]}"#)
    }

    @Test func madeAndWaitedFor() {
        var bench = Bench()
        bench.goToThePost()
        #expect(bench.step == .makeRole && bench.making.procedure.body == #"{"providerName":"GCP"}"#)
        bench.read(nil)
        #expect(bench.step == .planRoles && bench.intents == [1])
        let begun = bench.now.instant
        for _ in 0..<4 { bench.read(Self.list("IN_PROGRESS")) }
        #expect(bench.now.instant - begun >= .seconds(30), "looks are apart")
        bench.read(Self.list("COMPLETE"))
        #expect(bench.finding?.status == .ready && bench.finding?.identity == "sa@x")
        #expect(bench.intents == [1])
    }

    /// A refusal that is not for good, and one that is not Atlas's, may stand before a role that was made.
    private static let unsure: [CallEnd] = [
        .failed(.noAnswer, Failure(code: "reset", detail: nil)),
        .failed(.transient, Failure(status: 500, code: nil, detail: nil)),
        .failed(.conflict, Failure(status: 409, code: "ANY", detail: nil)),
        .failed(.passing, Failure(status: 409, code: "ANY", detail: nil)),
        .failed(.few, Failure(status: 400, code: "ANY", detail: nil)),
        .heldBack(.throttled, Failure(status: 429, code: nil, detail: nil)),
        .heldBack(.unauthorised, Failure(status: 401, code: "UNEXPECTED_ERROR", detail: nil)),
    ]

    @Test(arguments: 0..<7) func anUnsureEndIsFollowedByLooksOnly(index: Int) {
        var bench = Bench()
        bench.goToThePost()
        bench.end(Self.unsure[index])
        let ended = bench.now.instant
        var posted: Instant?
        while posted == nil, bench.finding == nil {
            if bench.step == .makeRole { posted = bench.now.instant } else { bench.read(Self.none) }
        }
        #expect(posted.map { $0 - ended >= .seconds(60) } == true, "not before the patience is over")
        bench.read(nil)
        bench.read(Self.list("COMPLETE"))
        #expect(bench.finding?.status == .ready && bench.intents == [1, 2])
    }

    @Test func aRoleListedLateIsTakenAndNoOtherMade() {
        var bench = Bench()
        bench.goToThePost()
        bench.end(.failed(.noAnswer, Failure(status: nil, code: nil, detail: nil)))
        bench.read(Self.none)
        bench.read(Self.none)
        bench.read(Self.list("COMPLETE"))
        #expect(bench.finding?.status == .ready && bench.intents == [1])
    }

    /// Without the list that is asked for nobody can say that there is none.
    @Test(arguments: ["{}", #"{"awsIamRoles":[]}"#, #"{"awsIamRoles":[],"gcpServiceAccounts":null}"#])
    func aMissingListIsNoAnswer(list: String) {
        var bench = Bench()
        bench.read(Self.name)
        for _ in 0..<readTries where bench.finding == nil { bench.read(Sample.json(list)) }
        #expect(bench.finding?.status == .unreadable && bench.intents.isEmpty)
    }

    /// A role of another cloud is one that nobody asked for, and keyshift can't take it back.
    @Test(arguments: [
        (#"{"awsKms":{"enabled":true,"valid":true}}"#, "enabled: awsKms"), ("{}", "no provider is enabled"),
        (
            #"{"awsKms":{"enabled":true},"googleCloudKms":{"enabled":true}}"#,
            "enabled: awsKms, googleCloudKms"
        ),
    ]) func whereTheKeyIsElsewhereNothingIsMade(state: String, detail: String) {
        var bench = Bench()
        bench.read(Self.name)
        bench.read(Self.none)
        #expect(bench.step == .planState)
        bench.read(Sample.json(state))
        #expect(bench.finding?.status == .otherProvider && bench.finding?.detail == detail)
        #expect(bench.intents.isEmpty)
    }

    /// What a person chose is taken, though others would do, too.
    @Test(arguments: [
        (["COMPLETE", "COMPLETE"], 1, RoleFinding.Status.ready),
        (["COMPLETE", "IN_PROGRESS"], 0, .ready), (["COMPLETE", "FAILED"], 1, .notReady),
        (["COMPLETE"], 7, .notInProject), ([], 0, .notInProject),
    ]) func theSheetsRoleCounts(states: [String], chosen: Int, status: RoleFinding.Status) {
        let id = "6500000000000000000000c\(chosen)"
        var bench = Bench(chosen: id.uppercased())
        bench.read(Self.name)
        bench.read(
            states.isEmpty
                ? Self.none : states.count == 1 ? Self.list(states[0]) : Self.list(states[0], states[1]))
        #expect(bench.finding?.status == status && bench.intents.isEmpty)
        #expect(bench.finding?.role?.text == (status == .notInProject ? nil : id))
    }

    @Test func aChoiceOfAnotherCloudMakesNothing() {
        var bench = Bench(chosen: "6500000000000000000000d1")
        bench.read(Self.name)
        bench.read(
            Sample.json(
                #"{"gcpServiceAccounts":[],"awsIamRoles":[{"roleId":"6500000000000000000000d1"}]}"#
            ))
        #expect(bench.finding?.status == .otherProvider && bench.intents.isEmpty)
    }

    @Test func aChoiceThatIsNoIdMakesNothing() {
        var bench = Bench(chosen: "the first one")
        bench.read(Self.name)
        bench.read(Self.none)
        #expect(bench.finding?.status == .notInProject && bench.intents.isEmpty)
        #expect(bench.finding?.detail?.contains("the first one") == true)
    }

    @Test(arguments: [RoleItem.Asked.maybeMade, .made])
    func afterACrashItLooksBeforeItAsksAgain(asked: RoleItem.Asked) {
        var bench = Bench(requests: 1, asked: asked)
        bench.goToThePost()
        #expect(bench.step == .planRoles, "the answer of the earlier run's POST is not known")
        bench.read(Self.list("COMPLETE"))
        #expect(bench.finding?.status == .ready && bench.intents.isEmpty)
    }

    @Test func numbersGoOnAfterARestart() {
        var bench = Bench(requests: 2)
        bench.goToThePost()
        bench.read(nil)
        #expect(bench.intents == [3])
    }

    @Test func neverListedEndsAfterThreeTries() {
        var bench = Bench()
        bench.goToThePost()
        while bench.finding == nil {
            let isPost = bench.step == .makeRole
            if isPost {
                bench.end(.failed(.transient, Failure(status: 500, code: nil, detail: nil)))
            } else {
                bench.read(Self.none)
            }
        }
        #expect(bench.finding?.status == .failed && bench.intents == [1, 2, 3])
    }

    /// One that Atlas says it made is waited for, also by a later run, and never made again.
    @Test(arguments: [false, true]) func anAcceptedOneIsAskedForOnce(byAnEarlierRun: Bool) {
        var bench = byAnEarlierRun ? Bench(requests: 1, asked: .made) : Bench()
        bench.goToThePost()
        if !byAnEarlierRun { bench.read(nil) }
        let asked = bench.now.instant
        while bench.finding == nil { bench.read(Self.none) }
        #expect(bench.finding?.status == .failed && bench.intents == (byAnEarlierRun ? [] : [1]))
        #expect(bench.now.instant - asked >= .seconds(600), "as long as a role may take")
    }

    /// A POST that may have made a role is told with the time until which it is looked for: at once when it had no good
    /// answer, else (accepted, or asked for by an earlier run) when a look does not find it.
    @Test(arguments: [
        (RoleItem.Asked.no, Verdict?.some(.noAnswer), 60), (.no, .transient, 60), (.maybeMade, nil, 60),
        (.made, nil, 600),
    ]) func aSearchIsToldOnceWithItsEnd(asked: RoleItem.Asked, verdict: Verdict?, patience: Int) {
        var bench = Bench(requests: asked == .no ? 0 : 1, asked: asked)
        bench.goToThePost()
        if let verdict { bench.end(.failed(verdict, Failure(status: nil, code: nil, detail: nil))) }
        let told = bench.searches
        bench.read(Self.none)
        bench.read(Self.none)
        #expect(told == [5 + Int64(patience) * 1000] && bench.searches == told)
    }

    @Test func anAcceptedOneIsToldOnlyWhenALookDoesNotFindIt() {
        var bench = Bench()
        bench.goToThePost()
        bench.read(nil)
        #expect(bench.searches.isEmpty)
        bench.read(Self.none)
        #expect(bench.searches == [5 + 600_000])
    }

    /// What may have been made is not called missing: neither by a run that is stopped nor by the look of the next one.
    @Test(arguments: [RoleItem.Asked.maybeMade, .made]) func whatMayHaveBeenMadeIsNotMissing(
        asked: RoleItem.Asked
    ) {
        var looked = Bench(makes: false, requests: 1, asked: asked)
        looked.read(Self.name)
        looked.read(Self.none)
        #expect(looked.finding?.status == .notReady)
        var stopped = Bench()
        stopped.goToThePost()
        let none = Failure(status: nil, code: nil, detail: nil)
        stopped.end(asked == .made ? .succeeded(nil, status: 200) : .failed(.noAnswer, none))
        stopped.records += stopped.making.drain(now: stopped.now)
        #expect(stopped.finding?.status == .notReady)
        #expect(stopped.finding?.detail?.contains(asked == .made ? "accepted" : "may have been made") == true)
    }

    @Test(arguments: [Verdict.refused, .unauthorised]) func refusedForGood(verdict: Verdict) {
        var bench = Bench()
        bench.goToThePost()
        let failure = Failure(status: 403, code: "ACCESS_FORBIDDEN", detail: "no")
        bench.end(verdict == .unauthorised ? .denied(failure) : .failed(verdict, failure))
        #expect(bench.finding?.status == .failed && bench.intents == [1])
        #expect(bench.finding?.detail?.contains("ACCESS_FORBIDDEN") == true)
    }

    @Test func heldBackIsNoTry() {
        var bench = Bench()
        bench.goToThePost()
        for _ in 0..<5 {
            bench.end(.heldBack(.throttled, Failure(status: 429, code: "RATE_LIMITED", detail: nil)))
            #expect(bench.step == .planRoles)
            bench.read(Self.none)
        }
        #expect(bench.step == .makeRole && bench.finding == nil)
    }

    @Test func aWaitBeforeThePostIsFollowedByALook() {
        var bench = Bench()
        bench.goToThePost()
        bench.making.lookAfresh(now: bench.now.instant)
        #expect(bench.step == .planRoles)
        bench.read(Self.list("COMPLETE"))
        #expect(bench.finding?.status == .ready && bench.intents.isEmpty)
    }

    @Test(arguments: [
        (["COMPLETE", "COMPLETE"], RoleFinding.Status.ambiguous), (["FAILED"], .notReady),
        (["NOT_INITIATED"], .notReady), (["FAILED", "COMPLETE"], .ready),
    ])
    func listsThatNeedNoPost(states: [String], status: RoleFinding.Status) {
        var bench = Bench()
        bench.read(Self.name)
        bench.read(states.count == 1 ? Self.list(states[0]) : Self.list(states[0], states[1]))
        #expect(bench.finding?.status == status && bench.intents.isEmpty)
    }

    @Test func inProgressForTooLong() {
        var bench = Bench()
        bench.read(Self.name)
        while bench.finding == nil { bench.read(Self.list("IN_PROGRESS")) }
        #expect(bench.finding?.status == .notReady)
        #expect(bench.now.instant - Instant(nanoseconds: 0) >= .seconds(600))
    }

    @Test func withoutCreateNothingIsMadeOrWaitedFor() {
        for (list, status) in [
            (Self.none, RoleFinding.Status.missing), (Self.list("IN_PROGRESS"), .notReady),
        ] {
            var bench = Bench(makes: false)
            bench.read(Self.name)
            bench.read(list)
            #expect(bench.finding?.status == status)
        }
    }

    @Test func aMisSortedSheetMakesNothing() {
        var bench = Bench(name: "other")
        bench.read(Self.name)
        #expect(bench.finding?.status == .nameMismatch && bench.intents.isEmpty)
    }

    @Test func theKeyIsReadForTheGrants() {
        var bench = Bench(needsKey: true)
        bench.read(Self.name)
        bench.read(Self.list("COMPLETE"))
        #expect(bench.step == .planState)
        bench.read(Sample.wire(Sample.google()))
        #expect(bench.finding?.status == .ready && bench.finding?.key?.hasPrefix("projects/") == true)
    }

    /// Of a role that has come, or that has gone, nobody says that it is still being made.
    @Test(arguments: [true, false]) func aStopTellsOnlyWhatTheLastLookShowed(isReady: Bool) {
        var bench = Bench(needsKey: true)
        bench.read(Self.name)
        bench.read(Self.list("IN_PROGRESS"))
        #expect(bench.step == .planRoles)
        bench.read(isReady ? Self.list("COMPLETE") : Self.none)
        #expect(bench.step == .planState)
        bench.records += bench.making.drain(now: bench.now)
        #expect(bench.making.ending == .left && bench.finding == nil)
    }

    @Test func stoppingLeavesItForTheNextRun() {
        var bench = Bench()
        bench.read(Self.name)
        bench.records += bench.making.drain(now: bench.now)
        #expect(bench.making.ending == .left && bench.finding == nil)
    }

    @Test func aPostThatEndsWhileTheRunStopsIsToldAsThat() {
        var bench = Bench()
        bench.goToThePost()
        bench.records += bench.making.willSend(now: bench.now)
        bench.records += bench.making.drain(now: bench.now)
        #expect(bench.finding == nil, "its answer is waited for")
        bench.records += bench.making.ended(.succeeded(nil, status: 200), now: bench.now, dice: &bench.dice)
        #expect(bench.finding?.status == .notReady)
    }
}
