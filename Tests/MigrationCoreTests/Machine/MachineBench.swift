import AtlasAPI
import MigrationCore
import Testing

/// Drives the change of one project by hand: sends its calls, ends them, keeps the records.
struct MachineBench {
    /// How a call ends, by a short name.
    enum End: Sendable {
        case state(EncryptionState)
        case roles([Sample.Role])
        case rubbish
        case ok(Int)
        case fail(Verdict)
        case held(Verdict)
        case outage(Verdict)
        case denied
    }

    var machine: Errand
    var now = Now(instant: Instant(nanoseconds: 0), wall: 1_700_000_000_000)
    var dice = Dice(seed: 1)
    var records: [JournalRecord] = []

    init(
        _ change: PlannedChange = Sample.toSearch, history: AttemptHistory = AttemptHistory(),
        _ adjust: (inout RunSettings) -> Void = { _ in }
    ) {
        var settings = RunSettings()
        adjust(&settings)
        let item = WorkItem(ordinal: 1, project: Sample.project(1), change: change, history: history)
        machine = Errand(ProjectChange(item: item, settings: settings), now: Instant(nanoseconds: 0))
    }

    static func failure(_ verdict: Verdict) -> Failure {
        switch verdict {
        case .refused: Failure(status: 400, code: "NO", detail: "no")
        case .unauthorised: Failure(status: 401, code: "U", detail: nil)
        case .transient, .youngRole: Failure(status: 500, code: "E", detail: nil)
        case .conflict, .passing: Failure(status: 409, code: "C", detail: nil)
        case .throttled: Failure(status: 429, code: "T", detail: nil)
        case .noAnswer, .notSent: Failure(code: "reset", detail: "cut")
        default: Failure(status: 400, code: verdict.rawValue, detail: nil)
        }
    }

    var step: Step? { machine.call?.step }
    var due: Instant? { machine.call?.notBefore }
    var ending: Ending? { machine.ending }
    /// How long until the call is due.
    var wait: Duration { due.map { $0 - now.instant } ?? .zero }

    var outcomes: [Outcome] {
        records.compactMap { if case .project(_, .outcome(let outcome)) = $0 { outcome } else { nil } }
    }

    /// result/reason/verified/attempts
    var result: String? {
        outcomes.last.map {
            "\($0.result.rawValue)/\($0.reason?.rawValue ?? "-")/\($0.verified.rawValue)/\($0.attempts)"
        }
    }

    mutating func advance(_ duration: Duration) {
        now.instant = now.instant + duration
        now.wall += duration.nanoseconds / 1_000_000
    }

    /// Sends the call once it is due.
    mutating func send() {
        if wait > .zero { advance(wait) }
        records += machine.willSend(now: now)
    }

    mutating func end(_ end: End, after latency: Duration = .zero) {
        advance(latency)
        let call: CallEnd =
            switch end {
            case .state(let state): .succeeded(Sample.wire(state), status: 200)
            case .roles(let roles): .succeeded(Sample.rolesJSON(roles), status: 200)
            case .rubbish: .succeeded(nil, status: 200)
            case .ok(let status): .succeeded(nil, status: status)
            case .fail(let verdict): .failed(verdict, Self.failure(verdict))
            case .held(let verdict): .heldBack(verdict, Self.failure(verdict))
            case .outage(let verdict): .outage(verdict, Self.failure(verdict))
            case .denied: .denied(Self.failure(.unauthorised))
            }
        records += machine.ended(call, now: now, dice: &dice)
    }

    mutating func run(_ ends: [End]) {
        for end in ends where ending == nil {
            send()
            self.end(end)
        }
    }

    /// Ends every further call the same way, until the machine has finished.
    mutating func repeatUntilDone(look: End, change: End, limit: Int = 500) {
        for _ in 0..<limit where ending == nil {
            send()
            end(step == .change ? change : look)
        }
        #expect(ending != nil)
    }

    mutating func drain() { records += machine.drain(now: now) }

    static func history(_ verdicts: [Verdict?], sawWanted: Bool = false) -> AttemptHistory {
        var history = AttemptHistory()
        for (index, verdict) in verdicts.enumerated() {
            history.restore(
                number: index + 1, verdict: verdict ?? .noAnswer, failure: nil,
                sawWanted: sawWanted && index == verdicts.count - 1)
        }
        return history
    }
}
