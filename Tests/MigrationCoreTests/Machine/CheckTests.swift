import TargetFiles
import AtlasAPI
import MigrationCore
import Testing

/// Goal: a 200 is not success: the check ends in the right result, in time, and halts the run when it must. Method: a
/// machine whose PATCH was taken, and reads that never become right.
@Suite struct CheckTests {
    typealias End = MachineBench.End
    static let old = Sample.google()
    static let new = Sample.google(search: true)

    static func accepted(_ change: PlannedChange = Sample.toSearch) -> MachineBench {
        var bench = MachineBench(change)
        bench.run([.state(old), .ok(200)])
        return bench
    }

    @Test(
        arguments: [
            (
                .state(Sample.google(valid: false, search: true)),
                "failed/not_valid_after_change/read_back/1",
                .notValidAfterChange
            ),
            (
                .state(Sample.google(key: "x", search: true)), "failed/collateral_change/read_back/1",
                .collateralChange
            ),
            (
                .state(Sample.google(key: "x", valid: false, search: true)),
                "failed/not_valid_after_change/read_back/1", .notValidAfterChange
            ),
            // Two providers with working keys: nothing is wrong with a key.
            (.state(LookTests.both), "failed/collateral_change/read_back/1", .collateralChange),
            (.state(old), "unknown/still_old/accepted/1", nil),
            (.state(Sample.google(key: "x")), "unknown/outcome_unknown/accepted/1", nil),
            (
                .state(EncryptionState(enabled: [], searchNodes: nil)), "unknown/outcome_unknown/accepted/1",
                nil
            ),
            (.fail(.transient), "unknown/still_old/accepted/1", nil),
            (.rubbish, "unknown/still_old/accepted/1", nil),
        ] as [(End, String, Halt.Cause?)]) func ends(end: End, result: String, cause: Halt.Cause?)
    {
        var bench = Self.accepted()
        #expect(bench.step == .check && bench.wait == .zero)
        bench.repeatUntilDone(look: end, change: .ok(500))
        #expect(bench.result == result && bench.outcomes.count == 1)
        guard case .settled(let halt)? = bench.ending else {
            Issue.record("not settled")
            return
        }
        #expect(halt?.cause == cause)
        let lasted = Duration.nanoseconds(bench.now.instant.nanoseconds)
        #expect(lasted >= .seconds(60) && lasted <= .seconds(76))
        let saw = bench.records.filter { if case .project(_, .sawWanted) = $0 { true } else { false } }.count
        #expect(saw == (result.contains("read_back") ? 1 : 0))
    }

    @Test(
        arguments: [
            (.denied, "unknown/still_old/accepted/1"), (.fail(.refused), "unknown/still_old/accepted/1"),
        ]
            as [(End, String)]) func refusedReadsEndIt(end: End, result: String)
    {
        var bench = Self.accepted()
        bench.run([end])
        #expect(bench.result == result)
    }

    @Test func becomesRightInTime() {
        var bench = Self.accepted()
        bench.run([
            .state(Self.old), .fail(.noAnswer), .state(Sample.google(valid: false, search: true)),
            .state(Self.old), .state(Self.new),
        ])
        #expect(bench.result == "changed/-/valid/1")
    }

    @Test func looksGrowApart() {
        var bench = Self.accepted()
        var waits: [Duration] = []
        while bench.ending == nil {
            bench.run([.state(Self.old)])
            if bench.ending == nil { waits.append(bench.wait) }
        }
        #expect(waits == [1, 2, 4, 8, 15, 15, 15].map { .seconds($0) })
    }

    @Test func aRoleChangeOfAWSReadsTheRolesAgain() throws {
        let serving = Sample.Role(id: Sample.role, provider: .awsKms, serves: true)
        let idle = Sample.Role(id: Sample.role, provider: .awsKms)
        let item = Sample.decide(
            ResolvedTarget(provider: .awsKms, role: .auto), Sample.aws(), roles: [idle])
        var bench = MachineBench(try #require(item.change))
        bench.run([.roles([idle]), .state(Sample.aws()), .ok(200)])
        #expect(bench.step == .checkRoles)
        // The role is hidden; its use is the evidence.
        bench.run([.roles([serving]), .state(Sample.aws(access: nil))])
        #expect(bench.result == "changed/-/valid/1")

        var hidden = MachineBench(try #require(item.change))
        hidden.run([.roles([idle]), .state(Sample.aws()), .ok(200)])
        for _ in 0..<100 where hidden.ending == nil {
            hidden.run([hidden.step == .check ? .state(Sample.aws(access: nil)) : .roles([idle])])
        }
        #expect(hidden.result == "unknown/outcome_unknown/accepted/1")
    }

    @Test func aGoogleRoleIsCheckedWithoutTheList() {
        var bench = MachineBench(Sample.toRole)
        bench.run([.roles([Sample.Role(id: Sample.role)]), .state(Self.old), .ok(200)])
        #expect(bench.step == .check)
        bench.run([.state(Sample.google(role: Sample.role))])
        #expect(bench.result == "changed/-/valid/1")
    }

    @Test func aSecretIsCheckedByItsCompanions() {
        var bench = MachineBench(Sample.toSecret)
        bench.run([.state(Sample.aws()), .ok(200), .state(Sample.aws())])
        #expect(bench.step == .check)
        bench.run([.state(Sample.aws(access: "AKIA111111111111"))])
        #expect(bench.result == "changed/-/valid/1")
    }
}
