import Foundation
import Testing

/// Goal: a run that is killed with -9 at any moment loses nothing and sends nothing twice, and the next one goes on.
/// Method: fleets in a storm whose runs are killed again and again, at moments drawn from a seed and counted from when
/// the run holds the job; only kills that hit it count. `KEYSHIFT_KILLS` is how many; `scripts/torture` asks for
/// thousands.
@Suite(.aFewAtATime) struct TortureTests {
    private static let kills =
        ProcessInfo.processInfo.environment["KEYSHIFT_KILLS"].flatMap { Int($0) } ?? 200
    private static let lanes = 2
    private static let killsOfOneFleet = 25
    private static let timeout = ["--request-timeout", "400ms"]
    /// A kill may cost a project an attempt, and the storm alone up to four.
    private static let run = [
        "--concurrency", "16", "--backoff-base", "50ms", "--backoff-cap", "200ms", "--request-timeout",
        "400ms",
        "--rate", "none", "--verify-patience", "20s", "--max-attempts", "100",
    ]

    @Test(arguments: 0..<lanes) func killedAtAnyMoment(lane: Int) async throws {
        let began = ContinuousClock.now
        let share = (Self.kills + lane) / Self.lanes
        var (count, fleets) = (0, 0)
        // Most fleets take their share; one that never does shows that kills don't hit any more.
        while count < share, fleets < 10 + share {
            let seed = UInt64(fleets * Self.lanes + lane + 1)
            count += try await oneFleet(seed: seed, atMost: min(Self.killsOfOneFleet, share - count))
            fleets += 1
        }
        #expect(count == share)
        print("torture: lane \(lane): \(count) kills of \(fleets) fleets in \(ContinuousClock.now - began)")
    }

    /// - Returns: how many kills hit.
    private func oneFleet(seed: UInt64, atMost limit: Int) async throws -> Int {
        let rig = try await Rig([
            "--projects", "80", "--scenario", "google-mixed", "--storm", "stormy", "--seed", "\(seed)",
            "--hang", "1s", "--state", "state.json",
        ])
        try await rig.plan(Self.timeout)
        var dice = SystemlessDice(state: seed &* 1_000_003)
        let apply = try ["apply", "fleet.job"] + rig.answers + Self.run
        var (times, isStarted): ([Int64], Bool) = ([], false)
        while times.count < limit {
            // Until a PATCH has come the approval may not be in the job.
            if !isStarted { isStarted = try !times.isEmpty && rig.simulator.changeCount() > 0 }
            let words = isStarted && dice.next(2) == 0 ? ["resume", "fleet.job"] + Self.timeout : apply
            guard let time = try await killed(rig, words, &dice) else { break }
            times.append(time)
            // Now and then only: a reader might fix what the next run is to find.
            if dice.next(5) == 0 {
                let look = try await rig.keyshift(["status", "fleet.job"])
                #expect(
                    look.code == 0 && (look.err == "" || look.err.contains(Self.insists)),
                    "seed \(seed): \(look.testDescription)")
            }
        }
        let ended = try await rig.resumeToTheEnd([Self.insists]).last
        #expect(ended.code == 3, "seed \(seed): \(ended.testDescription)")
        let audit = try await rig.prove(killedAt: times)
        #expect(try audit.counts["changed"] == rig.irreversible, "seed \(seed): \(audit.counts)")
        print(
            "torture: fleet \(seed): \(times.count) kills, \(audit.log.filter(\.isChange).count) PATCHes "
                + "for \(try rig.irreversible) projects")
        return times.count
    }

    /// A kill within the milliseconds in which a run enters or leaves its log looks like a lost log, and a person has
    /// to say that it is none.
    private static let insists = "--accept-missing-log"

    /// Starts a run, waits until it holds the job and then for a drawn moment, and kills it.
    /// - Returns: when, in milliseconds since 1970; nil when it had ended by itself and there is nothing left to do.
    private func killed(_ rig: Rig, _ words: [String], _ dice: inout SystemlessDice) async throws -> Int64? {
        let program = try rig.start(words)
        // Not just the shell that becomes it, and not a run that is over.
        try await eventually("it holds the job", every: .milliseconds(1)) {
            let holder = (try? rig.folder.text("fleet.job.lock")) ?? ""
            return !program.isRunning || holder.hasPrefix("pid \(program.pid) ")
        }
        if dice.next(2) == 0 {
            try await Task.sleep(for: .microseconds(dice.next(dice.next(2) == 0 ? 20_000 : 120_000)))
        } else {
            let size = rig.simulator.logSize + dice.next(25_000)
            try await eventually("the log has grown to \(size)", every: .milliseconds(1)) {
                !program.isRunning || rig.simulator.logSize >= size
            }
        }
        program.kill(SIGKILL)
        let time = Rig.now
        let ended = try await program.end()
        if ended.signal == SIGKILL { return time }
        if ended.code == 65, !words.contains(Self.insists), ended.err.contains(Self.insists) {
            return try await killed(rig, words + [Self.insists], &dice)
        }
        #expect([3, 6].contains(ended.code), "\(ended.testDescription)")
        return ended.code == 6 ? try await killed(rig, words, &dice) : nil
    }
}
