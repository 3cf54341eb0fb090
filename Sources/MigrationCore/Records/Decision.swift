/// What a part of the engine has decided: rows to ask for, what to write down and to tell, and the end of the run.
struct Decision: Sendable {
    var want: RowWant?
    var records: [JournalRecord] = []
    var notices: [Notice] = []
    var end: RunEnd?
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
