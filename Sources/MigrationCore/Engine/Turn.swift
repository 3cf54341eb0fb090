package import AtlasAPI

/// What happened, in the past tense.
package enum Event: Sendable {
    /// What servers asked of earlier processes of the job; the first event of a run.
    case held([KeptHold])
    case ended(RequestID, Reply)
    /// Rows that the engine asked for; fewer than asked for means that there are no more.
    case loadedReads([ReadItem], isLast: Bool)
    case loadedWork([WorkItem], isLast: Bool)
    case loadedRereads([RereadItem], isLast: Bool)
    /// Work of another kind than a job's: a listing, a survey, the making of a role.
    case loaded([any Procedure], isLast: Bool)
    case tallied(WaveTally)
    case stopRequested(StopCause)
}

/// A request to start once the turn's records are committed.
package struct Order: Sendable {
    package var id: RequestID
    package var request: HTTPRequest
    /// The body as JSON with references in place of secrets, when it has any; they are read when it is sent.
    package var secretBody: String?
}

/// What the engine has decided at a moment: commit the records, then start the orders, then wait until `wakeAt` at
/// most.
package struct Turn: Sendable {
    package let now: Now
    package var records: [JournalRecord] = []
    package var orders: [Order] = []
    /// What the engine can take now; nil: nothing.
    package var wants: RowWant?
    /// nil: only an event can change anything.
    package var wakeAt: Instant?
    package var notices: [Notice] = []
    /// Should the present wait end the run, the outcome of a change will be open.
    package var leavesOpen = false
    /// nil: something is being done, or the run is over.
    package var waiting: Waiting?
}
