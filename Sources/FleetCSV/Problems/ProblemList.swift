/// The problems of one file in the order of their places: the first 100 in full, the rest as a number.
package struct ProblemList: Sendable {
    package static let limit = 100

    /// The first problems by place.
    package private(set) var kept: [CSVProblem] = []
    /// How many there are, kept or not.
    package private(set) var count = 0
    /// Whether reading was broken off, so that there may be more.
    package var isCut = false

    package init() {}

    package var isEmpty: Bool { count == 0 }
    /// How many are only counted.
    package var furtherCount: Int { count - kept.count }

    /// Puts others of the same places into the places of those that are kept.
    package mutating func replace(_ other: (CSVProblem) -> CSVProblem) { kept = kept.map(other) }

    /// Takes problems in any order: an unterminated quote is known at the end of the file only.
    package mutating func add(_ problem: CSVProblem) {
        count += 1
        if kept.count == Self.limit, let last = kept.last, problem.position >= last.position { return }
        let index = kept.lastIndex { $0.position <= problem.position }.map { $0 + 1 } ?? 0
        kept.insert(problem, at: index)
        if kept.count > Self.limit { kept.removeLast() }
    }
}
