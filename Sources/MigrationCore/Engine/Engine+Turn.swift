import AtlasAPI

/// Which requests may leave now, and when to look again.
extension Engine {
    mutating func decide(_ turn: inout Turn) {
        let now = turn.now
        endWhatIsSpent(&turn)
        // A job with nothing to do makes no request at all.
        if !inPlay.isEmpty, let (call, request) = access.due(now: now.instant) {
            start(.access(call), request, &turn)
        }
        startProjects(&turn)
        if end == nil, !gates.isShut(now: now.instant) {
            take(schedule.next(inPlay: inPlay.count, now: now), &turn)
        }
        finishIfDone(&turn)
        turn.wakeAt = turn.orders.isEmpty ? wakeAt(now: now.instant) : now.instant
        turn.waiting = waiting(turn)
        turn.leavesOpen = leavesOpen(now: now.instant)
    }

    private mutating func startProjects(_ turn: inout Turn) {
        let now = turn.now
        for ordinal in arrivals {
            refreshLook(ordinal, &turn)
            guard let entry = inPlay[ordinal], entry.flight == nil, entry.parked == nil,
                let call = entry.errand.call, call.notBefore <= now.instant
            else { continue }
            guard mayLeave(call.endpoint, now: now.instant) else {
                // A run that stops does not wait for what holds it; the project is looked at by the next run.
                if end != nil { update(ordinal, &turn) { errand, now, _ in errand.giveUpLook(now: now) } }
                continue
            }
            guard flights.ofProjects < schedule.flightLimit else { return }
            if call.step.isChange {
                guard gates.paceOpens(now: now.instant) == nil else { continue }
                gates.spendPace(now: now.instant)
            }
            launch(ordinal, call, &turn)
        }
    }

    private mutating func mayLeave(_ endpoint: Endpoint, now: Instant) -> Bool {
        access.authorization(now: now) != nil
            && gates.admits(endpoint, mayProbe: flights.ofProjects == 0 && end == nil, now: now)
    }

    /// A PATCH that is due after a wait (a slow pace, a hold, an outage) is looked at afresh first.
    private mutating func refreshLook(_ ordinal: Int, _ turn: inout Turn) {
        let now = turn.now.instant
        guard let entry = inPlay[ordinal], entry.flight == nil, entry.errand.call?.step.isChange == true,
            gates.isOutage
                || (now - entry.lookedAt > Self.lookLife && gates.paceOpens(now: now) == nil)
        else { return }
        update(ordinal, &turn) { errand, now, _ in
            errand.lookAfresh(now: now.instant)
            return []
        }
    }

    private mutating func launch(_ ordinal: Int, _ call: Errand.Call, _ turn: inout Turn) {
        guard var entry = inPlay[ordinal], let authorization = access.authorization(now: turn.now.instant)
        else {
            preconditionFailure("row \(ordinal) may leave, and is not in play or has no authorization")
        }
        turn.records += entry.errand.willSend(now: turn.now)
        let isChange = call.step.isChange
        let body = isChange ? entry.errand.procedure.body : nil
        let isSecret = isChange && entry.errand.procedure.hasSecret
        let bytes = isSecret ? [] : Array((body ?? "").utf8)
        let request = call.endpoint.request(authorization: authorization, body: bytes)
        entry.generation = access.generation
        entry.flight = start(.project(ordinal: ordinal), request, secretBody: isSecret ? body : nil, &turn)
        inPlay[ordinal] = entry
    }

    @discardableResult
    private mutating func start(
        _ owner: Flights.Owner, _ request: HTTPRequest, secretBody: String? = nil, _ turn: inout Turn
    ) -> RequestID {
        let id = flights.begin(owner)
        turn.orders.append(Order(id: id, request: request, secretBody: secretBody))
        return id
    }

    private mutating func finishIfDone(_ turn: inout Turn) {
        let now = turn.now.instant
        if let revokeBy = phase.revokeBy {
            if revokeBy <= now { phase = .finished(end ?? .completed) }
            return
        }
        guard inPlay.isEmpty, end != nil || schedule.isOver, flights.ofProjects == 0, !access.isBusy else {
            return
        }
        let end = end ?? .completed
        if let request = access.dueRevoke(now: now) {
            start(.access(.revoke), request, &turn)
            phase = .revoking(end, until: now + Self.revokePatience)
        } else {
            phase = .finished(end)
        }
    }

    /// The next moment at which something may become possible without an event.
    private func wakeAt(now: Instant) -> Instant? {
        var times = [access.wakeAt, phase.revokeBy, patienceEnds(now: now)] + gates.wakeTimes(now: now)
        if let soaking = schedule.soaking, end == nil { times.append(soaking.until) }
        for entry in inPlay.values where entry.flight == nil && entry.parked == nil {
            guard let call = entry.errand.call else { continue }
            times += gates.wakeTimes(for: call, now: now)
        }
        return times.compactMap { $0 }.filter { $0 > now }.min()
    }
}
