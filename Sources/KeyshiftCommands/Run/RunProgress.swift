import AtlasAPI
import JobRunner
import MigrationCore
import Reporting

/// Counts what the records say and tells it, at most a few times a second.
///
/// The counts begin with one query and then go on by the records, so that no work in the loop grows with the fleet.
final class RunProgress {
    private let console: Console
    private let verb: String
    private let total: () -> Int
    private let countsRereads: Bool
    private var done: Int
    private var counts: [String: Int] = [:]
    private var remaining: RemainingTime
    private var shownAt: Instant
    /// Roles that Atlas is making, by row, and until when each is waited for.
    private var awaited: [Int: Int64] = [:]
    /// What ended the requests for roles that may have made one, by row, until it is told.
    private var doubts: [Int: String] = [:]
    private var rolesMade = 0
    /// `name (id)` of a row, for the few that are told of by name.
    private let named: (Int) -> String
    /// Between two frames on a terminal, and between two lines elsewhere.
    private let interval: Duration
    private var voice: WaitVoice
    private var oddWaits = OddWaits()
    /// When a line of those that a storm has many of was told last.
    private var toldAt: Instant?

    init(
        _ console: Console, verb: String, requestTimeout: Duration, countsRereads: Bool,
        total: @escaping () -> Int, named: @escaping (Int) -> String, now: Instant
    ) {
        voice = WaitVoice(requestTimeout: requestTimeout, now: now)
        self.console = console
        self.verb = verb
        self.total = total
        self.countsRereads = countsRereads
        self.named = named
        done = 0
        remaining = RemainingTime(startedAt: now)
        // Work of under a second shows nothing.
        shownAt = now + .milliseconds(800)
        interval = console.isLive ? .milliseconds(200) : .seconds(10)
    }

    func see(_ turn: Turn, _ engine: Engine, _ now: Now) {
        let before = done
        for record in turn.records { see(record, now) }
        for notice in turn.notices { tell(notice, leavesOpen: turn.leavesOpen, now) }
        // The line of progress says more of a wait for roles.
        let line = voice.hear(turn.waiting, progressed: done > before, now: now)
        if let line, awaited.isEmpty { console.say(line) }
        guard now.instant - shownAt >= interval else { return }
        shownAt = now.instant
        console.progress(self.line(engine, now.instant))
    }

    private func see(_ record: JournalRecord, _ now: Now) {
        switch record {
        case .run(.troubledRead(_, _, _, let failure, _)): tellOfOddWait(failure)
        // Of the run's other records tell the notices.
        case .run: break
        case .project(let ordinal, let record): see(record, of: ordinal)
        case .role(let ordinal, let record): see(record, of: ordinal, now)
        case .survey(.surveyed(_, .read)): count("read")
        case .survey(.surveyed(_, .unreadable)): count("unreadable")
        case .survey(.listed), .survey(.unlisted): break
        }
    }

    private func see(_ record: ProjectRecord, of ordinal: Int) {
        switch record {
        case .planned(let item, _): count(item.planClass.rawValue)
        case .outcome(let outcome): count(outcome.result.rawValue)
        case .sawDeadKey(let at, let until):
            console.warn(DeadKeyText.warning(named(ordinal), seenAt: at, readUntil: until))
        case .reread(let finding, _): if countsRereads { count(finding.word) }
        case .attemptEnded(_, _, let failure, _): tellOfOddWait(failure)
        case .intent, .sawWanted: break
        }
    }

    private func see(_ record: RoleRecord, of ordinal: Int, _ now: Now) {
        switch record {
        case .intent: break
        case .ended(_, .accepted, _, _): rolesMade += 1
        case .ended(_, let verdict, let failure, _):
            if verdict.treatment.effect == .maybe { doubts[ordinal] = failure?.summary }
            tellOfOddWait(failure)
        case .awaited(let role, let until):
            awaited[ordinal] = until
            if role == nil { tellOfDoubt(ordinal, until: until, now) }
        case .found(let finding, _):
            awaited[ordinal] = nil
            count(finding.status.rawValue)
        }
    }

    private func tellOfOddWait(_ failure: Failure?) {
        if let line = oddWaits.hear(failure) { console.warn(line) }
    }

    private func count(_ word: String) {
        counts[word, default: 0] += 1
        done += 1
    }

    private func line(_ engine: Engine, _ now: Instant) -> String {
        let total = self.total()
        let parts = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        let text = "\(verb) \(done) of \(total)  \(parts.joined(separator: ", "))"
        guard awaited.isEmpty else { return text + "  " + waiting }
        remaining.see(done: done, total: total, now: now)
        return text + "  (\(engine.requestsInFlight) in flight)" + remaining.text(now: now)
    }

    /// What a person waits for while Atlas makes roles, and for how long at most.
    private var waiting: String {
        let names = awaited.keys.sorted().prefix(3).map(named).joined(separator: ", ")
        let more = awaited.count > 3 ? " and \(awaited.count - 3) more" : ""
        let until = awaited.values.max().map { Self.clock($0).text } ?? ""
        return
            "\(rolesMade) made; waiting for \(TextReport.count(awaited.count, "role")) until \(until) at most: "
            + names + more
    }

    private func tellOfDoubt(_ ordinal: Int, until: Int64, _ now: Now) {
        let why: Prose =
            doubts.removeValue(forKey: ordinal).map {
                "the request for a role had no good answer (\($0)); one may have been made"
            } ?? "a role was asked for and is not listed yet"
        tell(
            """
            \(lines: named(ordinal)): \(why). It is looked for until \(Self.clock(until)); no other is asked for \
            before.
            """, now)
    }

    private static func clock(_ milliseconds: Int64) -> Prose {
        "\(WireDate.text(milliseconds: milliseconds).dropFirst(11).prefix(8)) UTC"
    }

    private func tell(_ notice: Notice, leavesOpen: Bool, _ now: Now) {
        switch notice {
        case .outageBegan(let last, let isForeign):
            let what = isForeign ? "something else answers in Atlas's place" : "Atlas does not answer"
            console.warn("\(what) (\(last)); holding all starts, probing.")
        case .outageEnded: console.say("Atlas answers again; going on.")
        case .maintenanceBegan: console.warn("Atlas takes no writes during its maintenance; waiting.")
        case .rateLimited(let wait, let left, let summary):
            let text = Notice.asks(wait, left: left, summary, leavesOpen: leavesOpen, now: now)
            tell(text, wait, left, now)
        case .tokenRenewed: console.verbose("the token was refused and has been replaced")
        case .waveBegan(let wave): console.say("Wave \(wave) begins.")
        case .waveSoaks(let wave, let length):
            let soak = length > .zero ? "soaks for \(DurationText.format(length)) and " : ""
            console.say("Wave \(wave) is done; it \(soak)is read again before the next.")
        case .halted(let halt): console.warn("halted: \(HaltText.sentence(halt.cause.rawValue, halt.detail))")
        case .stopping(.signal):
            console.say("Stopping: nothing new starts, open requests end. Again Ctrl-C leaves at once.")
        case .stopping(.maxDuration): console.say("--max-duration is over: nothing new starts.")
        case .stopping(.lockLost):
            console.warn("the lock file is not in its place any more: nothing new starts.")
        case .stopping(.stopAfterWave): console.say("--stop-after-wave: nothing new starts.")
        case .accessRefused(let detail): console.warn("stopping: \(detail)")
        case .sunset(let detail):
            console.warn(
                "Atlas says that the API version in use will end (\(detail)). "
                    + "This run is not affected; look for a newer keyshift before then.")
        }
    }
}

extension RunProgress {
    private func tell(_ text: Prose, _ wait: Duration, _ left: Duration?, _ now: Now) {
        guard wait > WaitVoice.shortest || left != nil else { return console.verbose(text) }
        tell(text, warns: left != nil, now)
    }

    /// In a storm each project has something to tell: a line in five seconds, the others for `--verbose`.
    private func tell(_ text: Prose, warns: Bool = false, _ now: Now) {
        if let toldAt, now.instant - toldAt < WaitVoice.shortest { return console.verbose(text) }
        toldAt = now.instant
        if warns { console.warn(text) } else { console.say(text) }
    }
}
