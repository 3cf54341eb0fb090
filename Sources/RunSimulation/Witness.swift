import AtlasAPI
import AtlasSimulation
import MigrationCore

/// Watches a run from outside and writes down each rule that it breaks.
final class Witness {
    private let job: MemoryJob
    private let clock: VirtualClock
    private let settings: RunSettings
    private(set) var problems: [String] = []
    private var rows: [String: Int] = [:]
    /// Projects that a read has shown as wanted since our intent, or before one.
    private var shownWanted: Set<String> = []
    private var open: [String: Int] = [:]
    private var lastPatch: Instant?
    private var turnsWithoutTime = 0
    private var lastTurn: Instant?

    private static let turnLimit = 400

    /// With somebody else's edits a state that was shown may be gone again.
    private let hasHazards: Bool

    init(job: MemoryJob, clock: VirtualClock, input: SimulatedCase) {
        hasHazards = input.hasHazards
        self.job = job
        self.clock = clock
        settings = input.settings
        for row in job.rows { rows[row.project.text] = row.ordinal - 1 }
    }

    private func complain(_ text: String) {
        if problems.count < 20 { problems.append("\(clock.instant.nanoseconds / 1_000_000) ms: \(text)") }
    }

    func left(_ request: HTTPRequest) {
        guard let project = Self.project(request.path) else { return }
        open[project, default: 0] += 1
        if open[project] != 1 { complain("\(project): a second request in flight") }
        if open.values.reduce(0, +) > settings.concurrency { complain("more in flight than the concurrency") }
        if request.method == .patch { patched(project, request) }
    }

    private func patched(_ project: String, _ request: HTTPRequest) {
        if let interval = settings.patchInterval, let lastPatch, clock.instant - lastPatch < interval {
            complain("\(project): a PATCH \(clock.instant - lastPatch) after the last one")
        }
        lastPatch = clock.instant
        guard let index = rows[project] else { return }
        let row = job.rows[index]
        if row.attempts.last.map({ $0.verdict == nil }) != true {
            complain("\(project): a PATCH without a committed intent")
        }
        if !hasHazards, shownWanted.contains(project) {
            complain("\(project): a PATCH after a read that showed the wanted state")
        }
        if row.item?.change?.body != JSONValue(parsing: request.body) {
            complain("\(project): a PATCH that is not the planned one")
        }
    }

    private(set) var log: [LogEntry] = []

    func arrived(_ entry: LogEntry, _ reply: Reply) {
        log.append(entry)
        guard let project = entry.project else { return }
        open[project, default: 1] -= 1
        guard entry.method == "GET", entry.path.hasSuffix("/encryptionAtRest"), let index = rows[project],
            case .answered(let answer) = reply, answer.isSuccess,
            let state = JSONValue(parsing: answer.body).flatMap({ EncryptionState($0) }),
            let change = job.rows[index].item?.change, change.isWanted(state)
        else { return }
        shownWanted.insert(project)
    }

    func clientEnded() {
        open = [:]
        // The new process paces itself anew.
        lastPatch = nil
    }

    func turned(_ turn: Turn, _ engine: Engine) {
        if engine.projectsInPlay > settings.concurrency {
            complain("more projects in play than the concurrency")
        }
        if lastTurn == clock.instant {
            turnsWithoutTime += 1
            if turnsWithoutTime == Self.turnLimit { complain("the run spins") }
            precondition(turnsWithoutTime < 100 * Self.turnLimit, "the run spins without end")
        } else {
            turnsWithoutTime = 0
            lastTurn = clock.instant
        }
    }

    private static func project(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count >= 5, parts[3] == "groups" else { return nil }
        return String(parts[4])
    }
}
