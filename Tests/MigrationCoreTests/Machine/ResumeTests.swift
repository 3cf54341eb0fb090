import AtlasAPI
import MigrationCore
import Testing

/// Goal: a project goes on rightly from any history, and a stop leaves it rightly in any state. Method: tables of
/// histories and of places to stop at.
@Suite struct ResumeTests {
    typealias End = MachineBench.End
    static let old = End.state(Sample.google())
    static let new = End.state(Sample.google(search: true))
    static let invalid = End.state(Sample.google(valid: false, search: true))

    struct Row: Sendable {
        var verdicts: [Verdict?]
        var sawWanted = false
        var first: Step
        var settles: Bool
        var ends: [End]
        var result: String?
        var step: Step?
    }

    static let rows = [
        Row(verdicts: [], first: .look, settles: false, ends: [old], step: .change),
        Row(verdicts: [nil], first: .look, settles: true, ends: [old], step: .change),
        Row(verdicts: [nil], first: .look, settles: true, ends: [new], result: "changed/-/valid/1"),
        Row(verdicts: [.accepted], first: .check, settles: true, ends: [new], result: "changed/-/valid/1"),
        Row(verdicts: [.accepted], first: .check, settles: true, ends: [old], step: .check),
        Row(verdicts: [nil], sawWanted: true, first: .check, settles: true, ends: [old], step: .check),
        Row(
            verdicts: [.conflict], sawWanted: true, first: .check, settles: true, ends: [new],
            result: "changed/-/valid/1"),
        Row(verdicts: [.transient, .throttled], first: .look, settles: true, ends: [old], step: .change),
        Row(verdicts: [.transient, .conflict], first: .look, settles: false, ends: [old], step: .change),
        Row(
            verdicts: [.passing, .passing, .passing, .passing, .passing], first: .look, settles: false,
            ends: [old], result: "failed/attempts_exhausted/none/5"),
        Row(
            verdicts: [.transient, .transient, .transient, .transient, nil], first: .look, settles: true,
            ends: [old], result: "unknown/outcome_unknown/none/5"),
        Row(
            verdicts: [.transient, .transient, .transient, .transient, nil], first: .look, settles: true,
            ends: [new], result: "changed/-/valid/5"),
        Row(
            verdicts: [.conflict, .conflict, .conflict], first: .look, settles: false, ends: [old],
            result: "failed/attempts_exhausted/none/3"),
        Row(
            verdicts: [.throttled, .notSent, .maintenance, .staleChallenge, .throttled, .notSent],
            first: .look,
            settles: false, ends: [old], step: .change),
    ]

    @Test(arguments: rows.indices) func goesOn(index: Int) {
        let row = Self.rows[index]
        let history = MachineBench.history(row.verdicts, sawWanted: row.sawWanted)
        var bench = MachineBench(history: history)
        #expect(bench.step == row.first && bench.wait == (row.settles ? .seconds(5) : .zero))
        bench.run(row.ends)
        #expect(bench.result == row.result && bench.step == row.step)
        guard row.step == .change else { return }
        bench.send()
        guard case .project(_, .intent(let number, _))? = bench.records.last else {
            Issue.record("no intent")
            return
        }
        #expect(number == row.verdicts.count + 1)
    }

    /// The ends before the stop, whether the call is in flight then, the ends after it.
    @Test(
        arguments: [
            ([], false, [], nil), ([], true, [old], nil), ([], true, [new], "unchanged/-/valid/0"),
            ([], true, [.fail(.transient)], nil), ([], true, [.held(.throttled)], nil),
            ([], true, [.fail(.refused)], "failed/read_failed/none/0"), ([old], false, [], nil),
            ([old], true, [.fail(.conflict)], nil), ([old], true, [.held(.throttled)], nil),
            ([old], true, [.fail(.notSent)], nil), ([old], true, [.fail(.refused)], "failed/refused/none/1"),
            ([old], true, [.ok(200), new], "changed/-/valid/1"),
            ([old], true, [.ok(200), old], "unknown/still_old/accepted/1"),
            ([old], true, [.ok(200), invalid], "unknown/outcome_unknown/read_back/1"),
            ([old], true, [.ok(200), .fail(.transient)], "unknown/still_old/accepted/1"),
            ([old], true, [.fail(.noAnswer), new], "changed/-/valid/1"),
            ([old], true, [.fail(.noAnswer), old], "unknown/outcome_unknown/none/1"),
            ([old], true, [.fail(.noAnswer), .held(.throttled)], "unknown/outcome_unknown/none/1"),
            ([old, .fail(.noAnswer)], false, [new], "changed/-/valid/1"),
            ([old, .fail(.noAnswer)], true, [old], "unknown/outcome_unknown/none/1"),
            ([old, .fail(.noAnswer), old], false, [], "unknown/outcome_unknown/none/1"),
            ([old, .ok(200)], false, [old], "unknown/still_old/accepted/1"),
            ([old, .ok(200), old], true, [new], "changed/-/valid/1"),
            ([old, .ok(200), invalid], false, [invalid], "unknown/outcome_unknown/read_back/1"),
            ([old, .fail(.conflict)], false, [], nil),
        ] as [([End], Bool, [End], String?)]) func stops(
            before: [End], inFlight: Bool, after: [End], result: String?
        )
    {
        var bench = MachineBench()
        bench.run(before)
        if inFlight { bench.send() }
        bench.drain()
        for (index, end) in after.enumerated() {
            #expect(bench.ending == nil)
            #expect(bench.step != .change || (index == 0 && inFlight))
            if index > 0 || !inFlight {
                #expect(bench.wait <= .seconds(5))
                bench.send()
            }
            bench.end(end)
        }
        #expect(bench.result == result && bench.outcomes.count == (result == nil ? 0 : 1))
        #expect(bench.ending == (result == nil ? .left : .settled(halts: nil)))
    }

    @Test func attemptHistoryKeepsCount() {
        let history = MachineBench.history([.transient, .throttled, .propagation, nil, .notSent])
        #expect(history.lastNumber == 5 && history.attempts == 3 && history.boundAttempts == 2)
        #expect(history.last == .noAnswer && history.isOpen && !history.belongsToCheck)
        #expect(history.count(.throttled) == 1)
        #expect(MachineBench.history([.accepted]).belongsToCheck)
        #expect(!MachineBench.history([.refused]).isOpen && !AttemptHistory().isOpen)
    }
}
