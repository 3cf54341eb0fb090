/// How many projects may be in play at the start of a wave and after an outage: 1, then twice as many each time that
/// as many have ended without a transient failure.
package struct SlowStart: Hashable, Sendable {
    package private(set) var limit = 1
    private var clean = 0

    package init() {}

    package mutating func restart() { self = SlowStart() }

    /// A project has ended.
    package mutating func ended(hadTransientFailure: Bool) {
        guard !hadTransientFailure else { return }
        clean += 1
        guard clean >= limit else { return }
        clean = 0
        // Far above any concurrency, and far below an overflow.
        limit = min(limit * 2, 1 << 20)
    }
}
