/// What a part of the engine has decided: rows to ask for, what to write down and to tell, and the end of the run.
struct Decision: Sendable {
    var want: RowWant?
    var records: [JournalRecord] = []
    var notices: [Notice] = []
    var end: RunEnd?
}
