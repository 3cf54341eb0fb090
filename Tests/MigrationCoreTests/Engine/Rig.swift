import TargetFiles
import AtlasAPI
import MigrationCore
import Testing

/// Drives whole runs of the engine against `FakeAtlas` under a virtual clock, and checks on the way what must hold in
/// every run: concurrency, one request a project, pace, intent before PATCH, a GET between two PATCHes, no spin.
final class Rig {
    struct Sent {
        var at: Instant
        var request: HTTPRequest
        var project: ProjectID?
        var isPatch: Bool { request.method == .patch }
    }

    let atlas = FakeAtlas()
    var engine: Engine
    var settings: RunSettings
    var latency: Duration = .milliseconds(100)
    /// Called before each turn; a test stops the run here.
    var beforeTurn: (Rig) -> Void = { _ in }
    /// Sees each turn.
    var afterTurn: (Turn, Now) -> Void = { _, _ in }
    private(set) var now = Now(instant: Instant(nanoseconds: 0), wall: 1_700_000_000_000)
    private(set) var sent: [Sent] = []
    /// What the next turn is told.
    var happened: [Event] = []
    private(set) var records: [JournalRecord] = []
    private(set) var notices: [Notice] = []
    private(set) var turns = 0

    private var rows: [WorkItem]
    private var reads: [ReadItem] = []
    private var open: [(id: RequestID, ends: Instant, project: ProjectID?, reply: Reply)] = []
    private var waits = 0
    private var events = 0

    init(
        projects: Int, tokens: Bool = true, organisation: OrganisationID? = nil, isPlan: Bool = false,
        scope: RunScope? = nil, seed: UInt64 = 1, _ adjust: (inout RunSettings) -> Void = { _ in }
    ) {
        var settings = RunSettings()
        settings.patchInterval = nil
        adjust(&settings)
        self.settings = settings
        let credentials: Credentials =
            tokens
            ? .serviceAccount(clientID: "id", secret: Secret("s"))
            : .apiKey(publicKey: "p", privateKey: Secret("s"))
        engine = Engine(
            credentials: credentials, organisation: organisation, settings: settings, scope: scope, seed: seed
        )
        let numbers = projects > 0 ? Array(1...projects) : []
        let target = ResolvedTarget(provider: nil, searchNodes: true)
        rows =
            isPlan
            ? []
            : numbers.map { number in
                WorkItem(
                    ordinal: number, project: Sample.project(number), change: Sample.toSearch,
                    history: AttemptHistory())
            }
        reads =
            !isPlan
            ? []
            : numbers.map { number in
                ReadItem(
                    ordinal: number, project: Sample.project(number),
                    decision: PlanDecision(target: target, filter: Filter(), givenName: nil))
            }
        self.isPlan = isPlan
        for number in numbers { atlas.states[Sample.project(number)] = Sample.google() }
    }

    private let isPlan: Bool

    var seconds: Double { Double(now.instant.nanoseconds) / 1e9 }
    var patches: [Sent] { sent.filter(\.isPatch) }
    /// Requests to projects.
    var calls: [Sent] { sent.filter { $0.project != nil } }
    func paths(_ end: String) -> Int { sent.filter { $0.request.path.hasPrefix(end) }.count }

    var outcomes: [Int: Outcome] {
        var found: [Int: Outcome] = [:]
        for case .project(let ordinal, .outcome(let outcome)) in records {
            #expect(found[ordinal] == nil, "one result for each project")
            found[ordinal] = outcome
        }
        return found
    }

    func count(_ result: ProjectResult) -> Int { outcomes.values.filter { $0.result == result }.count }
    var plans: [PlanItem] {
        records.compactMap { if case .project(_, .planned(let item, _)) = $0 { item } else { nil } }
    }

    @discardableResult func run() -> RunEnd? {
        while !engine.isFinished {
            beforeTurn(self)
            turns += 1
            // Spin guard: each turn is there because something happened.
            guard turns <= 10 + 4 * (events + waits + sent.count), turns < 200_000 else {
                Issue.record("the run spins: \(turns) turns, \(events) events, \(waits) waits")
                return nil
            }
            let turn = engine.turn(after: happened, now: now)
            happened = []
            records += turn.records
            notices += turn.notices
            afterTurn(turn, now)
            for order in turn.orders { start(order) }
            if engine.isFinished { break }
            if let want = turn.wants {
                events += 1
                load(want)
            } else if !step(until: turn.wakeAt) {
                Issue.record("the run hangs")
                return nil
            }
        }
        #expect(open.isEmpty || engine.end != nil)
        return engine.end
    }

    private func load(_ want: RowWant) {
        guard case .rows(let count, _) = want else {
            Issue.record("a run without waves asks for \(want)")
            return
        }
        if isPlan {
            happened.append(.loadedReads(Array(reads.prefix(count)), isLast: reads.count < count))
            reads.removeFirst(min(count, reads.count))
        } else {
            happened.append(.loadedWork(Array(rows.prefix(count)), isLast: rows.count < count))
            rows.removeFirst(min(count, rows.count))
        }
    }

    private func start(_ order: Order) {
        let project = FakeAtlas.project(in: order.request.path)
        let new = Sent(at: now.instant, request: order.request, project: project)
        if let project { check(new, project) }
        sent.append(new)
        let reply = atlas.reply(to: order.request, now: now.instant)
        open.append((order.id, now.instant + latency, project, reply))
    }

    private func check(_ new: Sent, _ project: ProjectID) {
        #expect(!open.contains { $0.project == project }, "one request at a time for a project")
        #expect(open.filter { $0.project != nil }.count < settings.concurrency, "concurrency")
        guard new.isPatch else { return }
        if let interval = settings.patchInterval, let last = patches.last {
            #expect(new.at - last.at >= interval, "pace")
        }
        let before = calls.filter { $0.project == project }.last
        #expect(before?.isPatch == false, "a GET before each PATCH")
        let intents = records.filter { record in
            if case .project(let ordinal, .intent) = record {
                Sample.project(ordinal) == project
            } else {
                false
            }
        }
        #expect(intents.count == patches.filter { $0.project == project }.count + 1, "intent before PATCH")
    }

    /// Goes on to the next event or the deadline; false when there is neither.
    private func step(until wakeAt: Instant?) -> Bool {
        let next = open.map(\.ends).min()
        guard let time = [next, wakeAt].compactMap({ $0 }).min() else { return false }
        if time > now.instant {
            now.wall += (time - now.instant).nanoseconds / 1_000_000
            now.instant = time
            waits += 1
        }
        for ended in open.filter({ $0.ends <= now.instant }) {
            open.removeAll { $0.id == ended.id }
            events += 1
            happened.append(.ended(ended.id, ended.reply))
        }
        return true
    }
}
