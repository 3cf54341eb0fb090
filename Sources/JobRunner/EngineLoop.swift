package import AtlasAPI
package import MigrationCore

/// The loop: decide, write down, act, wait. Its order is the crash safety.
///
/// It runs on the caller's thread, and nothing else touches engine, transport or job while it does.
package struct EngineLoop {
    package var journal: any Journal
    package var rows: any RowSource
    package var transport: SecretKeepingTransport
    package var signals: SignalPipe?
    package var clock: () -> Now
    /// `--max-duration`: no new work after it.
    package var deadline: Instant?
    /// Whether no other run can begin beside this one; asked once a second, and false ends the run. nil: not asked.
    package var isAlone: (() -> Bool)?
    /// The longest wait in one go, so that whoever observes can tell of a long one; nil: any.
    package var pulse: Duration?
    /// Sees each turn once it is committed; must not block.
    package var observe: (Turn, Engine, Now) -> Void

    package init(
        journal: any Journal, rows: any RowSource, transport: SecretKeepingTransport,
        signals: SignalPipe?, clock: @escaping () -> Now, deadline: Instant?,
        isAlone: (() -> Bool)? = nil, pulse: Duration? = nil,
        observe: @escaping (Turn, Engine, Now) -> Void
    ) {
        self.journal = journal
        self.rows = rows
        self.transport = transport
        self.signals = signals
        self.clock = clock
        self.deadline = deadline
        self.isAlone = isAlone
        self.pulse = pulse
        self.observe = observe
    }

    /// Runs the engine to its end.
    /// - Parameter events: what has happened before it.
    /// - Throws: what the journal or the row source throws; requests may be open then, and their intents are in
    ///   the journal.
    package func run(_ engine: inout Engine, after events: [Event] = []) throws -> RunEnd {
        var events = events
        var lookAt = isAlone == nil ? nil : Optional(clock().instant)
        while true {
            if let time = lookAt, let isAlone, clock().instant >= time {
                lookAt = clock().instant + .seconds(1)
                if !isAlone() { events.append(.stopRequested(.lockLost)) }
            }
            let turn = engine.turn(after: events, now: clock())
            try journal.commit(turn.records)
            transport.start(turn.orders)
            observe(turn, engine, clock())
            if engine.isFinished { return engine.end ?? .completed }
            if let want = turn.wants {
                events = [try rows.next(want)]
                continue
            }
            let beat = pulse.map { clock().instant + $0 }
            events = wait(until: [turn.wakeAt, lookAt, beat].compactMap { $0 }.min(), engine)
        }
    }

    private func wait(until wakeAt: Instant?, _ engine: Engine) -> [Event] {
        let until = engine.end == nil ? [wakeAt, deadline].compactMap { $0 }.min() : wakeAt
        var events: [Event] = transport.wait(until: until).compactMap { event in
            switch event {
            case .ended(let id, let reply): .ended(id, reply)
            case .interrupted: signals?.drain() ?? true ? .stopRequested(.signal) : nil
            }
        }
        if let deadline, engine.end == nil, clock().instant >= deadline {
            events.append(.stopRequested(.maxDuration))
        }
        return events
    }
}
