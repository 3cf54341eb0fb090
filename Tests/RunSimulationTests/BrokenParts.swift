import AtlasAPI
import MigrationCore

/// Parts with a mistake in them, for the checkers to find. What they break is said where they are used.
final class BrokenJournal: Journal {
    private let inner: any Journal
    private let change: ([JournalEntry]) -> [JournalEntry]

    init(_ inner: any Journal, _ change: @escaping ([JournalEntry]) -> [JournalEntry]) {
        self.inner = inner
        self.change = change
    }

    func commit(_ records: [JournalEntry]) throws { try inner.commit(change(records)) }

    /// Changes the results that are written.
    static func results(_ inner: any Journal, _ change: @escaping (Outcome) -> [Outcome]) -> BrokenJournal {
        BrokenJournal(inner) { records in
            records.flatMap { record in
                guard case .outcome(let ordinal, let outcome) = record else { return [record] }
                return change(outcome).map { .outcome(ordinal: ordinal, $0) }
            }
        }
    }
}

/// Commits each turn's records only with the next turn's.
final class LateJournal: Journal {
    private let inner: any Journal
    private var waiting: [JournalEntry] = []

    init(_ inner: any Journal) { self.inner = inner }

    func commit(_ records: [JournalEntry]) throws {
        try inner.commit(waiting)
        waiting = records
    }
}

/// Hands out each project twice, the second time while the first is still at work.
final class RepeatingRows: RowSource {
    private let inner: any RowSource
    private var last: [WorkItem] = []

    init(_ inner: any RowSource) { self.inner = inner }

    func next(_ want: RowWant) throws -> Event {
        guard case .rows = want, last.isEmpty else {
            guard case .rows = want else { return try inner.next(want) }
            defer { last = [] }
            return .loadedWork(last, isLast: false)
        }
        let event = try inner.next(want)
        if case .loadedWork(let items, false) = event { last = items }
        return event
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
