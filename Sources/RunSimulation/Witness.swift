import AtlasAPI
import AtlasSimulation
import MigrationCore

/// Watches a run from outside and writes down each rule that it breaks.
final class Witness {
    private let job: MemoryJob
    private let clock: VirtualClock
    private let settings: RunSettings
    /// With somebody else's edits a state that was shown may be gone again.
    private let hasHazards: Bool
    private(set) var problems: [String] = []
    private(set) var log: [LogEntry] = []
    /// The run goes on for ever; there is no point in watching it further.
    private(set) var isHopeless = false

    private var indices: [String: Int] = [:]
    /// Projects that a read has shown as wanted.
    private var shownWanted: Set<String> = []
    /// The state that the last read of a project showed; most reads show what the one before showed.
    private var lastBody: [String: [UInt8]] = [:]
    /// When this process last saw the state of a project.
    private var lookedAt: [String: Instant] = [:]
    private var open: [String: Int] = [:]
    private var openCount = 0
    private var lastPatch: Instant?
    private var turns = TurnWatch()
    private var rules: RuleWatch
    private var answers: AnswerWatch
    /// Requests of the run's own that are open: for a token, for the identity.
    private var openOwn = 0

    /// A look allows a PATCH for so long (contract section 4).
    private static let lookLife: Duration = .seconds(30)

    init(job: MemoryJob, clock: VirtualClock, input: SimulatedCase) {
        hasHazards = input.hasHazards
        self.job = job
        self.clock = clock
        settings = input.settings
        for row in job.rows { indices[row.project.text] = row.ordinal - 1 }
        rules = RuleWatch(job: job, settings: input.settings)
        answers = AnswerWatch(settings: input.settings, hasTrueClock: input.weather.clockJumps.isEmpty)
    }

    func begins(changes: Bool) { rules.begins(changes: changes) }

    func complain(_ text: String) {
        if problems.count < 20 { problems.append("\(clock.instant.nanoseconds / 1_000_000) ms: \(text)") }
    }

    func left(_ request: HTTPRequest) {
        for problem in answers.left(request.path, now: clock.instant) {
            complain("\(request.path): \(problem)")
        }
        guard let project = Self.project(request.path) else {
            openOwn += 1
            return
        }
        open[project, default: 0] += 1
        openCount += 1
        if open[project] != 1 { complain("\(project): a second request in flight") }
        if openCount > settings.concurrency { complain("more in flight than the concurrency") }
        if let index = indices[project] {
            for problem in rules.left(index, isPatch: request.method == .patch, now: clock.instant) {
                complain("\(project): \(problem)")
            }
        }
        if request.method == .patch { patched(project, request) }
    }

    private func patched(_ project: String, _ request: HTTPRequest) {
        if let interval = settings.patchInterval, let lastPatch, clock.instant - lastPatch < interval {
            complain("\(project): a PATCH \(clock.instant - lastPatch) after the last one")
        }
        lastPatch = clock.instant
        if lookedAt[project].map({ clock.instant - $0 > Self.lookLife }) ?? true {
            complain("\(project): a PATCH without a fresh look")
        }
        // The next PATCH needs a look of its own.
        lookedAt[project] = nil
        guard let index = indices[project] else { return complain("\(project): not in the fleet") }
        let row = job.rows[index]
        guard let change = row.item?.change else {
            return complain("\(project): a PATCH that nobody planned")
        }
        if row.attempts.last.map({ $0.verdict == nil }) != true {
            complain("\(project): a PATCH without a committed intent")
        }
        if !hasHazards, shownWanted.contains(project) {
            complain("\(project): a PATCH after a read that showed the wanted state")
        }
        for problem in BodyRule.problems(JSONValue(parsing: request.body), change) {
            complain("\(project): \(problem)")
        }
    }

    func arrived(_ entry: LogEntry, _ reply: Reply) {
        log.append(entry)
        turns.arrived()
        // A request that was not let in has no project in the server's log; its path has.
        let project = Self.project(entry.path)
        answers.arrived(entry, reply, row: project.flatMap { indices[$0] }, now: clock.instant)
        guard let project else {
            openOwn -= 1
            return
        }
        open[project, default: 1] -= 1
        openCount -= 1
        guard entry.method == "GET", entry.path.hasSuffix("/encryptionAtRest"), let index = indices[project],
            case .answered(let answer) = reply, answer.isSuccess,
            entry.fault.flatMap({ FaultKind(rawValue: $0) })?.isForeign != true
        else { return }
        lookedAt[project] = clock.instant
        rules.read(index, now: clock.instant)
        guard lastBody[project] != answer.body, let change = job.rows[index].item?.change, !change.hasSecret,
            let state = JSONValue(parsing: answer.body).flatMap({ EncryptionState($0) })
        else { return }
        lastBody[project] = answer.body
        if change.isWanted(state) { shownWanted.insert(project) }
    }

    func clientEnded() {
        open = [:]
        openCount = 0
        openOwn = 0
        answers.clientEnded()
        lookedAt = [:]
        // The new process paces itself anew.
        lastPatch = nil
        turns = TurnWatch()
    }

    /// - Returns: whether the run has to be ended.
    func turned(_ turn: Turn, _ engine: Engine) -> Bool {
        if engine.projectsInPlay > settings.concurrency {
            complain("more projects in play than the concurrency")
        }
        rules.left(turn, isInPlay: engine.isInPlay)
        for problem in rules.turned(turn, isToEnd: engine.end != nil, now: clock.instant) {
            complain(problem)
        }
        let isIdle = openCount == 0 && openOwn == 0 && turn.wants == nil && !engine.isFinished
        for problem in answers.turned(turn, isIdle: isIdle, now: clock.instant) { complain(problem) }
        switch turns.turned(turn, now: clock.instant) {
        case nil: return false
        case .spins?: complain("the run spins")
        case .spinsWithoutEnd?: isHopeless = true
        }
        return isHopeless
    }

    func stoodStill() {
        complain("the run waits for nothing")
        isHopeless = true
    }

    private static func project(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count >= 5, parts[3] == "groups" else { return nil }
        return String(parts[4])
    }
}
