import AtlasAPI
import MigrationCore
import TargetFiles
import Testing

/// Goal: credentials are the run's: one token, renewed in time, replaced once; a project's own 401 is its own. Method:
/// the rig with a server that checks tokens.
@Suite struct CredentialTests {
    static func refused(_ end: RunEnd?) -> Bool { if case .accessRefused? = end { true } else { false } }

    @Test func aTokenIsRenewedInALongRun() {
        let rig = Rig(projects: 40) { $0.patchInterval = .seconds(30) }
        rig.atlas.tokenLife = 300
        #expect(rig.run() == .completed && rig.count(.changed) == 40)
        // 1200 s with a new one each 240 s.
        #expect(rig.atlas.tokens >= 5 && rig.atlas.tokens <= 6)
    }

    @Test func aRevokedTokenIsReplacedOnceForAll() {
        let rig = Rig(projects: 30)
        rig.beforeTurn = { rig in
            if rig.patches.count >= 10, rig.atlas.revoked.isEmpty { rig.atlas.revoked = ["t1"] }
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 30)
        #expect(rig.atlas.tokens == 2 && rig.paths("/api/atlas/v2/orgs") == 1)
    }

    @Test func tokensThatAreRevokedAgainAndAgainEndTheRun() {
        let rig = Rig(projects: 30)
        rig.beforeTurn = { rig in
            if rig.patches.count >= 5 { rig.atlas.revoked = Set((1...99).map { "t\($0)" }) }
        }
        #expect(Self.refused(rig.run()) && rig.atlas.tokens <= 3)
    }

    @Test(arguments: [true, false]) func aProjectsOwn401IsItsOwn(tokens: Bool) {
        let rig = Rig(projects: 12, tokens: tokens)
        let bad = [Sample.project(2), Sample.project(7)]
        rig.atlas.fault = { call in
            call.project.map(bad.contains) == true ? FakeAtlas.error(401, "NOT_IN_GROUP") : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 10)
        #expect(rig.outcomes[2]?.reason == .noAccess && rig.outcomes[7]?.result == .failed)
        #expect(rig.outcomes[2]?.httpStatus == 401 && rig.atlas.tokens == (tokens ? 2 : 0))
    }

    @Test func a401ToThePATCHOnlyIsRefused() {
        let rig = Rig(projects: 3, tokens: false)
        rig.atlas.fault = { $0.isPatch ? FakeAtlas.error(401, "USER_UNAUTHORIZED") : nil }
        #expect(rig.run() == .completed && rig.count(.failed) == 3)
        #expect(rig.outcomes.values.allSatisfy { $0.reason == .refused && $0.httpStatus == 401 })
    }

    /// The identity is good, and project after project says 401 to looks or PATCHes: no trouble of theirs.
    @Test(arguments: [true, false], [1, 8]) func manyInARowAreTheRuns(isPatch: Bool, concurrency: Int) {
        let scope = RunScope(budget: FailureBudget(.count(100), of: 100), toDo: 40)
        let rig = Rig(projects: 40, tokens: false, scope: scope) { $0.concurrency = concurrency }
        rig.atlas.fault = { call in
            call.project != nil && (call.isPatch || !isPatch) ? FakeAtlas.error(401, "NOT_IN_GROUP") : nil
        }
        #expect(TroubleTests.cause(rig.run()) == .sameRefusal)
        #expect(rig.outcomes.count <= 8)
    }

    /// While planning too, unless a project could be read: a sheet may hold many of another organisation in a row.
    @Test(arguments: [0, 1, 30], [1, 8]) func aPlanThatMayReadNothingEnds(readable: Int, concurrency: Int) {
        let rig = Rig(projects: 40, tokens: false, isPlan: true) { $0.concurrency = concurrency }
        rig.atlas.fault = { call in
            guard let project = call.project,
                !(0..<readable).contains(where: { project == Sample.project($0 + 1) })
            else { return nil }
            return FakeAtlas.error(401, "NOT_IN_GROUP")
        }
        let end = rig.run()
        guard readable == 0 else {
            #expect(end == .completed && rig.plans.count { $0.reason == .noAccess } == 40 - readable)
            return
        }
        #expect(Self.refused(end) && rig.plans.count < 5)
    }

    @Test func badCredentialsEndTheRunBeforeAnyProject() {
        for tokens in [true, false] {
            let rig = Rig(projects: 5, tokens: tokens)
            rig.atlas.fault = { _ in FakeAtlas.error(401, "UNEXPECTED_ERROR") }
            #expect(Self.refused(rig.run()) && rig.calls.isEmpty && rig.sent.count == 1)
        }
    }

    @Test func aKeyThatEndsInMidRunEndsTheRun() {
        let rig = Rig(projects: 30, tokens: false)
        rig.atlas.fault = { call in
            call.now > Instant(nanoseconds: 500_000_000) ? FakeAtlas.error(401, "UNEXPECTED_ERROR") : nil
        }
        #expect(Self.refused(rig.run()) && rig.outcomes.count < 30)
    }

    @Test func theAccessListEndsTheRun() {
        let rig = Rig(projects: 30)
        rig.atlas.fault = { call in
            call.project == Sample.project(9) ? FakeAtlas.error(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST") : nil
        }
        #expect(Self.refused(rig.run()) && rig.outcomes[9] == nil && rig.outcomes.count < 30)
        #expect(!rig.outcomes.values.contains { $0.result == .failed })
    }

    @Test func anotherOrganisationEndsTheRun() {
        let rig = Rig(projects: 3, organisation: Sample.id("01", OrganisationID.self))
        guard case .wrongOrganisation? = rig.run() else {
            Issue.record("it went on")
            return
        }
        #expect(rig.calls.isEmpty)
    }

    @Test func aProjectOfAnotherOrganisationIsBlocked() {
        let rig = Rig(projects: 3, isPlan: true)
        let other = Sample.id("01", OrganisationID.self)
        rig.atlas.fault = { call in
            guard let project = call.project, project == Sample.project(2),
                !call.request.path.hasSuffix("/encryptionAtRest")
            else { return nil }
            return FakeAtlas.answer(200, #"{"id":"\#(project)","orgId":"\#(other)","name":"n"}"#)
        }
        #expect(rig.run() == .completed)
        #expect(rig.plans.filter { $0.reason == .noAccess }.map(\.organisation) == [other])
    }

    @Test func oneStaleChallengeMeansNothing() {
        let rig = Rig(projects: 5, tokens: false)
        rig.atlas.fault = { $0.ordinal == 1 ? FakeAtlas.answer(401, "", stale: true) : nil }
        #expect(rig.run() == .completed && rig.count(.changed) == 5)
        #expect(rig.outcomes.values.allSatisfy { $0.attempts == 1 })
    }

    @Test func aTokenServerThatIsDownHalts() {
        let rig = Rig(projects: 5)
        rig.atlas.fault = { $0.isToken ? FakeAtlas.answer(503, "<html>") : nil }
        #expect(TroubleTests.cause(rig.run()) == .outage && rig.seconds >= 900 && rig.sent.count < 60)
    }

    @Test func noRevokeAnswerIsNoTrouble() {
        let rig = Rig(projects: 1)
        rig.atlas.fault = { call in
            call.request.path == "/api/oauth/revoke" ? .sentNoAnswer(TransportFailure(.timeout, "slow")) : nil
        }
        #expect(rig.run() == .completed && rig.count(.changed) == 1)
    }
}
