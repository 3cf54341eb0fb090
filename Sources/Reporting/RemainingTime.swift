package import AtlasAPI

/// When a piece of work may be done, by the pace so far. Told as a moment, so that what is left goes down while nothing
/// gets done; a moment that has passed is told as nothing.
package struct RemainingTime: Sendable {
    private let startedAt: Instant
    private var done = 0
    private var total = 0
    private var endsAt: Instant?

    package init(startedAt: Instant) { self.startedAt = startedAt }

    /// To be called as often as one likes; a new estimate is made when something got done, or there is more to do.
    package mutating func see(done: Int, total: Int, now: Instant) {
        guard done != self.done || total != self.total else { return }
        (self.done, self.total) = (done, total)
        let elapsed = now - startedAt
        guard done > 0, elapsed > .seconds(2) else { return }
        let left = elapsed.seconds / Double(done) * Double(max(0, total - done))
        endsAt = now + .milliseconds(Int64(left * 1000))
    }

    /// `  about 40s left`, or nothing.
    package func text(now: Instant) -> String {
        guard let endsAt, endsAt > now else { return "" }
        let seconds = Int((endsAt - now).seconds.rounded(.up))
        let length =
            seconds < 120
            ? "\(seconds)s" : seconds < 7200 ? "\((seconds + 59) / 60)m" : "\((seconds + 3599) / 3600)h"
        return "  about \(length) left"
    }
}
