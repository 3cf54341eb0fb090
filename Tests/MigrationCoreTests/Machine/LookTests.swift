import AtlasAPI
import MigrationCore
import Testing

/// Goal: the look decides rightly whether a project may be changed now. Method: a table of reads and what follows.
@Suite struct LookTests {
    typealias End = MachineBench.End
    struct Row: Sendable {
        var change = Sample.toSearch
        var history = AttemptHistory()
        var ends: [End]
        var result: String?
        var step: Step?
    }

    static let old = Sample.google()
    static let new = Sample.google(search: true)
    static let both = EncryptionState(
        enabled: Sample.aws().enabled + Sample.google().enabled, searchNodes: true)
    static let ready = [Sample.Role(id: Sample.role)]
    static let ours = MachineBench.history([.transient])

    static let rows = [
        Row(ends: [.state(old)], step: .change),
        Row(ends: [.state(new)], result: "unchanged/-/valid/0"),
        Row(
            ends: [.state(Sample.google(valid: false, search: true))], result: "blocked/key_not_valid/none/0"),
        Row(ends: [.state(Sample.google(valid: false))], result: "blocked/key_not_valid/none/0"),
        Row(ends: [.state(Sample.google(key: "other"))], result: "drifted/state_changed/none/0"),
        Row(
            ends: [.state(Sample.google(key: "other", valid: false))], result: "blocked/key_not_valid/none/0"),
        Row(ends: [.state(Sample.google(key: "other", search: true))], result: "unchanged/-/valid/0"),
        Row(
            ends: [.state(EncryptionState(enabled: [], searchNodes: nil))],
            result: "drifted/state_changed/none/0"),
        Row(ends: [.state(Sample.google(search: false))], step: .change),
        // The roles come first where the target sets one.
        Row(change: Sample.toRole, ends: [.roles(ready)], step: .look),
        Row(change: Sample.toRole, ends: [.roles(ready), .state(old)], step: .change),
        Row(change: Sample.toRole, ends: [.roles([]), .state(old)], result: "drifted/role_changed/none/0"),
        Row(
            change: Sample.toRole,
            ends: [.roles([Sample.Role(id: Sample.role, usable: false)]), .state(old)],
            result: "drifted/role_changed/none/0"),
        Row(
            change: Sample.toRole, ends: [.roles([]), .state(Sample.google(role: Sample.role))],
            result: "unchanged/-/valid/0"),
        Row(
            change: Sample.toRole, ends: [.roles(ready), .state(Sample.google(role: Sample.otherRole))],
            result: "drifted/state_changed/none/0"),
        // After an intent of ours.
        Row(history: ours, ends: [.state(old)], step: .change),
        Row(history: ours, ends: [.state(new)], result: "changed/-/valid/1"),
        Row(history: ours, ends: [.state(Sample.google(valid: false, search: true))], step: .check),
        Row(history: ours, ends: [.state(Sample.google(key: "other", search: true))], step: .check),
        Row(history: ours, ends: [.state(Sample.google(key: "x"))], result: "drifted/state_changed/none/1"),
        // Our own change may be under way: a key that does not work then is looked at again.
        Row(history: ours, ends: [.state(Sample.google(valid: false))], step: .look),
        Row(
            change: Sample.toRole, history: ours, ends: [.roles([]), .state(old)],
            result: "unknown/outcome_unknown/none/1"),
        // Two providers are not what was planned, whether their keys work or not.
        Row(ends: [.state(both)], result: "drifted/state_changed/none/0"),
        Row(history: ours, ends: [.state(both)], step: .check),
        // Refused for good, or never sent: what is as wanted then is somebody else's doing.
        Row(history: MachineBench.history([.refused]), ends: [.state(new)], result: "unchanged/-/valid/1"),
        Row(history: MachineBench.history([.notSent]), ends: [.state(new)], result: "unchanged/-/valid/0"),
        Row(
            history: MachineBench.history([.noAnswer, .conflict]), ends: [.state(new)],
            result: "changed/-/valid/2"),
        // A secret can't be told from a read.
        Row(change: Sample.toSecret, ends: [.state(Sample.aws())], step: .change),
        Row(
            change: Sample.toSecret, ends: [.state(Sample.aws(access: "AKIA111111111111"))],
            result: "drifted/state_changed/none/0"),
        Row(change: Sample.toSecret, history: ours, ends: [.state(Sample.aws())], step: .change),
        Row(
            change: Sample.toSecret, history: ours, ends: [.state(Sample.aws(access: "AKIA111111111111"))],
            step: .change),
        Row(
            change: Sample.toSecret, history: ours, ends: [.state(Sample.aws(access: "AKIA222222222222"))],
            result: "drifted/state_changed/none/1"),
    ]

    /// A PATCH that arrived may lie behind an answer that refuses for now: what shows then is ours, with all that
    /// follows from it.
    @Test(arguments: Verdict.allCases) func whatShowsAfterAPATCHThatArrivedIsOurs(verdict: Verdict) {
        let believed: Set<Verdict> = [
            .refused, .unauthorised, .accessList, .version, .notSent, .secretUnavailable, .staleChallenge,
        ]
        guard verdict != .accepted else { return }
        let isOurs = !believed.contains(verdict)
        let attempts = verdict.treatment.isAttempt ? 1 : 0
        for row in [[verdict], [verdict, .refused]] {
            var right = MachineBench(history: MachineBench.history(row))
            right.run([.state(Self.new)])
            let count = attempts + row.count - 1
            #expect(right.result == "\(isOurs ? "changed" : "unchanged")/-/valid/\(count)")
            var dead = MachineBench(history: MachineBench.history(row))
            dead.repeatUntilDone(look: .state(Sample.google(valid: false, search: true)), change: .ok(500))
            #expect(
                dead.result
                    == (isOurs
                        ? "failed/not_valid_after_change/read_back/\(count)"
                        : "blocked/key_not_valid/none/\(count)"))
            guard case .settled(let halt)? = dead.ending else { continue }
            #expect((halt?.cause == .notValidAfterChange) == isOurs)
        }
    }

    /// No read tells whose secret it is that does not work once a PATCH with one has arrived.
    @Test(arguments: Verdict.allCases) func aDeadKeyAfterASecretArrivedIsUncertain(verdict: Verdict) {
        guard verdict != .accepted else { return }
        var dead = Sample.aws()
        for place in dead.enabled.indices { dead.enabled[place].isValid = false }
        for row in [[verdict], [verdict, .refused]] {
            var bench = MachineBench(Sample.toSecret, history: MachineBench.history(row))
            bench.repeatUntilDone(look: .state(dead), change: .ok(500))
            let word = verdict.treatment.arrives ? "unknown/outcome_unknown" : "blocked/key_not_valid"
            #expect(bench.result?.hasPrefix(word) == true, "\(row): \(bench.result ?? "none")")
        }
    }

    @Test(arguments: rows.indices) func looks(index: Int) {
        let row = Self.rows[index]
        var bench = MachineBench(row.change, history: row.history)
        bench.run(row.ends)
        #expect(bench.result == row.result && bench.step == row.step)
        #expect(bench.outcomes.count == (row.result == nil ? 0 : 1))
        #expect(bench.ending == (row.result == nil ? nil : .settled(halts: nil)))
        #expect(row.step != .change || bench.wait == .zero)
    }

    @Test(
        arguments: [
            (.denied, "no_access"), (.fail(.refused), "read_failed"), (.rubbish, nil),
            (.fail(.transient), nil),
            (.fail(.noAnswer), nil), (.fail(.notSent), nil), (.fail(.conflict), nil),
        ] as [(End, String?)]) func aReadGetsFiveTriesByTheTable(end: End, reason: String?)
    {
        var bench = MachineBench()
        bench.run([end])
        #expect(bench.result == reason.map { "failed/\($0)/none/0" })
        bench.run(Array(repeating: end, count: 3))
        if reason == nil { #expect(bench.result == nil && bench.step == .look) }
        bench.run([end])
        #expect(bench.outcomes.count == 1 && bench.outcomes[0].result == .failed)
        let troubles = bench.records.filter { if case .run(.troubledRead) = $0 { true } else { false } }
        #expect(troubles.count == (reason == nil ? 5 : 1))
    }

    @Test func tryingIsFreshAfterASuccess() {
        var bench = MachineBench(Sample.toRole)
        let four = Array(repeating: End.fail(.transient), count: 4)
        bench.run(four + [.roles(Self.ready)] + four)
        #expect(bench.result == nil && bench.step == .look)
    }

    @Test(arguments: [.held(.throttled), .held(.staleChallenge), .outage(.transient)] as [End])
    func whatIsTheRunsCostsNoTry(end: End) {
        var bench = MachineBench()
        bench.run(Array(repeating: end, count: 40) + [.state(Self.old)])
        #expect(bench.step == .change)
    }

    @Test func retryAfterIsTheFloorOfARead() {
        var bench = MachineBench()
        bench.send()
        var failure = MachineBench.failure(.transient)
        failure.retryAfter = .seconds(77)
        bench.records += bench.machine.ended(
            .failed(.transient, failure), now: bench.now, dice: &bench.dice)
        #expect(bench.wait == .seconds(77))
    }

    @Test func lookAfreshGoesBackToTheLook() {
        var bench = MachineBench(Sample.toRole)
        bench.run([.roles(Self.ready), .state(Self.old)])
        bench.machine.lookAfresh(now: bench.now.instant)
        #expect(bench.step == .lookRoles)
        bench.run([.roles(Self.ready), .state(Self.old)])
        bench.send()
        // Not while the PATCH is under way.
        bench.machine.lookAfresh(now: bench.now.instant)
        #expect(bench.step == .change)
    }

    @Test(arguments: [
        (-30.0, true), (0, true), (599, true), (601, false),
    ]) func aRoleIsYoungForTenMinutes(age: Double, young: Bool) {
        var bench = MachineBench(Sample.toRole)
        let made = WireDate.text(milliseconds: bench.now.wall - Int64(age * 1000))
        bench.run([.roles([Sample.Role(id: Sample.role, made: made)])])
        #expect(bench.machine.procedure.roleIsYoung == young)
    }
}
