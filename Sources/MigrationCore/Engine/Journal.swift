/// Where records are kept; two exist: the job file and the simulated one.
package protocol Journal {
    /// Returns once the records are durable, all of them or (it throws) none.
    func commit(_ records: [JournalRecord]) throws
}

/// What the engine asks of its rows.
package enum RowWant: Hashable, Sendable {
    /// The next projects of the wave, at most so many; those that an earlier run left `unknown` first. nil: of all.
    case rows(Int, wave: Int?)
    /// How the wave stands.
    case tally(wave: Int)
    /// The next projects of the wave that are done, at most so many, to be read again.
    case rereads(Int, wave: Int)
}

/// Where the engine's next projects come from, in the CSV's order.
package protocol RowSource: AnyObject {
    /// A `loaded` event that says whether these were the last, or `tallied`.
    func next(_ want: RowWant) throws -> Event
}
