/// Where records are kept; two exist: the job file and the simulated one.
package protocol Journal {
    /// Returns once the records are durable, all of them or (it throws) none.
    func commit(_ records: [JournalRecord]) throws
}

/// Where the engine's next projects come from, in the CSV's order.
package protocol RowSource: AnyObject {
    /// A `loaded` event that says whether these were the last, or `tallied`.
    func next(_ want: RowWant) throws -> Event
}
