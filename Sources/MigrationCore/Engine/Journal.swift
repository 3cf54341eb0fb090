/// Where records are kept; two exist: the job file and the simulated one.
package protocol Journal: AnyObject {
    /// Returns once the records are durable, all of them or (it throws) none.
    func commit(_ records: [JournalEntry]) throws
}

/// Where the engine's next projects come from, in the CSV's order.
package protocol RowSource: AnyObject {
    /// At most `count` rows, as a `loaded` event that says whether these were the last.
    func next(_ count: Int) throws -> Event
}
