/// Rows in their order, fetched a page ahead: the engine asks for a row whenever one has ended, and a query costs about
/// as much for one as for many.
struct RowPages<Row> {
    private static var size: Int { 256 }

    private let ordinal: KeyPath<Row, Int>
    private var page: ArraySlice<Row> = []
    /// Of the last row that was fetched.
    private var last = 0
    private var isDrained = false

    init(by ordinal: KeyPath<Row, Int>) { self.ordinal = ordinal }

    /// Up to `count` rows, fewer when there are no more.
    /// - Parameter fetch: gives the rows behind an ordinal, no more than a limit.
    mutating func next(_ count: Int, _ fetch: (_ after: Int, _ limit: Int) throws -> [Row]) rethrows -> [Row]
    {
        while page.count < count, !isDrained {
            let limit = max(Self.size, count)
            let rows = try fetch(last, limit)
            last = rows.last?[keyPath: ordinal] ?? last
            isDrained = rows.count < limit
            page += rows
        }
        defer { page = page.dropFirst(count) }
        return Array(page.prefix(count))
    }
}
