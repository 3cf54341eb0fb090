import AtlasAPI
import MigrationCore

/// Parts with a mistake in them, for the checkers to find. What they break is said where they are used.
final class BrokenJournal: Journal {
    private let inner: any Journal
    private let change: ([JournalRecord]) -> [JournalRecord]

    init(_ inner: any Journal, _ change: @escaping ([JournalRecord]) -> [JournalRecord]) {
        self.inner = inner
        self.change = change
    }

    func commit(_ records: [JournalRecord]) throws { try inner.commit(change(records)) }

    /// Changes the results that are written.
    static func results(_ inner: any Journal, _ change: @escaping (Outcome) -> [Outcome]) -> BrokenJournal {
        BrokenJournal(inner) { records in
            records.flatMap { record in
                guard case .project(let ordinal, .outcome(let outcome)) = record else { return [record] }
                return change(outcome).map { .project(ordinal, .outcome($0)) }
            }
        }
    }
}

/// Commits each turn's records only with the next turn's.
final class LateJournal: Journal {
    private let inner: any Journal
    private var waiting: [JournalRecord] = []

    init(_ inner: any Journal) { self.inner = inner }

    func commit(_ records: [JournalRecord]) throws {
        try inner.commit(waiting)
        waiting = records
    }
}

/// Sends each request twice, and tells of the first answer only.
final class DoublingTransport: Transport {
    private let inner: any Transport
    /// Ids of the second ones begin here.
    private static let second = 1_000_000_000

    init(_ inner: any Transport) { self.inner = inner }

    func start(_ requests: [(id: RequestID, request: HTTPRequest)]) {
        inner.start(requests + requests.map { (RequestID($0.id.number + Self.second), $0.request) })
    }

    func wait(until deadline: Instant?) -> [TransportEvent] {
        inner.wait(until: deadline).filter { event in
            guard case .ended(let id, _) = event else { return true }
            return id.number < Self.second
        }
    }
}

/// Sends the last PATCH once more in the very turn in which the run halts.
final class LateTransport: Transport {
    private let inner: any Transport
    private let isHalting: () -> Bool
    private var patch: HTTPRequest?
    private static let own = RequestID(2_000_000_000)

    init(_ inner: any Transport, _ isHalting: @escaping () -> Bool) {
        self.inner = inner
        self.isHalting = isHalting
    }

    func start(_ requests: [(id: RequestID, request: HTTPRequest)]) {
        inner.start(requests)
        patch = requests.last { $0.request.method == .patch }?.request ?? patch
        if let patch, isHalting() { inner.start([(Self.own, patch)]) }
    }

    func wait(until deadline: Instant?) -> [TransportEvent] {
        inner.wait(until: deadline).filter { event in
            if case .ended(Self.own, _) = event { false } else { true }
        }
    }
}

/// Hands out changes that make every step of a stopping run their last look.
final class RestlessRows: RowSource {
    private let inner: any RowSource
    private let settings: RunSettings

    init(_ inner: any RowSource, _ settings: RunSettings) {
        self.inner = inner
        self.settings = settings
    }

    func next(_ want: RowWant) throws -> Event {
        let event = try inner.next(want)
        guard case .loadedWork(let items, let isLast) = event else { return event }
        return .loaded(items.map { Restless(ProjectChange(item: $0, settings: settings)) }, isLast: isLast)
    }

    private struct Restless: Procedure {
        var inner: ProjectChange

        init(_ inner: ProjectChange) { self.inner = inner }

        var ordinal: Int { inner.ordinal }
        var subject: ProjectID? { inner.subject }
        var settings: RunSettings { inner.settings }
        var firstCall: (step: Step, wait: Duration) { inner.firstCall }
        var lookStep: Step { inner.lookStep }
        var body: String? { inner.body }
        var hasSecret: Bool { inner.hasSecret }
        var roleIsYoung: Bool { inner.roleIsYoung }
        mutating func willSend(_ step: Step, now: Now) -> [JournalRecord] { inner.willSend(step, now: now) }
        mutating func took(_ answer: JSONValue, of step: Step, now: Now) -> Move? {
            inner.took(answer, of: step, now: now)
        }
        mutating func gaveUp(_ step: Step, _ verdict: Verdict, _ failure: Failure, now: Now) -> Move {
            inner.gaveUp(step, verdict, failure, now: now)
        }
        mutating func changed(_ end: CallEnd, now: Now) -> Move { inner.changed(end, now: now) }
        func isLastLook(_ step: Step, after last: Step?) -> Bool { true }
        mutating func leave(_ failure: Failure?, now: Now) -> Move { inner.leave(failure, now: now) }
    }
}

/// Changes requests on their way out and events on their way in.
final class BrokenTransport: Transport {
    typealias Orders = [(id: RequestID, request: HTTPRequest)]
    private let inner: any Transport
    private let request: (HTTPRequest) -> HTTPRequest
    private let event: (TransportEvent, HTTPRequest?) -> Fate
    private var sent: [RequestID: HTTPRequest] = [:]

    enum Fate {
        case pass(TransportEvent)
        case swallow
        case sendAgain
    }

    private init(
        _ inner: any Transport, _ request: @escaping (HTTPRequest) -> HTTPRequest,
        _ event: @escaping (TransportEvent, HTTPRequest?) -> Fate
    ) {
        self.inner = inner
        self.request = request
        self.event = event
    }

    static func requests(
        _ inner: any Transport, _ change: @escaping (HTTPRequest) -> HTTPRequest
    ) -> BrokenTransport {
        BrokenTransport(inner, change) { event, _ in .pass(event) }
    }

    /// The request of an event is the one that left.
    static func events(
        _ inner: any Transport, _ fate: @escaping (TransportEvent, HTTPRequest?) -> Fate
    ) -> BrokenTransport {
        BrokenTransport(inner, { $0 }, fate)
    }

    func start(_ requests: Orders) {
        let changed = requests.map { ($0.id, request($0.request)) }
        for (id, request) in changed { sent[id] = request }
        inner.start(changed)
    }

    func wait(until deadline: Instant?) -> [TransportEvent] {
        var events: [TransportEvent] = []
        for arrived in inner.wait(until: deadline) {
            guard case .ended(let id, _) = arrived else {
                events.append(arrived)
                continue
            }
            switch event(arrived, sent[id]) {
            case .pass(let event): events.append(event)
            case .swallow: break
            case .sendAgain:
                inner.start([(id, sent[id])].compactMap { id, request in request.map { (id, $0) } })
            }
        }
        return events
    }

    /// Changes the bodies of the PATCHes.
    static func bodies(
        _ inner: any Transport, _ change: @escaping (inout [String: JSONValue]) -> Void
    ) -> BrokenTransport {
        requests(inner) { request in
            guard request.method == .patch, var body = JSONValue(parsing: request.body)?.object else {
                return request
            }
            change(&body)
            var request = request
            request.body = Array(JSONValue.object(body).canonicalText().utf8)
            return request
        }
    }
}
