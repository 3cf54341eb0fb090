package import AtlasAPI
package import AtlasSimulation
import MigrationCore

/// A transport without a wire: the simulated Atlas decides each request at once, and its answer arrives when the
/// virtual clock gets there.
package final class SimulatedTransport: Transport {
    private struct Arrival {
        var at: Instant
        var number: Int
        var id: RequestID
        var reply: Reply
        var entry: LogEntry
    }

    private static let requestTimeout: Duration = .seconds(120)

    package internal(set) var atlas: SimulatedAtlas
    private let clock: VirtualClock
    private var arrivals: [Arrival] = []
    private(set) var count = 0
    private var dice: Dice
    /// Moments at which a signal comes.
    package var interruptions: [Instant] = []
    package var pauses: [Weather.Pause] = []
    /// The process dies at this request, counted from now; the server sees it or not.
    package var death: (requests: Int, isSeen: Bool)?
    /// The process is to die now.
    package var onDeath: () -> Void = {}
    /// Nothing is open and no time is set: the run would wait for ever.
    package var onStandstill: () -> Void = {}
    /// Sees every request as it leaves, before the server does.
    package var onSend: (HTTPRequest) -> Void = { _ in }
    /// Sees what the server decided, and when a reply reaches the client.
    package var onReply: (LogEntry, Reply) -> Void = { _, _ in }

    package init(atlas: SimulatedAtlas, clock: VirtualClock, seed: UInt64) {
        self.atlas = atlas
        self.clock = clock
        dice = Dice(seed: seed)
    }

    /// The client is gone: nothing more arrives, and the server forgets its connections.
    package func dropClient() {
        for arrival in arrivals { finish(arrival) }
        arrivals = []
    }

    package func start(_ orders: [(id: RequestID, request: HTTPRequest)]) {
        for (id, request) in orders {
            if let death {
                self.death?.requests -= 1
                if death.requests <= 1 { onDeath() }
                if death.requests < 1 || (death.requests == 1 && !death.isSeen) { return }
            }
            onSend(request)
            let response = atlas.handle(SimulatedRequest(request), now: clock.serverTime)
            count += 1
            let latency = Duration.milliseconds(Int64.random(in: 1...40, using: &dice))
            let at = clock.instant + latency + .milliseconds(response.delay)
            arrivals.append(arrival(id, response, at))
        }
    }

    private func arrival(_ id: RequestID, _ response: SimulatedResponse, _ at: Instant) -> Arrival {
        let (reply, time): (Reply, Instant) =
            switch response.delivery {
            case .deliver: (.answered(response.answer), at)
            case .resetBeforeAnswer: (.sentNoAnswer(TransportFailure(.reset, "reset")), at)
            case .truncated: (.sentNoAnswer(TransportFailure(.reset, "cut")), at)
            case .hang:
                (.sentNoAnswer(TransportFailure(.timeout, "no answer")), clock.instant + Self.requestTimeout)
            }
        return Arrival(at: time, number: count, id: id, reply: reply, entry: response.entry)
    }

    package func wait(until deadline: Instant?) -> [TransportEvent] {
        let next = arrivals.min { ($0.at, $0.number) < ($1.at, $1.number) }
        let interruption = interruptions.min()
        let times = [next?.at, interruption, deadline].compactMap { $0 }
        guard let time = times.min() else {
            onStandstill()
            return []
        }
        if let pause = pauses.first, pause.at <= time {
            pauses.removeFirst()
            clock.advance(to: max(clock.instant, pause.at) + pause.length)
            return []
        }
        clock.advance(to: time)
        if let interruption, interruption <= time {
            interruptions.removeAll { $0 == interruption }
            return [.interrupted]
        }
        guard let next, next.at <= time else { return [] }
        // A real transport hands out what has come in meanwhile, too.
        let lag = Duration.milliseconds(Bool.random(using: &dice) ? 0 : 20)
        let batch = arrivals.filter { $0.at <= next.at + lag }.sorted {
            ($0.at, $0.number) < ($1.at, $1.number)
        }
        arrivals.removeAll { $0.at <= next.at + lag }
        clock.advance(to: batch.last?.at ?? next.at)
        for arrival in batch {
            finish(arrival)
            onReply(arrival.entry, arrival.reply)
        }
        return batch.map { .ended($0.id, $0.reply) }
    }

    private func finish(_ arrival: Arrival) {
        guard let project = arrival.entry.project else { return }
        atlas.finish(project: project, sequence: arrival.entry.sequence)
    }
}
