package import AtlasAPI

/// What a run that has nothing to do waits for, and until when; told to the person who watches it.
package struct Waiting: Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// A server asked for it; its answer in a line.
        case asked(String)
        /// The next probe in an outage; the last answer in a line.
        case outage(String)
        /// The next call for a token, or the identity probe.
        case access(String)
        /// The rest of a wave.
        case soak(wave: Int)
        /// `--rate`
        case pace
        /// The next try of a project, or its next look.
        case step(Step)
        /// So many requests are under way.
        case answers(Int)
    }

    package var cause: Cause
    /// nil: nobody can say.
    package var until: Instant?
    /// When the patience is over and the run ends, if that comes first or may.
    package var runEnds: Instant?

    package init(_ cause: Cause, until: Instant?, runEnds: Instant? = nil) {
        self.cause = cause
        self.until = until
        self.runEnds = runEnds
    }
}

extension Engine {
    /// The wait that the run is in; nil while something can be done at once.
    func waiting(now: Instant) -> Waiting? {
        guard !isFinished, pending.orders.isEmpty, pending.wants == nil else { return nil }
        guard flights.count == 0 else { return Waiting(.answers(flights.count), until: nil) }
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
        for hold in [holds, maintenance].compactMap({ $0.hold(.everything, now: now) }) where inPlay.isEmpty {
            waits.append(asked(hold))
        }
        let outageEnds = breaker.since.map { $0 + settings.outagePatience }
        for entry in inPlay.values where entry.flight == nil && entry.parked == nil {
            guard case .call(let step, let endpoint, let notBefore) = entry.work.wish else { continue }
            let hold = [holds.hold(endpoint.bucket, now: now), maintenance.hold(.everything, now: now)]
                .compactMap { $0 }.max { $0.until < $1.until }
            let probe = breaker.probeAt ?? now
            let paced = step.isChange ? pace.opens(now: now) ?? now : now
            let until = max(notBefore, hold?.until ?? now, probe, paced)
            if let hold, hold.until == until {
                waits.append(asked(hold))
            } else if breaker.isOpen {
                waits.append(Waiting(.outage(lastOutage), until: until, runEnds: outageEnds))
            } else {
                waits.append(Waiting(paced == until && paced > now ? .pace : .step(step), until: until))
            }
        }
        return waits
    }
}

extension Engine {
    private func asked(_ hold: RateHolds.Hold) -> Waiting {
        Waiting(
            .asked(hold.summary), until: hold.until, runEnds: hold.patienceEnds(settings.outagePatience))
    }

    /// Ends the run when a wait has used up its patience: nobody sleeps longer for a server than the user allows.
    mutating func endWhatIsSpent(now: Now) {
        guard end == nil else { return }
        let patience = settings.outagePatience
        if let hold = holds.spent(patience, now: now.instant) ?? maintenance.spent(patience, now: now.instant)
        {
            stop(.halted(Halt(hold.cause, hold.summary)), now: now)
        } else if let since = breaker.since, flights.ofProjects == 0, since + patience <= now.instant {
            haltForOutage(lastOutage, now: now)
        } else if let spent = access.spent(now: now.instant) {
            stop(spent, now: now)
        }
    }

    mutating func haltForOutage(_ summary: String, now: Now) {
        let patience = DurationText.format(settings.outagePatience)
        stop(.halted(Halt(.outage, "no good answer for \(patience): \(summary)")), now: now)
    }

    /// When the first patience of those is over.
    func patienceEnds(now: Instant) -> Instant? {
        guard end == nil else { return nil }
        let patience = settings.outagePatience
        return [
            holds.patienceEnds(patience, now: now), maintenance.patienceEnds(patience, now: now),
            flights.ofProjects == 0 ? breaker.since.map { $0 + patience } : nil, access.patienceEnds,
        ].compactMap { $0 }.min()
    }

    /// Writes a hold down and, when it is a long one, says at once what will happen.
    mutating func note(
        _ place: KeptHold.Place, _ ordinal: Int, until: Instant, since: Instant, _ failure: Failure, now: Now
    ) {
        let length = until - now.instant
        // A millisecond more than nanoseconds would give: never early.
        let wall = now.wall + length.nanoseconds / 1_000_000 + 1
        pending.records.append(
            .held(
                KeptHold(
                    place: place, ordinal: ordinal, project: inPlay[ordinal]?.work.subject, at: now.wall,
                    until: wall, status: failure.status, code: failure.code)))
        tell(length, since: since, failure.summary, now: now)
    }

    private mutating func tell(_ length: Duration, since: Instant, _ summary: String, now: Now) {
        let left = since + settings.outagePatience - now.instant
        pending.notices.append(
            .rateLimited(seconds: length.seconds, left: left < length ? left.seconds : nil, summary))
    }

    /// Takes over what an earlier process of the job wrote down. To be called before the first turn.
    package mutating func keep(_ kept: [KeptHold], now: Now) {
        var longest: (left: Duration, summary: String)?
        for hold in kept {
            guard let left = hold.left(now: now.wall) else { continue }
            if left > longest?.left ?? .zero { longest = (left, hold.summary) }
            let until = now.instant + left
            switch hold.place {
            case .access: access.hold(until: until, now: now.instant, summary: hold.summary)
            case .maintenance:
                maintenance.restore(
                    .everything, until: until, now: now.instant, cause: .maintenance, summary: hold.summary)
            default:
                guard let bucket = hold.bucket else { continue }
                holds.restore(
                    bucket, until: until, now: now.instant, cause: hold.status == 503 ? .outage : .rateLimit,
                    summary: hold.summary)
            }
        }
        // One line for all of them; what the run then waits for it says itself.
        if let longest { tell(longest.left, since: now.instant, longest.summary, now: now) }
    }
}
