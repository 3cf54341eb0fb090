import AtlasAPI
import MigrationCore
import Testing

/// Goal: the end of a PATCH leads to the right wait, the right next step and, in the end, the right result. Method: each
/// verdict by table, with a clock that the test moves.
@Suite struct ChangeTests {
    typealias End = MachineBench.End
    static let old = End.state(Sample.google())
    static let new = End.state(Sample.google(search: true))

    @Test func happyPath() {
        var bench = MachineBench()
        bench.run([Self.old, .ok(200), Self.new])
        #expect(bench.result == "changed/-/valid/1" && bench.ending == .settled(halts: nil))
        let kinds = bench.records.map { record in
            switch record {
            case .project(_, .intent(let number, _)): "intent \(number)"
            case .project(_, .attemptEnded(let number, let verdict, _, _)): "\(verdict.rawValue) \(number)"
            case .project(_, .outcome): "outcome"
            default: "other"
            }
        }
        #expect(kinds == ["intent 1", "accepted 1", "outcome"])
        #expect(bench.outcomes[0].startedAt == 1_700_000_000_000)
    }

    /// Where the PATCH is answered the same way for ever: how often it leaves, and the result.
    @Test(
        arguments: [
            (.passing, 5, "failed/attempts_exhausted/none/5"),
            (.transient, 5, "unknown/outcome_unknown/none/5"),
            (.noAnswer, 5, "unknown/outcome_unknown/none/5"),
            (.conflict, 3, "failed/attempts_exhausted/none/3"),
            (.few, 4, "failed/attempts_exhausted/none/4"), (.refused, 1, "failed/refused/none/1"),
        ] as [(Verdict, Int, String)]) func boundByCount(verdict: Verdict, patches: Int, result: String)
    {
        var bench = MachineBench()
        bench.repeatUntilDone(look: Self.old, change: .fail(verdict))
        #expect(bench.result == result)
        #expect(
            bench.records.filter { if case .project(_, .intent) = $0 { true } else { false } }.count
                == patches)
    }

    /// The tries end with refusals, and a look tells whose the state is; without one nobody can say.
    @Test(
        arguments: [
            (.passing, 5, []), (.conflict, 3, []), (.few, 4, []), (.conflict, 1, [.fail(.refused)]),
            (.propagation, 1, [.denied]),
        ] as [(Verdict, Int, [End])])
    func refusalsThatEndTheTriesAreLookedAt(verdict: Verdict, count: Int, last: [End]) {
        let rounds = Array(repeating: [Self.old, .fail(verdict)], count: count).flatMap { $0 }
        let ends = rounds + last.flatMap { [Self.old, $0] }
        let attempts = count + last.count
        var bench = MachineBench()
        bench.run(ends)
        #expect(bench.step == .look && bench.result == nil)
        var ours = bench
        ours.run([Self.new])
        #expect(ours.result == "changed/-/valid/\(attempts)")
        var not = bench
        not.run([Self.old])
        #expect(not.result?.hasPrefix("failed/") == true && not.outcomes[0].reason != .outcomeUnknown)
        var blind = bench
        blind.run(Array(repeating: .fail(.transient), count: readTries))
        #expect(blind.result == "unknown/outcome_unknown/none/\(attempts)")
        // A run that stops still owes that look.
        var stopped = bench
        stopped.drain()
        stopped.run([Self.new])
        #expect(stopped.result == "changed/-/valid/\(attempts)")
    }

    @Test(arguments: [1, 2, 7]) func maxAttemptsBinds(max: Int) {
        var bench = MachineBench { $0.maxAttempts = max }
        bench.repeatUntilDone(look: Self.old, change: .fail(.passing))
        #expect(bench.outcomes[0].attempts == max)
    }

    @Test(
        arguments: [
            (.propagation, "failed/propagation_timeout", 180), (.slow, "failed/propagation_timeout", 180),
            (.youngRole, "unknown/outcome_unknown", 180), (.notSent, "failed/attempts_exhausted/none/0", 900),
        ] as [(Verdict, String, Int)]) func boundByPatience(verdict: Verdict, result: String, patience: Int)
    {
        var bench = MachineBench()
        bench.repeatUntilDone(look: Self.old, change: .fail(verdict))
        #expect(bench.result?.hasPrefix(result) == true)
        let lasted = Duration.nanoseconds(bench.now.instant.nanoseconds)
        // The last wait may begin just before the end: at most the cap, after the patience.
        #expect(lasted >= .seconds(patience) && lasted <= .seconds(patience + 62))
    }

    @Test func patienceBeginsAtTheFirstSuchRefusal() {
        var bench = MachineBench()
        bench.run([Self.old])
        bench.advance(.seconds(1000))
        bench.run([.fail(.propagation)])
        #expect(bench.step == .look)
        bench.run([Self.old])
        bench.advance(.seconds(179))
        bench.send()
        bench.end(.fail(.propagation), after: .seconds(2))
        bench.run([Self.old])
        #expect(bench.result == "failed/propagation_timeout/none/2")
    }

    @Test func propagationIsNotBoundByAttempts() {
        var bench = MachineBench { $0.maxAttempts = 1 }
        for _ in 0..<6 {
            bench.send()
            bench.end(Self.old)
            bench.send()
            bench.end(.fail(.propagation))
        }
        #expect(bench.result == nil || bench.outcomes[0].reason == .propagationTimeout)
    }

    @Test(arguments: [.transient, .youngRole, .noAnswer] as [Verdict])
    func anUnknownOutcomeSettlesAndIsLookedAt(verdict: Verdict) {
        for base: Duration in [.seconds(5), .seconds(30), .milliseconds(100)] {
            for seed: UInt64 in 1...20 {
                var bench = MachineBench { $0.backoffBase = base }
                bench.dice = Dice(seed: seed)
                bench.run([Self.old, .fail(verdict)])
                #expect(bench.step == .look && bench.wait >= min(.seconds(5), base))
                #expect(bench.wait <= max(base, .seconds(5)))
            }
        }
        var taken = MachineBench()
        taken.run([Self.old, .fail(verdict), Self.new])
        #expect(taken.result == "changed/-/valid/1")
        var not = MachineBench()
        not.run([Self.old, .fail(verdict), Self.old])
        #expect(not.step == .change)
        not.run([.ok(200), Self.new])
        #expect(not.result == "changed/-/valid/2")
    }

    @Test(
        arguments: [
            (.held(.throttled), 0), (.held(.maintenance), 0), (.held(.staleChallenge), 0),
            (.held(.unauthorised), 1),
        ] as [(End, Int)]) func heldBackLooksAgain(end: End, attempts: Int)
    {
        var bench = MachineBench()
        bench.run([Self.old, end])
        #expect(bench.step == .look && bench.wait == .zero)
        bench.run([Self.old, .fail(.refused), Self.old])
        #expect(bench.result == "failed/refused/none/\(attempts + 1)")
    }

    @Test func deniedIsRefused() {
        var bench = MachineBench()
        bench.run([Self.old, .denied])
        #expect(bench.result == "failed/refused/none/1" && bench.outcomes[0].httpStatus == 401)
    }

    @Test func waitsGrow() {
        var longest: [Duration] = []
        for failures in 1...4 {
            var most = Duration.zero
            for seed: UInt64 in 1...100 {
                var bench = MachineBench { $0.maxAttempts = 9 }
                bench.dice = Dice(seed: seed)
                for _ in 0..<failures { bench.run([Self.old, .fail(.passing)]) }
                most = max(most, bench.wait)
            }
            longest.append(most)
        }
        for (wait, bound) in zip(longest, [5, 10, 20, 40]) {
            #expect(wait <= .seconds(bound) && wait > .seconds(Double(bound) * 0.9))
        }
    }

    @Test func slowBeginsAtThirtySeconds() {
        let waits = (1...100).map { seed in
            var bench = MachineBench()
            bench.dice = Dice(seed: UInt64(seed))
            bench.run([Self.old, .fail(.slow)])
            return bench.wait
        }
        #expect(waits.allSatisfy { $0 <= .seconds(30) } && waits.contains { $0 > .seconds(20) })
    }

    @Test func withoutVerifyA2xxOfAtlasIsTheEnd() {
        var bench = MachineBench { $0.verifies = false }
        bench.run([Self.old])
        bench.send()
        // As Atlas answers: those that are off are there too.
        let off = JSONValue.object(["enabled": .bool(false)])
        let body = JSONValue.object(
            (Sample.wire(Sample.google(search: true)).object ?? [:])
                .merging(["awsKms": off, "azureKeyVault": off]) { $1 })
        bench.records += bench.machine.ended(.succeeded(body, status: 200), now: bench.now, dice: &bench.dice)
        #expect(bench.result == "changed/-/accepted/1")
    }

    /// Bodies of a 2xx that are not Atlas's, and a word of what is said of each.
    static let notAtlas: [(String?, String)] = [
        (nil, "not JSON"), ("null", "not an object"), ("[]", "not an object"), (#""ok""#, "not an object"),
        ("7", "not an object"), ("{}", "no awsKms, no azureKeyVault, no googleCloudKms"),
        (#"{"status":"ok"}"#, "no awsKms"), (#"{"awsKms":{},"azureKeyVault":{}}"#, "no googleCloudKms"),
        (#"{"awsKms":{},"azureKeyVault":{},"googleCloudKms":null}"#, "no googleCloudKms"),
        (#"{"awsKms":{},"azureKeyVault":[],"googleCloudKms":"yes"}"#, "no azureKeyVault, no googleCloudKms"),
        (#"{"awsKms":{"enabled":"yes"},"azureKeyVault":{},"googleCloudKms":{}}"#, "wrong type"),
        (#"{"awsKms":{},"azureKeyVault":{},"googleCloudKms":{},"enabledForSearchNodes":1}"#, "wrong type"),
    ]

    @Test(arguments: notAtlas) func withoutVerifyAnythingElseIsUnknown(body: String?, said: String) {
        for status in [200, 202, 204] {
            var bench = MachineBench { $0.verifies = false }
            bench.run([Self.old])
            bench.send()
            let json = body.flatMap { JSONValue(parsing: Array($0.utf8)) }
            bench.records += bench.machine.ended(
                .succeeded(json, status: status), now: bench.now, dice: &bench.dice)
            #expect(bench.result == "unknown/outcome_unknown/accepted/1")
            let outcome = bench.outcomes.last
            #expect(
                outcome?.detail?.contains(said) == true && outcome?.httpStatus == status, "\(outcome as Any)")
            // A resume looks, and does not send again.
            var resumed = MachineBench(history: MachineBench.history([.accepted])) { $0.verifies = false }
            #expect(resumed.step == .check)
            resumed.run([Self.new])
            #expect(resumed.result == "changed/-/valid/1")
        }
    }

    /// With a check the body of the PATCH's answer says nothing: the check does.
    @Test func withVerifyTheCheckDecides() {
        var bench = MachineBench()
        bench.run([Self.old, .rubbish, Self.new])
        #expect(bench.result == "changed/-/valid/1")
    }

    @Test func aSecretIsSentAgainAfterAnUnknownOutcome() {
        var bench = MachineBench(Sample.toSecret)
        let taken = Sample.aws(access: "AKIA111111111111")
        bench.run([.state(Sample.aws()), .fail(.transient), .state(taken)])
        #expect(bench.step == .change)
        bench.run([.ok(200), .state(taken)])
        #expect(bench.result == "changed/-/valid/2")
    }
}
