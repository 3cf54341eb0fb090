import AtlasAPI
import MigrationCore

/// Sees that a run does not spin: turns are paid for by events and by time that passes.
struct TurnWatch {
    enum Finding { case spins, spinsWithoutEnd }

    /// Turns at one moment: each needs an answer, a load of rows or records of its own.
    private static let limitAtOnce = 400
    /// Wake-ups in a row that lead to nothing.
    private static let idleLimit = 100

    private var atOnce = 0
    private(set) var idle = 0
    private var last: Instant?

    mutating func arrived() { idle = 0 }

    mutating func turned(_ turn: Turn, now: Instant) -> Finding? {
        let didSomething = !turn.records.isEmpty || !turn.orders.isEmpty || turn.wants != nil
        idle = didSomething ? 0 : idle + 1
        atOnce = last == now ? atOnce + 1 : 0
        last = now
        if atOnce == 10 * Self.limitAtOnce || idle == 10 * Self.idleLimit { return .spinsWithoutEnd }
        return atOnce == Self.limitAtOnce || idle == Self.idleLimit ? .spins : nil
    }
}
