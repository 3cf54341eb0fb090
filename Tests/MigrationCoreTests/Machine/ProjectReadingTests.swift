import TargetFiles
import AtlasAPI
import MigrationCore
import Testing

/// Goal: a project is read in order and planned, or blocked with the reason why it can't be read. Method: a reading
/// driven by hand.
@Suite struct ProjectReadingTests {
    struct Bench {
        var reading: Errand
        var dice = Dice(seed: 1)
        var now = Now(instant: Instant(nanoseconds: 0), wall: 5)
        var records: [JournalRecord] = []

        init(_ target: ResolvedTarget = Sample.googleRole()) {
            let decision = PlanDecision(target: target, filter: Filter(), givenName: nil)
            reading = Errand(
                ProjectReading(
                    ordinal: 1, project: Sample.project(1), purpose: .plan(decision), settings: RunSettings()),
                now: now.instant)
        }

        var step: Step? { reading.call?.step }
        var item: PlanItem? {
            records.compactMap { if case .project(_, .planned(let item, _)) = $0 { item } else { nil } }.first
        }

        mutating func end(_ end: CallEnd) {
            guard let due = reading.call?.notBefore else { return }
            now.instant = max(now.instant, due)
            records += reading.willSend(now: now)
            records += reading.ended(end, now: now, dice: &dice)
        }

        mutating func read(_ json: JSONValue?) { end(.succeeded(json, status: 200)) }
    }

    static let name = Sample.json(
        #"{"id":"\#(Sample.project(1))","orgId":"\#(Sample.organisation)","name":"live"}"#)
    static let roles = Sample.rolesJSON([Sample.Role(id: Sample.role)])

    @Test func readsInOrder() {
        var bench = Bench()
        #expect(bench.step == .planName)
        bench.read(Self.name)
        #expect(bench.step == .planRoles)
        bench.read(Self.roles)
        #expect(bench.step == .planState)
        bench.read(Sample.wire(Sample.google()))
        #expect(bench.reading.ending == .settled(halts: nil))
        #expect(bench.item?.planClass == .irreversible && bench.records.count == 1)
    }

    @Test func rolesOnlyWhereTheTargetSetsOne() {
        var bench = Bench(ResolvedTarget(provider: nil, searchNodes: true))
        bench.read(Self.name)
        #expect(bench.step == .planState)
    }

    @Test(arguments: [(404, Reason.notFound), (401, .noAccess), (403, .noAccess), (400, .readFailed)])
    func refused(status: Int, reason: Reason) {
        for good in 0...2 {
            var bench = Bench()
            for json in [Self.name, Self.roles].prefix(good) { bench.read(json) }
            let failure = Failure(status: status, code: "CODE", detail: "d")
            bench.end(status == 401 ? .denied(failure) : .failed(.refused, failure))
            #expect(bench.item?.planClass == .blocked && bench.item?.reason == reason)
            #expect(bench.item?.httpStatus == status && bench.item?.errorCode == "CODE")
            #expect(bench.item?.liveName == (good > 0 ? "live" : nil) && bench.records.count == 2)
        }
    }

    @Test(arguments: ["{}", #"{"id":"\#(Sample.project(2))","orgId":"\#(Sample.organisation)","name":"n"}"#])
    func oddAnswersAreTriedFiveTimes(text: String) {
        var bench = Bench()
        for _ in 0..<4 { bench.read(Sample.json(text)) }
        #expect(bench.item == nil && bench.step == .planName)
        bench.read(nil)
        #expect(bench.item?.reason == .readFailed && bench.item?.errorCode == "unreadable_answer")
    }

    @Test func holdsAndOutagesCostNoTry() {
        var bench = Bench()
        let failure = Failure(status: 503, code: nil, detail: nil)
        for _ in 0..<20 {
            bench.end(.outage(.transient, failure))
            bench.end(.heldBack(.throttled, failure))
        }
        bench.read(Self.name)
        #expect(bench.step == .planRoles && bench.item == nil)
    }

    @Test func aStopLeavesItUnread() {
        var idle = Bench()
        idle.records += idle.reading.drain(now: idle.now)
        #expect(idle.reading.ending == .left && idle.records.isEmpty)
        for end: CallEnd in [
            .succeeded(Self.name, status: 200),
            .failed(.transient, Failure(status: 500, code: nil, detail: nil)),
            .heldBack(.throttled, Failure(status: 429, code: nil, detail: nil)),
        ] {
            var busy = Bench()
            busy.records += busy.reading.willSend(now: busy.now)
            busy.records += busy.reading.drain(now: busy.now)
            #expect(busy.step == .planName)
            busy.records += busy.reading.ended(end, now: busy.now, dice: &busy.dice)
            #expect(busy.reading.ending == .left && busy.item == nil)
        }
    }
}
