import AtlasAPI

extension Engine {
    /// The wait that the run is in; nil while something can be done at once.
    func waiting(_ turn: Turn) -> Waiting? {
        guard !isFinished, turn.orders.isEmpty, turn.wants == nil else { return nil }
        guard flights.count == 0 else { return Waiting(.answers(flights.count), until: nil) }
        let now = turn.now.instant
        return waits(now: now).filter { $0.until.map { $0 > now } ?? false }.min { one, other in
            (one.until ?? now) < (other.until ?? now)
        }
    }

    /// All that may end the present wait.
    private func waits(now: Instant) -> [Waiting] {
        var waits: [Waiting] = []
        if let wait = access.waiting { waits.append(wait) }
        if let soaking = schedule.soaking, end == nil {
            waits.append(Waiting(.soak(wave: soaking.wave), until: soaking.until))
        }
        // What holds the whole run keeps new projects out too.
        if inPlay.isEmpty { waits += gates.waits(now: now) }
        for entry in inPlay.values where entry.flight == nil && entry.parked == nil {
            guard let call = entry.errand.call else { continue }
            waits.append(gates.wait(for: call, now: now))
        }
        return waits
    }
}

extension Engine {
    /// Whether an outcome is open now, and nothing can close it before the present wait ends the run.
    func leavesOpen(now: Instant) -> Bool {
        guard schedule.changesProjects else { return false }
        let isHeld = access.patienceEnds != nil || gates.waits(now: now).contains { $0.runEnds != nil }
        if hasLeftOpen || (isHeld && schedule.hasUnknown) { return true }
        return inPlay.values.contains { entry in
            guard entry.errand.procedure.isOpen, let call = entry.errand.call else { return false }
            return isHeld || gates.wait(for: call, now: now).runEnds != nil
        }
    }

    /// Ends the run when a wait has used up its patience.
    mutating func endWhatIsSpent(_ turn: inout Turn) {
        guard end == nil else { return }
        let (isIdle, now) = (flights.ofProjects == 0, turn.now.instant)
        if let spent = gates.spent(isIdle: isIdle, now: now) ?? access.spent(now: now) {
            stop(spent, &turn)
        }
    }

    /// When the first patience of those is over.
    func patienceEnds(now: Instant) -> Instant? {
        guard end == nil else { return nil }
        let gate = gates.patienceEnds(isIdle: flights.ofProjects == 0, now: now)
        return [gate, access.patienceEnds].compactMap { $0 }.min()
    }

    /// Takes over what an earlier process of the job wrote down.
    mutating func keep(_ kept: [KeptHold], _ turn: inout Turn) {
        let now = turn.now
        var longest: (left: Duration, summary: String)?
        for hold in kept {
            guard let left = hold.left(now: now.wall) else { continue }
            if left > longest?.left ?? .zero { longest = (left, hold.summary) }
            let until = now.instant + left
            if hold.place == .access {
                access.hold(until: until, now: now.instant, summary: hold.summary)
            } else {
                gates.keep(hold, until: until, now: now.instant)
            }
        }
        if let longest {
            turn.notices.append(gates.told(kept: longest.left, longest.summary, now: now.instant))
        }
    }
}
