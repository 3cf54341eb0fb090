/// The same permanent (status, code) in answers to PATCH on five different projects in a row is no longer those
/// projects' trouble.
package struct RefusalStreak: Sendable {
    private static let limit = 5
    private var answer: (status: Int?, origin: Failure.Origin)?
    /// Their ordinals.
    private var projects: Set<Int> = []

    package init() {}

    /// A PATCH was refused for good.
    /// - Returns: whether that makes five.
    package mutating func refused(_ ordinal: Int, _ failure: Failure) -> Bool {
        let isSame = answer.map { $0 == (failure.status, failure.origin) } ?? false
        if !isSame { projects = [] }
        answer = (failure.status, failure.origin)
        projects.insert(ordinal)
        return projects.count >= Self.limit
    }

    /// Any other end of a PATCH.
    package mutating func reset() {
        answer = nil
        projects = []
    }
}
