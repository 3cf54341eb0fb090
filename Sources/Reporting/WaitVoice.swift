package import AtlasAPI
package import MigrationCore

/// Says what a run waits for: each wait of more than five seconds once, and every thirty seconds again; an outage's at
/// once. Many short waits in a row are one long one to the person who watches: without progress, a line is said every
/// thirty seconds whatever the present wait.
package struct WaitVoice: Sendable {
    /// Shorter waits are nobody's news.
    package static let shortest: Duration = .seconds(5)
    package static let heartbeat: Duration = .seconds(30)

    private var heard: Waiting?
    private var heardAt: Instant
    private var saidAt: Instant?
    /// When something last got done, or was said.
    private var quietSince: Instant
    private var isInOutage = false
    /// `--request-timeout`: answers are waited for no longer.
    private let requestTimeout: Duration

    package init(requestTimeout: Duration, now: Instant) {
        self.requestTimeout = requestTimeout
        heardAt = now
        quietSince = now
    }

    /// - Parameters:
    ///   - waiting: what the run waits for at `now`; nil: it is at work.
    ///   - progressed: something got done since the last call, such as a project.
    /// - Returns: a line to say now.
    package mutating func hear(_ waiting: Waiting?, progressed: Bool = false, now: Now) -> Prose? {
        if progressed {
            quietSince = now.instant
            isInOutage = false
        }
        if waiting != heard {
            heard = waiting
            heardAt = now.instant
            // What a server asks for is told when it asks.
            saidAt = if case .asked? = waiting?.cause { now.instant } else { nil }
        }
        guard let waiting else { return nil }
        let begins = beginsOutage(waiting.cause)
        guard begins || isDue(waiting, now.instant) else { return nil }
        saidAt = now.instant
        quietSince = now.instant
        return Self.text(waiting, until: waiting.until ?? heardAt + requestTimeout, now: now)
    }

    /// An outage lasts until something gets done: between two probes the run may wait for other things, too.
    private mutating func beginsOutage(_ cause: Waiting.Cause) -> Bool {
        guard case .outage = cause, !isInOutage else { return false }
        isInOutage = true
        return true
    }

    private func isDue(_ waiting: Waiting, _ now: Instant) -> Bool {
        if let saidAt, now - saidAt >= Self.heartbeat { return true }
        // An answer that is under way is waited for anew each time.
        if waiting.until != nil, now - quietSince >= Self.heartbeat { return true }
        guard saidAt == nil else { return false }
        // With an end that is known it is told at the beginning, else once it has lasted.
        return (waiting.until.map { $0 - heardAt } ?? now - heardAt) > Self.shortest
    }

    private static func text(_ waiting: Waiting, until: Instant, now: Now) -> Prose {
        let clock = Self.clock(until, now)
        let end: Prose =
            waiting.runEnds.map { "; the run ends at \(Self.clock($0, now)) if nothing has changed by then" }
            ?? ""
        switch waiting.cause {
        case .asked(let summary): return "Waiting until \(clock), as the server asked (\(summary))\(end)."
        case .refused(let last): return "Waiting until \(clock) to ask again (last: \(last))\(end)."
        case .outage(let last): return "Waiting until \(clock) for the next probe (last: \(last))\(end)."
        case .access(let last):
            return "Waiting until \(clock) to ask again for a token or the identity (last: \(last))\(end)."
        case .soak(let wave): return "Waiting until \(clock), the end of the soak of wave \(wave)."
        case .pace: return "Waiting until \(clock) for the next PATCH, as --rate allows."
        case .step(let step): return "Waiting until \(clock) \(Self.words(step))."
        case .answers(let count):
            let requests = TextReport.count(count, "request")
            return "Waiting for the answer to \(requests), until \(clock) at the latest (--request-timeout)."
        }
    }

    private static func words(_ step: Step) -> String {
        switch step {
        case .list: "to ask again for the list of projects"
        case .planName, .planRoles, .planState: "to read a project again"
        case .lookRoles, .look: "to look at a project again"
        case .change, .makeRole: "to send the next change"
        case .checkRoles, .check: "to see whether a change shows"
        case .rereadRoles, .reread: "to read a finished project again"
        }
    }

    /// `15:25:32Z`, with the date when it is another day's.
    package static func clock(_ instant: Instant, _ now: Now) -> String {
        let then = now.wall + (instant - now.instant).nanoseconds / 1_000_000
        let text = WireDate.text(milliseconds: then)
        let today = WireDate.text(milliseconds: now.wall).prefix(10)
        guard let dot = text.firstIndex(of: ".") else { return text }
        return (text.hasPrefix(today) ? text[..<dot].dropFirst(11) : text[..<dot]) + "Z"
    }
}

extension Notice {
    /// `2h`, `1h 59m 54s`, `90s`: to the second, since a server said it so.
    private static func length(_ seconds: Int64) -> String {
        if seconds <= 120 { return "\(seconds)s" }
        let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
        return parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }

    /// For `rateLimited`: what the server asks and what will happen.
    /// `leavesOpen`: the outcome of a change will be open when the run ends.
    package static func asks(
        _ wait: Duration, left: Duration?, _ summary: String, leavesOpen: Bool = false, now: Now
    ) -> Prose {
        func clock(_ wait: Duration) -> String { WaitVoice.clock(now.instant + wait, now) }
        let length = length(Int64(wait.seconds.rounded(.up)))
        let asks: Prose = "the server asks to wait \(length), until \(clock(wait)) (\(summary))"
        guard let left else { return asks + "; it is kept to." }
        return asks
            + """
            . That is longer than what is left of --outage-patience: the run ends at \(clock(left)) with exit code \
            \(leavesOpen ? 6 : 4). \
            Go on after \(clock(wait)).
            """
    }
}
